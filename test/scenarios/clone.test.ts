import assert from "node:assert/strict";
import {
  cloneByHand,
  leftOfClone,
  plant,
  planted,
  reached,
  sendMails,
  stillThere,
  unplant,
} from "../support/clone.ts";
import { canRunMachines, logIn } from "../support/machine.ts";
import { platform } from "../support/restore.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/** On one machine: a stack's data become its own clone. What the machine does is the same as with another stack's. */
describe("clones, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
    await plant(stage);
    await platform(stage, "backup", "now");
  });
  after(async () => {
    if (!stage) return;
    await unplant(stage);
    // The last update has taken the planted server for what is meant.
    await platform(stage, "drift", "--fix", "--accept", "--yes", "--confirm", "sandbox");
    await handOn(stage);
  });

  it("with the neutralising pass left out: the scan finds what is planted, and the copy never starts", async () => {
    const before = await stage.run("ls /mnt/odoo-data/copies 2>/dev/null; true");
    const answer = await cloneByHand(stage, ["neutralise"]);
    assert.equal(answer["ok"], false);
    assert.match(String(answer["reason"]), /^scan: \d+ found, .*; nothing of the copy was started$/);
    const { findings } = answer["found"] as { findings: { table: string; column: string; kind: string }[] };
    const found = findings.map(({ table, column, kind }) => `${table}.${column} ${kind}`);
    for (const one of [
      "ir_mail_server.smtp_pass credential-column",
      "res_users_apikeys.* api-key",
      "ir_config_parameter.value credential-parameter",
      "res_partner.comment named-value",
      "ir_attachment.store_fname aws-key",
      "ir_act_server.webhook_url slack-webhook",
    ])
      assert.ok(found.includes(one), `${one} is not among ${found.join(", ")}`);
    for (const value of Object.values(planted))
      assert.ok(!JSON.stringify(answer).includes(value), "the answer tells a credential");
    assert.equal(await leftOfClone(stage), "");
    assert.equal(await stage.run("ls /mnt/odoo-data/copies 2>/dev/null; true"), before);
  });

  it("are neutralised, looked through, proven, and then serve", async () => {
    const answer = await platform(stage, "clone", "--from", "sandbox", "--confirm", "sandbox");
    const { checks, state } = answer["clone"] as {
      state: string;
      checks: { name: string; ok: boolean }[];
    };
    assert.equal(state, "proven");
    assert.deepEqual(
      checks.map(({ name, ok }) => (ok ? name : `${name} failed`)),
      ["fetched", "started", "neutralised", "masked", "identity", "scan", "egress", "mail"],
    );
    assert.equal((await stage.told()).version, "1.0.0");
    assert.deepEqual(await stillThere(stage), []);
    // Nor in rows of before, statistics or the log, which no SQL shows.
    const values = Object.values(planted).map((value) => `-e '${value}'`);
    assert.equal(await stage.run(`grep -rlaF ${values.join(" ")} /mnt/odoo-data/postgres/17 || true`), "");
    assert.equal(
      await logIn(stage.world, stage.platform, stage.platform.secrets["odooAdminPassword"] ?? ""),
      "admin",
    );
    const { ok } = answer["backup"] as { ok: boolean };
    assert.ok(ok, "its own backups do not go on");
  });

  it("have the key that read the bucket taken away", async () => {
    const answer = await stage.world.vendor("digitalocean", "GET", "/spaces/keys");
    const { keys } = (await answer.json()) as { keys: { name: string }[] };
    assert.deepEqual(
      keys.filter(({ name }) => name.includes("clone")),
      [],
    );
  });

  it("reach the database and the catcher, and nothing else", async () => {
    const inside = ["postgres:5432", "mail-catcher:1025"];
    const store = (
      await stage.run("getent ahostsv4 sgp1.digitaloceanspaces.com | awk 'NR == 1 { print $1 }'")
    ).trim();
    // The machine itself gets there, so it is the clone that does not.
    await stage.run(`timeout 5 bash -c '</dev/tcp/${store}/443'`);
    const outside = [`${store}:443`, "1.1.1.1:443", "8.8.8.8:25", "sgp1.digitaloceanspaces.com:443"];
    assert.deepEqual(await reached(stage, [...inside, ...outside]), inside);
    await stage.run(`docker exec postgres timeout 5 bash -c '</dev/tcp/${store}/443'`);
  });

  it("have all their mail caught, by whichever server it is sent", async () => {
    const token = `scene${Date.now()}`;
    const sent = await sendMails(stage, token);
    assert.ok(sent >= 3, `${sent} sent`);
    const { mails } = await stage.world.json(["mail", "list", "--stack", "sandbox"]);
    const caught = (mails as { subject: string }[]).filter(({ subject }) => subject.includes(token));
    assert.equal(caught.length, sent);
  });

  it("do not start without their proof, not even when the machine boots", async () => {
    const mark = "/mnt/odoo-data/postgres/17/odoo-platform-clone.json";
    const boot = "bash /usr/local/lib/odoo-platform/odoo-egress-boot.sh 2>&1 || echo refused";
    assert.doesNotMatch(await stage.run(boot), /refused/);
    await stage.run(
      `cp -p ${mark} /root/mark && sed -i 's/"name":"scan","ok":true/"name":"scan","ok":false/' ${mark}`,
    );
    try {
      assert.match(
        await stage.run(boot),
        /the clone is not proven \(scan\), so it does not start[^]*refused/,
      );
    } finally {
      await stage.run(`cp -p /root/mark ${mark}; rm /root/mark`);
    }
  });

  it("give way to what was there before, whose way out is open again", async () => {
    const back = await stage.rollback("--with-data", "--to", (await stage.updateOf("1.0.0")) ?? "");
    assert.equal(back.exitCode, 0, JSON.stringify(back, null, 2));
    assert.deepEqual(new Set(await stillThere(stage)), new Set(Object.values(planted)));
    assert.deepEqual(await reached(stage, ["sgp1.digitaloceanspaces.com:443"]), [
      "sgp1.digitaloceanspaces.com:443",
    ]);
  });
});
