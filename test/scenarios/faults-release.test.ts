import assert from "node:assert/strict";
import { assertRest } from "../support/agreement.ts";
import {
  type Interruption,
  bounds,
  codeSteps,
  interrupted,
  interruptions,
  moduleSteps,
  servesAgain,
} from "../support/interruptions.ts";
import { canRunMachines } from "../support/machine.ts";
import { failedWith, limitsContainers, nobodyNoticed } from "../support/noticed.ts";
import { sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/**
 * Each interruption at each step of a release, on a machine, while people work, and more ways in which one is bad;
 * test/scenarios/release.test.ts holds the few that always run. PLATFORM_STAGE=CHECKOUT plays them in a checkout's sandbox
 * that runs.
 */
describe("a release that is interrupted, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  const all = Object.entries(interruptions) as [Interruption, string][];

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.1");
  });

  for (const [step, condition] of Object.entries(codeSteps)) {
    for (const [how, what] of all) {
      it(`updates no module: ${what} while ${step}`, async () => {
        const { version: from } = await stage.told();
        const to = from === "1.0.0" ? "1.0.1" : "1.0.0";
        const { figures } = await stage.loaded(async () => {
          await interrupted(stage, to, condition, how);
          await servesAgain(stage, [from, to], how);
        });
        if (how !== "reboot") assert.deepEqual(figures.faults, {});
        assert.ok(figures.outage < bounds[how] * 1000, `nobody was answered for ${figures.outage} ms`);
        await stage.deployed(to);
        await assertRest(stage, to);
      });
    }
  }

  for (const [step, condition] of Object.entries(moduleSteps)) {
    for (const [how, what] of all) {
      it(`updates a module: ${what} while ${step}`, async () => {
        await stage.begin("1.0.1");
        // Else the rehearsal of a scene before, minutes ago, would do.
        await stage.run("rm -f /var/lib/odoo-platform/rehearsed");
        await stage.write(`before ${step}`, "a file");
        const { rows } = await stage.told();
        const { figures } = await stage.loaded(async () => {
          await interrupted(stage, "1.1.0", condition, how);
          await servesAgain(stage, ["1.0.1", "1.1.0"], how);
        });
        assert.ok(figures.outage < bounds[how] * 1000, `nobody was answered for ${figures.outage} ms`);
        await stage.deployed("1.1.0");
        await assertRest(stage, "1.1.0");
        // The update brings a row of its own.
        assert.equal((await stage.told()).rows, rows + 1);

        const back = await stage.rollback("--with-data");
        assert.equal(back.exitCode, 0, JSON.stringify(back, null, 2));
        assert.equal((await stage.told()).rows, rows);
        await assertRest(stage, "1.0.1");
      });
    }
  }
});

describe("a release that is bad, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.1");
  });

  const bad = [
    { tag: "1.0.2-library", what: "cannot import an add-on", message: /lacks a library|500/ },
    { tag: "1.1.0-import", what: "cannot import an add-on that it updates", message: /release_probe/ },
  ];
  for (const { tag, what, message } of bad) {
    it(`keeps what serves when it ${what}`, async () => {
      const { result, figures } = await stage.loaded(() => stage.deploy(tag));
      failedWith(result, message);
      nobodyNoticed(figures);
      await assertRest(stage, "1.0.1");
    });
  }

  it("keeps what serves when it takes all the memory", async function () {
    if (!(await limitsContainers(stage))) this.skip();
    const { result, figures } = await stage.loaded(() => stage.deploy("1.0.2-memory"));
    failedWith(result, /memory|does not get healthy/);
    nobodyNoticed(figures);
    await assertRest(stage, "1.0.1");
  });

  it("waits for one that is slow to start, while the one before serves", async () => {
    const { figures } = await stage.loaded(() => stage.deployed("1.0.2-slow"));
    nobodyNoticed(figures);
    await assertRest(stage, "1.0.2-slow");
    assert.equal((await stage.rollback()).exitCode, 0);
    await assertRest(stage, "1.0.1");
  });

  it("goes back, and back from going back", async () => {
    await stage.deployed("1.0.3");
    for (const tag of ["1.0.1", "1.0.3"]) {
      assert.equal((await stage.rollback()).exitCode, 0);
      await assertRest(stage, tag);
    }
  });
});
