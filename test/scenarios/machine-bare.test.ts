import assert from "node:assert/strict";
import { bootBare, serves } from "../support/bare.ts";
import { canRunMachines } from "../support/machine.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";
import type { Answer } from "../support/world.ts";

/**
 * The machine that all scenes share begins here, as bare as at the vendor: what works only on a prepared disk is a defect.
 * After each scene an ordinary update brings all in order, and no data is lost. faults-bare.test.ts has more moments of the
 * kill, a reboot under an update, a registry that is down, an image that is not Odoo and a process that takes all the memory.
 */
describe("a bare Debian machine", function () {
  if (!canRunMachines() || process.env["PLATFORM_STAGE"] !== undefined) this.pending = true;
  let stage: Stage;
  after(() => handOn(stage));

  const failed = (answer: Answer): string => {
    assert.equal(answer.exitCode, 1, JSON.stringify(answer));
    return answer.error?.message ?? "";
  };

  it("comes up, though the update was killed in the middle of packages, and while the database was made", async () => {
    let bare = false;
    stage = await sharedStage(async (fresh) => {
      await bootBare(fresh, ["docker", "odoo"]);
      bare = true;
    });
    assert.ok(bare, "another file was first, and its machine was not bare");
    await serves(stage);
    assert.equal((await stage.world.answer(["health"])).exitCode, 0);
  });

  it("has nothing to change then", async () => {
    assert.equal((await stage.world.json(["up"]))["changed"], false);
  });

  it("says which stage failed when the Docker daemon is stopped, and starts it or says how", async () => {
    const { world } = stage;
    await stage.run("systemctl stop docker.socket docker.service");
    world.edit("sandbox", ["odoo", "workers"], 2);
    const answer = await world.answer(["up", "--yes"]);
    if (answer.exitCode !== 0) assert.match(failed(answer), /odoo: .*Docker/);
    await stage.run("systemctl start docker.service");
    await world.json(["up", "--yes"]);
    await serves(stage);
  });

  it("lives on when the volume was full, with all its data", async () => {
    const count = "docker exec postgres psql -U postgres -At -d odoo -c 'select count(*) from ir_attachment'";
    const before = await stage.run(count);
    // Reserved, so that the computer's own disk does not fill too; the rest is written until nothing more fits.
    await stage.run(`cd /mnt/odoo-data; free=$(df --output=avail -B1 . | tail -n 1)
fallocate -l $((free - (64 << 20))) full; cat /dev/zero >>full; true`);
    assert.equal((await stage.world.answer(["health"])).exitCode, 11);
    await stage.run("rm /mnt/odoo-data/full");
    await serves(stage);
    assert.equal(await stage.run(count), before);
  });
});
