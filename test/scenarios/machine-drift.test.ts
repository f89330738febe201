import assert from "node:assert/strict";
import { machineChanges, scriptOf, unasked, unseen } from "../support/by-hand.ts";
import { idle } from "../support/drift.ts";
import { canRunMachines } from "../support/machine.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";
import type { Answer, World } from "../support/world.ts";

type Rows = { kind: string; name: string; fixable: boolean }[];

/** Ten idle runs are among the faults (faults-drift.test.ts). */
describe("drift inside of a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  let world: World;
  const run = (script: string): Promise<string> => stage.run(script);
  const drift = async (...options: string[]): Promise<Answer> => await world.answer(["drift", ...options]);
  const rowsOf = (answer: Answer): Rows => answer["differences"] as Rows;

  const [mended, left] = [
    machineChanges.filter(({ fixed }) => fixed === true),
    machineChanges.filter(({ fixed }) => fixed !== true),
  ];

  before(async () => {
    stage = await sharedStage();
    ({ world } = stage);
  });
  after(() => handOn(stage));

  it("is none in idle runs", () => idle(world, 2));

  it("is looked for without writing anything there", async () => {
    const places = "/etc /usr/local /var/lib/odoo-platform /root /run/odoo-platform";
    await run("touch /run/drift-begins; sleep 0.1");
    await idle(world, 1);
    // The filestore goes to the bucket twice a minute.
    const others = "! -name 'backup-ship.*' ! -name 'ship.json*'";
    assert.equal(await run(`find ${places} -newer /run/drift-begins -type f ${others} | sort`), "");
  });

  it("is not looked for while a run changes the machine", async () => {
    const holding =
      run(`exec 9>>/run/lock/odoo-platform.lock; flock 9; echo by-hand >/run/odoo-platform/running
for _ in $(seq 600); do [ ! -e /run/by-hand-ends ] || break; sleep 0.1; done; rm -f /run/by-hand-ends /run/odoo-platform/running`);
    await run("until [ -e /run/odoo-platform/running ]; do sleep 0.1; done");
    const { exitCode, error } = await drift();
    await run("touch /run/by-hand-ends");
    await holding;
    assert.equal(exitCode, 13);
    assert.match(error?.message ?? "", /a run is changing the machine \(by-hand\)/);
  });

  it("is seen for every kind of thing that is changed by hand, and no more is told", async () => {
    await run(scriptOf(machineChanges, "change"));
    const answer = await drift();
    assert.equal(answer.exitCode, 10);
    assert.deepEqual(unseen(machineChanges, rowsOf(answer)), []);
    assert.deepEqual(unasked(machineChanges, rowsOf(answer)), []);
    // The password that was made, and what was put into a secret's file.
    assert.doesNotMatch(JSON.stringify(answer), /\$y\$|\$6\$/);
  });

  it("is put right by an update where one can, and the rest is told and stays", async () => {
    const answer = await drift("--fix", "--yes");
    assert.equal(answer.exitCode, 10, JSON.stringify(answer.error));
    const told = rowsOf(answer);
    assert.deepEqual(unseen(left, told), []);
    assert.deepEqual(unasked(left, told), []);
    const health = await world.answer(["health"]);
    // A module is still said to wait for its update.
    const failed = (health["checks"] as { name: string; state: string }[]).filter(
      ({ state }) => state === "fail",
    );
    assert.deepEqual(
      failed.map(({ name }) => name),
      ["odoo"],
    );
  });

  it("is none again when the rest is taken back by hand", async () => {
    await run(scriptOf(mended.concat(left), "undo"));
    const answer = await drift();
    assert.deepEqual([answer.exitCode, answer["differences"]], [0, []]);
  });

  it("is not taken for what is meant by an update that comes along, but by --accept", async () => {
    const change = left.filter(({ what }) => what === "root has a crontab");
    await run(scriptOf(change, "change"));
    world.edit("sandbox", ["mail", "from"], "other@sandbox.test");
    await world.json(["up", "--yes"]);
    assert.deepEqual(unseen(change, rowsOf(await drift())), []);
    const accepted = await drift("--fix", "--accept", "--yes");
    assert.deepEqual([accepted.exitCode, accepted["differences"]], [0, []]);
  });

  it("is not none where the machine does not answer", async () => {
    await run(
      "systemctl stop ssh.service ssh.socket 2>/dev/null; systemd-run --quiet --on-active=20 --timer-property=AccuracySec=1s systemctl start ssh.service",
    );
    const { exitCode, machine, differences } = await drift();
    assert.equal(exitCode, 11);
    assert.deepEqual(differences, []);
    assert.match((machine as { reason: string }).reason, /SSH does not answer/);
    await stage.until(() => run("true"), 60);
  });
});
