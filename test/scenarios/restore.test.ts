import assert from "node:assert/strict";
import { archive, destroy, histories, kept, moment, platform, write } from "../support/restore.ts";
import { canRunMachines } from "../support/machine.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/** Data that come back out of the bucket, onto the machine that is there; onto a new one: faults-restore.test.ts. */
describe("restores, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
  });
  after(() => handOn(stage));

  const restore = async (to: string) => await platform(stage, "restore", "--to", to, "--confirm", "sandbox");

  it("bring back the second before something was destroyed, with its files", async () => {
    await write(stage, "before-the-backup");
    await platform(stage, "backup", "now");
    await write(stage, "after-the-backup");
    const second = await moment(stage);
    await destroy(stage, "after-the-backup");
    await destroy(stage, "before-the-backup");
    await write(stage, "too-late");

    const answer = await restore(second);
    const { names, files } = await kept(stage);
    assert.ok(names.includes("before-the-backup") && names.includes("after-the-backup"), String(names));
    assert.ok(!names.includes("too-late"), "what was written later is there too");
    assert.deepEqual(new Set(Object.values(files)), new Set(["right"]));
    const { restored, card } = answer as unknown as {
      restored: { madeAt: string; delta: boolean };
      card: { lost: { rows: number } };
    };
    assert.deepEqual([restored.madeAt, restored.delta], [second, true]);
    assert.ok(card.lost.rows > 0, "nothing was said to be lost");
  });

  it("leave what was live as a copy, which comes back too", async () => {
    const number = await stage.updateOf("1.0.0");
    const answer = await stage.rollback("--with-data", "--to", number ?? "");
    assert.equal(answer.exitCode, 0, JSON.stringify(answer, null, 2));
    assert.ok((await kept(stage)).names.includes("too-late"));
  });

  it("go on after a way back with data: the archive, backups, and any second", async () => {
    const { timeline } = await archive(stage);
    const began = await histories(stage);
    assert.ok(timeline >= 3, `a copy went on under the number of another: ${timeline}`);
    await write(stage, "on-the-new-way");
    const second = await moment(stage);
    await destroy(stage, "on-the-new-way");
    await platform(stage, "backup", "now");
    await restore(second);
    const { names, files } = await kept(stage);
    assert.ok(names.includes("on-the-new-way"), String(names));
    assert.equal(files["on-the-new-way"], "right");
    await stage.until(async () => {
      const { waiting, failed } = await archive(stage);
      assert.deepEqual({ waiting, failed }, { waiting: 0, failed: false });
    }, 60);
    // A moment is restored along the timeline that was live then: by when its history came.
    assert.partialDeepStrictEqual(await histories(stage), began);
  });

  it("refuse what cannot be, and touch nothing", async () => {
    const before = await kept(stage);
    for (const [to, exitCode, message] of [
      ["20200101-000000", 1, /there is no restore point 20200101-000000/],
      ["2020-01-01T00:00:00Z", 1, /no backup leads there; the oldest moment is /],
      ["yesterday", 2, /is no moment/],
    ] as const) {
      const answer = await stage.world.answer(["restore", "--to", to, "--confirm", "sandbox"]);
      assert.equal(answer.exitCode, exitCode, JSON.stringify(answer, null, 2));
      assert.match(answer.error?.message ?? "", message);
    }
    assert.deepEqual(await kept(stage), before);
    assert.equal(
      (await stage.run("ls /mnt/odoo-data; docker ps -a --format '{{.Names}}'")).includes("restore"),
      false,
    );
  });

  it("are proven by a drill, of which nothing stays", async () => {
    const drill = await platform(stage, "backup", "drill");
    const { checks, filestore } = drill as unknown as {
      checks: { name: string; ok: boolean }[];
      filestore: { missing: number; wrong: number };
    };
    assert.deepEqual(
      checks.map(({ name, ok }) => (ok ? name : `${name} failed`)),
      ["room", "fetch", "database", "rows", "files", "modules", "odoo", "login", "teardown"],
    );
    assert.deepEqual([filestore.missing, filestore.wrong], [0, 0]);
    const left = await stage.run(
      "ls /mnt/odoo-data; docker ps -a --format '{{.Names}}'; docker network ls --format '{{.Name}}'",
    );
    assert.doesNotMatch(left, /drill/);
  });
});
