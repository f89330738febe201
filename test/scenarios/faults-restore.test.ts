import assert from "node:assert/strict";
import { type Kept, destroy, kept, moment, platform, write } from "../support/restore.ts";
import { codeSteps, interrupted, servesAgain } from "../support/interruptions.ts";
import { canRunMachines } from "../support/machine.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/** What goes wrong while data are brought back: what is live goes on, and nothing of the try stays. */
describe("restores and drills that go wrong, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  let asItWas: Kept;
  let second = "";

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
    await write(stage, "kept");
    await platform(stage, "backup", "now");
    await write(stage, "wanted");
    second = await moment(stage);
    await destroy(stage, "wanted");
    asItWas = await kept(stage);
  });
  after(() => handOn(stage));

  /** Runs a script on the machine until it says something, and does something to it then. */
  const struck = async (script: string, said: string, blow: string): Promise<string> =>
    await stage.run(`
setsid /usr/local/lib/odoo-platform/${script} </dev/null >/tmp/struck.out 2>/tmp/struck.err &
for _ in $(seq 600); do
  if grep -q '${said}' /tmp/struck.err; then break; fi
  sleep 0.2
done
grep -q '${said}' /tmp/struck.err || { cat /tmp/struck.err; exit 1; }
pid=$!
${blow}
wait $pid || true
cat /tmp/struck.out /tmp/struck.err`);

  const image = "$(sed -n 's/^ODOO_IMAGE=//p' /etc/odoo-platform/odoo/.env)";
  const scripts = {
    drill: "odoo-drill.sh",
    restore: (): string => `odoo-restore.sh ${second} ${image}`,
  };

  const clean = async (): Promise<void> => {
    const left = await stage.run(
      "ls /mnt/odoo-data; docker ps -a --format '{{.Names}}'; docker network ls --format '{{.Name}}'",
    );
    assert.doesNotMatch(left, /^(odoo-)?(drill|restore)/m, left);
  };
  const untouched = async (): Promise<void> => {
    assert.deepEqual(await kept(stage), asItWas);
    assert.equal((await stage.told()).version, "1.0.0");
  };

  for (const [what, said] of [
    ["the database is brought", "bringing the database"],
    ["its log is replayed", "replaying its log"],
    ["Odoo is tried on it", "trying "],
  ] as const)
    it(`leave what is live alone when they are killed while ${what}, and the next one begins anew`, async () => {
      await struck(scripts.restore(), said, "kill -KILL -- -$pid");
      await untouched();
      const next = await stage.run(`/usr/local/lib/odoo-platform/${scripts.restore()} </dev/null`);
      assert.match(next, /"ok":true/);
      await clean();
    });

  it("leave nothing after a reboot, which is all that a killed drill needs", async () => {
    await struck(scripts.drill, "counting every row", "kill -KILL -- -$pid");
    await stage.run("/bin/bash /usr/local/lib/odoo-platform/odoo-settle.sh");
    await clean();
    await untouched();
  });

  it("end in order when they are told to, and say so", async () => {
    const answer = await struck(scripts.drill, "replaying its log", "kill -TERM -- -$pid");
    assert.match(answer, /"ok":false,"reason":"interrupted"/);
    await clean();
  });

  it("say how much room is wanted before they begin, where there is too little", async () => {
    await stage.run(
      "fallocate -l $(($(df --output=avail -B1 /mnt/odoo-data | tail -n 1) - 520*1024*1024)) /mnt/odoo-data/filler",
    );
    try {
      const answer = await stage.world.answer(["backup", "drill", "--stack", "sandbox"]);
      assert.match(JSON.stringify(answer), /the volume has [\d.]+[KM]?B to give and this wants [\d.]+MB/);
      await clean();
    } finally {
      await stage.run("rm -f /mnt/odoo-data/filler");
    }
    await untouched();
  });

  it("fail loudly when the store stops answering in the middle, and work once it does again", async () => {
    await stage.world.break({ vendor: "spaces", name: "access-denied", match: "archive/odoo/17-1/0000" });
    try {
      const answer = await stage.world.answer(["restore", "--to", second, "--confirm", "sandbox"]);
      assert.equal(answer.exitCode, 1, JSON.stringify(answer, null, 2));
      await clean();
      await untouched();
    } finally {
      await stage.world.mend();
    }
    await platform(stage, "restore", "--to", second, "--confirm", "sandbox");
    assert.ok((await kept(stage)).names.includes("wanted"));
  });

  it("bring the release of then where today's is too new for the data", async () => {
    await write(stage, "of-1.0");
    const then = await moment(stage);
    await stage.deployed("1.1.0");
    assert.equal((await stage.told()).module, "19.0.1.1.0");
    const answer = await platform(stage, "restore", "--to", then, "--confirm", "sandbox");
    const { version, module } = await stage.told();
    assert.deepEqual({ version, module }, { version: "1.0.0", module: "19.0.1.0.0" }, JSON.stringify(answer));
    assert.ok((await kept(stage)).names.includes("of-1.0"));
  });

  it("bring no data twice, though a deploy that was killed has left the stack where it was", async () => {
    await write(stage, "at-that-moment");
    const then = await moment(stage);
    await platform(stage, "restore", "--to", then, "--confirm", "sandbox");
    await write(stage, "worked-with-since");
    await interrupted(stage, "1.0.1", codeSteps["people were sent to the new one"] ?? "", "kill");
    await servesAgain(stage, ["1.0.0", "1.0.1"], "kill");
    await stage.world.json(["up", "--stack", "sandbox", "--yes", "--confirm", "sandbox"], { TIMEOUT: "900" });
    assert.ok((await kept(stage)).names.includes("worked-with-since"));
    await stage.begin("1.0.0");
    assert.ok((await kept(stage)).names.includes("worked-with-since"));
  });

  it("have what was written just after Postgres began anew, within a minute", async () => {
    await stage.run("docker restart postgres");
    await stage.until(() => stage.told(), 60);
    await write(stage, "after-a-restart");
    const ask = (sql: string): Promise<string> =>
      stage.run(`docker exec postgres psql -XqAt -U postgres -c "${sql}"`);
    const segment = (await ask("SELECT pg_walfile_name(pg_current_wal_lsn())")).trim();
    await stage.until(async () => {
      const last = (await ask("SELECT last_archived_wal FROM pg_stat_archiver")).trim();
      assert.ok(last >= segment, `${last} is the last that is archived, ${segment} is not`);
    }, 60);
  });

  it("bring a new machine what the bucket has, out of the bucket alone, with the data of a minute before", async () => {
    await write(stage, "a-minute-before");
    // Longer than the log and the files take to the bucket.
    await stage.run("sleep 65");
    for (const list of ["droplets", "volumes"] as const)
      for (const id of await stage.world.ids(list)) {
        const answer = await stage.world.vendor("digitalocean", "DELETE", `/${list}/${String(id)}`);
        assert.ok(answer.status < 300, `${list} ${String(id)}: ${answer.status} ${await answer.text()}`);
      }
    const { restored } = await platform(stage, "restore", "--to", "latest", "--confirm", "sandbox");
    await stage.meet();
    const { names, files } = await kept(stage);
    assert.ok(names.includes("a-minute-before"), `${String(names)} by ${JSON.stringify(restored)}`);
    assert.deepEqual(new Set(Object.values(files)), new Set(["right"]));
    assert.equal((await stage.told()).version, "1.0.0");
  });
});
