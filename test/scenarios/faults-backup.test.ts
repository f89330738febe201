import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultName } from "../../sandbox/faults.ts";
import { backedUp, backup, emptiedByMachine, points, runOf, wasLoud } from "../support/backups.ts";
import { canRunMachines } from "../support/machine.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/**
 * What may happen to backups, on a machine, with a real store: each fault is loud, no good restore point goes, and no bad one is
 * published. A year of retention is test/host/backups/points.test.ts. PLATFORM_STAGE=CHECKOUT plays them in a checkout's
 * sandbox that runs.
 */
describe("backups to which something happens, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  /** A restore point that was good before anything happened. */
  let first: string;

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
    first = await backedUp(stage);
  });
  afterEach(() => stage.world.mend());
  after(() => handOn(stage));

  const spoil = (name: FaultName, match?: string, times?: number): Promise<void> =>
    stage.world.break({
      name,
      vendor: "spaces",
      ...(match !== undefined && { match }),
      ...(times !== undefined && { times }),
    });
  /** What counted before counts, or is told to be damaged; nothing has gone and nothing new has come. */
  const sameAs = async (before: { good: string[]; bad: string[] }): Promise<void> => {
    const { good, bad } = await points(stage);
    assert.deepEqual([...good, ...bad].sort(), [...before.good, ...before.bad].sort());
  };

  it("keeps every attachment with its file while ten people attach and others delete", async () => {
    const ended = new AbortController();
    const clients = Array.from({ length: 10 }, async (_, client) => {
      for (let number = 0; !ended.signal.aborted; number += 1)
        // A busy machine may leave one unanswered, which is no backup's fault.
        await stage.write(`client ${client}`, `file ${client} ${number} ${Math.random()}`).catch(() => {});
    });
    // Until there is something that is older than what may be at risk.
    await sleep(75_000);
    // As Odoo does: the row, and its file once nobody names it.
    const deleting = stage.run(`touch /run/scene-deletes
while [ -e /run/scene-deletes ]; do
  docker exec -i postgres psql -XqAt -U postgres -d odoo <<'SQL' | while read -r file; do rm -f "/mnt/odoo-data/filestore/filestore/odoo/$file"; done
WITH gone AS (DELETE FROM ir_attachment WHERE id IN (SELECT id FROM ir_attachment WHERE res_model = 'release.probe'
  AND store_fname IS NOT NULL AND create_date < now() AT TIME ZONE 'UTC' - interval '60 seconds' ORDER BY random() LIMIT 2) RETURNING store_fname)
SELECT store_fname FROM gone WHERE NOT EXISTS (SELECT FROM ir_attachment a WHERE a.store_fname = gone.store_fname AND a.id NOT IN
  (SELECT id FROM ir_attachment b WHERE b.store_fname = gone.store_fname LIMIT 1));
SQL
  sleep 0.3
done`);
    await sleep(3000);
    const id = await backedUp(stage);
    await sleep(2000);
    ended.abort();
    await stage.run("rm -f /run/scene-deletes");
    await Promise.all([...clients, deleting]);
    const drill = await backup(stage, `drill ${id}`);
    assert.equal(drill.ok, true, drill.reason ?? "");
    assert.ok((drill.filestore?.attachments ?? 0) > 20, JSON.stringify(drill.filestore));
    assert.deepEqual([drill.filestore?.missing, drill.filestore?.wrong], [0, 0]);
  });

  for (const [what, words, comes] of [
    ["while the database is copied", "copying the database", 0],
    ["while the database is read back", "reading the database back", 0],
    ["while files are brought", "bringing the filestore", 0],
    ["while files are read back", "reading back what is new", 0],
    ["after its marker is written", "is complete", 1],
  ] as const) {
    it(`counts nothing of a backup that was killed ${what}, and the next one is good`, async () => {
      const before = await points(stage);
      await stage.run(`rm -f /run/scene.said
setsid /usr/local/lib/odoo-platform/odoo-backup.sh now >/dev/null 2>/run/scene.said &
for _ in $(seq 2400); do grep -q '${words}' /run/scene.said && break; sleep 0.05; done
grep -q '${words}' /run/scene.said
kill -KILL -- -$!`);
      const { good } = await points(stage);
      assert.deepEqual(good.slice(comes), before.good);
      await backedUp(stage);
    });
  }

  it("counts nothing of a backup under which the machine was rebooted", async () => {
    const before = await points(stage);
    await stage
      .run(
        `rm -f /run/scene.said
systemd-run --quiet --collect bash -c '/usr/local/lib/odoo-platform/odoo-backup.sh now >/dev/null 2>/run/scene.said'
for _ in $(seq 2400); do grep -q 'reading the database back' /run/scene.said && break; sleep 0.05; done
systemctl reboot --force`,
      )
      .catch(() => {}); // the connection goes with it
    await sleep(3000);
    await stage.until(() => stage.told(), 120);
    assert.deepEqual(await points(stage), before);
    await backedUp(stage);
  });

  it("lets one of two backups at once through, and says to the other whom it would disturb", async () => {
    const before = await points(stage);
    const said =
      await stage.run(`/usr/local/lib/odoo-platform/odoo-backup.sh now >/run/scene.first 2>/dev/null &
sleep 2
/usr/local/lib/odoo-platform/odoo-backup.sh now 2>&1 && echo 'the second one ended well'
wait
cat /run/scene.first`);
    assert.match(said, /another run is at it/);
    assert.doesNotMatch(said, /the second one ended well/);
    assert.equal(runOf(said).ok, true);
    const { good } = await points(stage);
    assert.deepEqual(good.slice(1), before.good);
  });

  for (const [name, reason] of [
    ["access-denied", /refuses the key/],
    ["expired-token", /refuses the key/],
    ["server-error", /cannot be|could not be|does not/],
  ] as const) {
    it(`says so when the store answers by ${name}, and goes on when it is well again`, async () => {
      const before = await points(stage);
      await spoil(name);
      const run = await backup(stage, "now");
      await wasLoud(stage, "now", run, reason);
      await stage.world.mend();
      await sameAs(before);
      await backedUp(stage);
    });
  }

  it("comes to its end with a store that is slow", async () => {
    await spoil("slow-api", undefined, 15);
    await backedUp(stage);
  });

  it("comes to its end with a store that lets a request hang: well, or loud", async () => {
    const before = await points(stage);
    await spoil("no-answer", "/filestore/", 1);
    const run = await backup(stage, "now");
    if (!run.ok) {
      await wasLoud(stage, "now", run, /\S/);
      await sameAs(before);
    }
    await stage.world.mend();
    await backedUp(stage);
  });

  it("publishes nothing, and goes on serving, when the store refuses from the middle of it on", async () => {
    const before = await points(stage);
    await spoil("access-denied", "PUT /odoo-sandbox-test-backups/filestore/");
    const run = await backup(stage, "now");
    await wasLoud(stage, "now", run, /refuses the key/);
    await stage.world.mend();
    await sameAs(before);
    await stage.told();
  });

  const artifacts = {
    "the database": "/bundle/",
    "the database's list of files": "backup.manifest",
    "the database's log": "/archive/odoo/17-1/",
    "the filestore": "/filestore/data/",
    "the filestore's index": "/filestore/index/",
    "the filestore's list of files": "/filestore/snapshots/",
    "the filestore's key": "/filestore/keys/",
  };
  for (const [what, match] of Object.entries(artifacts)) {
    it(`publishes nothing when a byte of ${what} comes back as another`, async () => {
      const before = await points(stage);
      // What is new has to be read, too.
      await stage.write("before a byte is flipped", `file ${Math.random()}`);
      await spoil("flipped-byte", match);
      const run = await backup(stage, "now");
      await wasLoud(stage, "now", run, /\S/);
      await stage.world.mend();
      await sameAs(before);
    });

    it(`finds by reading again that half of an object is missing from ${what}`, async () => {
      await stage.write("before it is cut", `file ${Math.random()}`);
      await backedUp(stage);
      const before = await points(stage);
      await spoil("truncated-object", match);
      // A quarter of all, and the newest point.
      const run = await backup(stage, "verify");
      await wasLoud(stage, "verify", run, /\S/);
      await stage.world.mend();
      await sameAs(before);
    });
  }

  it("is well again after all of that, and proves it", async () => {
    const id = await backedUp(stage);
    const verified = await backup(stage, "verify all");
    assert.equal(verified.ok, true, verified.reason ?? "");
    const drill = await backup(stage, `drill ${id}`);
    assert.equal(drill.ok, true, drill.reason ?? "");
    const { good, bad } = await points(stage);
    assert.ok([...good, ...bad].includes(first), "the first restore point has gone");
  });

  it("has all of it again after somebody with the machine's key has emptied the bucket", async () => {
    const id = await backedUp(stage);
    const before = await points(stage);
    const time = new Date().toISOString();
    await sleep(1500);
    assert.ok((await emptiedByMachine(stage)) > 0);
    const args = ["backup", "undelete", "--to", time, "--stack", "sandbox", "--yes"];
    const { broughtBack } = await stage.world.json(args);
    assert.ok(Number(broughtBack) > 0);
    assert.deepEqual(await points(stage), before);
    const drill = await backup(stage, `drill ${id}`);
    assert.equal(drill.ok, true, drill.reason ?? "");
    await backedUp(stage);
  });

  it("refuses a passphrase that is not the one it has kept things by", async () => {
    const before = await points(stage);
    const file = "/etc/odoo-platform/secrets/backups/passphrase";
    await stage.run(`cp -p ${file} /run/scene.passphrase && printf 'another one' >${file}`);
    try {
      await wasLoud(stage, "now", await backup(stage, "now"), /passphrase/);
    } finally {
      await stage.run(`cp -p /run/scene.passphrase ${file} && rm /run/scene.passphrase`);
    }
    await sameAs(before);
  });

  it("trusts no age when the machine's clock has jumped", async () => {
    const before = await points(stage);
    // A container cannot set its clock: what asks for the time is told another.
    const shim = "/usr/local/bin/date";
    await stage.run(
      `printf '#!/bin/bash\\nif [ $# = 1 ] && [ "$1" = +%%s ]; then exec /bin/date -d "40 days" +%%s; fi\\nexec /bin/date "$@"\\n' >${shim} && chmod +x ${shim}`,
    );
    try {
      await wasLoud(stage, "now", await backup(stage, "now"), /clock/);
    } finally {
      await stage.run(`rm ${shim}`);
    }
    await sameAs(before);
  });

  it("lets the log go that came before its oldest set, and no other, and can restore from what stays", async () => {
    const { ok, reason, point } = await backup(stage, "now --full");
    assert.ok(ok && point, `no backup: ${reason}`);
    const said = await stage.run(`cat >/run/scene.sh <<'SCRIPT'
set -euo pipefail
lib=/usr/local/lib/odoo-platform operation=scene
for one in preamble odoo backups backups-repository backups-files backups-sets backups-take; do . $lib/$one.sh; done
scratch=$(mktemp -d) said=/dev/null
archived() { pgbackrest_of $own_source - repo-ls --recurse --output=json archive/odoo | python3 -c 'import json, re, sys
print(*sorted(m[1] for m in (re.search("/([0-9A-F]{24})-", name) for name in json.load(sys.stdin)) if m))'; }
before=$(archived)
list_sets
for one in $(python3 -c 'import json, sys
print(*[one["label"] for one in json.load(open(sys.argv[1]))[0]["backup"] if one["type"] == "full"][:-1])' "$scratch/sets"); do
  pgbackrest_of $own_source live expire --set="$one"
done
expire_log
list_sets
python3 -c 'import json, sys
print(json.dumps({"before": sys.argv[2].split(), "after": sys.argv[3].split(), "start": json.load(open(sys.argv[1]))[0]["backup"][0]["archive"]["start"]}))' \\
  "$scratch/sets" "$before" "$(archived)"
SCRIPT
bash /run/scene.sh </dev/null`);
    const { before, after, start } = JSON.parse(
      said.split("\n").find((line) => line.startsWith('{"before"')) ?? "",
    ) as { before: string[]; after: string[]; start: string };
    assert.deepEqual(
      after.filter((one) => before.includes(one)),
      before.filter((one) => one >= start),
    );
    assert.ok(before.some((one) => one < start));
    const drill = await backup(stage, "drill");
    assert.ok(drill.ok, drill.reason ?? "");
  });

  it("drills nothing where there is no room, before it has begun", async () => {
    await stage.run(
      "fallocate -l $(($(df --output=avail --block-size=1 /mnt/odoo-data | tail -n 1) - (400 << 20))) /mnt/odoo-data/scene.fill",
    );
    try {
      const drill = await backup(stage, "drill");
      await wasLoud(stage, "drill", drill, /raise host\.volumeGb/);
      assert.deepEqual(
        drill.checks?.map(({ name, ok }) => [name, ok]),
        [
          ["room", false],
          ["teardown", true],
        ],
      );
      // A backup needs none.
      await backedUp(stage);
    } finally {
      await stage.run("rm -f /mnt/odoo-data/scene.fill");
    }
  });
});
