import assert from "node:assert/strict";
import { assertAgreement, assertRest } from "../support/agreement.ts";
import {
  bounds,
  codeSteps,
  interrupted,
  interruptions,
  moduleSteps,
  servesAgain,
} from "../support/interruptions.ts";
import { canRunMachines } from "../support/machine.ts";
import { failedWith, nobodyNoticed } from "../support/noticed.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/**
 * Releases on a machine, good ones and bad ones, while people work: one scene for each thing that may happen. After each the
 * state of the stack, the machine and the history say the same. faults-release.test.ts has each interruption at each step,
 * and more ways to be bad. PLATFORM_STAGE=FOLDER plays them in a checkout whose sandbox runs.
 */
describe("releases, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
    stage.buildAhead([
      ..."1.0.1 1.0.2-crash 1.0.2-healthy-then-500 1.0.3".split(" "),
      ..."1.1.0-migration 1.1.0-migration-live 1.1.0".split(" "),
    ]);
  });
  after(() => handOn(stage));

  it(`brings one by the next run, though ${interruptions.cut} while people are sent to it, and nobody notices`, async () => {
    const { figures } = await stage.loaded(async () => {
      await interrupted(stage, "1.0.1", codeSteps["people were sent to the new one"] ?? "", "cut");
      await servesAgain(stage, ["1.0.0", "1.0.1"], "cut");
      await stage.deployed("1.0.1");
    });
    nobodyNoticed(figures);
    await assertAgreement(stage, "1.0.1");
  });

  it("goes back to the one before, and nobody notices", async () => {
    const { result, figures } = await stage.loaded(() => stage.rollback());
    assert.equal(result.exitCode, 0, JSON.stringify(result, null, 2));
    nobodyNoticed(figures);
    await assertAgreement(stage, "1.0.0");
  });

  it("brings one, and nobody notices", async () => {
    const { figures } = await stage.loaded(() => stage.deployed("1.0.1"));
    nobodyNoticed(figures);
    await assertAgreement(stage, "1.0.1");
  });

  describe("that are bad, and update no module", () => {
    before(() => stage.begin("1.0.1"));

    it("keeps what serves when it crashes at start", async () => {
      const { result, figures } = await stage.loaded(() => stage.deploy("1.0.2-crash"));
      failedWith(result, /this release does not start/);
      nobodyNoticed(figures);
      await assertAgreement(stage, "1.0.1");
    });

    it("goes back by itself, within a minute, when it is healthy first and then answers 500", async () => {
      const { result, figures } = await stage.loaded(() =>
        stage.deploy("1.0.2-healthy-then-500", "--watch", "60"),
      );
      failedWith(result, /healthy-then-500/);
      assert.ok(figures.failed > 0, "nobody met the fault, so nothing was tried");
      assert.ok(figures.outage < 60_000, `nobody was answered for ${figures.outage} ms`);
      await assertAgreement(stage, "1.0.1");
    });

    it("says that the registry is down, and touches nothing", async () => {
      await stage.build("1.0.3");
      await stage.onBuilder("systemctl stop docker-registry");
      try {
        const answer = await stage.deploy("1.0.3");
        assert.notEqual(answer.exitCode, 0);
        assert.match(answer.error?.message ?? "", /registry/);
      } finally {
        await stage.onBuilder("systemctl start docker-registry");
      }
      await assertRest(stage, "1.0.1");
    });
  });

  describe("that update a module", () => {
    before(() => stage.begin("1.0.1"));

    const rows = async (): Promise<number> => (await stage.told()).rows;

    it("touches nothing when the rehearsal finds that a migration raises halfway", async () => {
      const before = await rows();
      const { result, figures } = await stage.loaded(() => stage.deploy("1.1.0-migration"));
      failedWith(result, /release_probe.*the other half of the rows cannot be migrated/);
      nobodyNoticed(figures);
      assert.equal(await rows(), before);
      await assertAgreement(stage, "1.0.1");
    });

    it("brings release and data back when the migration raises where it was not rehearsed", async () => {
      await stage.write("kept", "a file");
      const before = await rows();
      const answer = await stage.deploy("1.1.0-migration-live");
      failedWith(answer, /goes wrong all the same/);
      assert.equal(await rows(), before);
      await assertAgreement(stage, "1.0.1");
    });

    it("comes back by itself when the machine reboots while modules are updated, and the next run brings them", async () => {
      const { figures } = await stage.loaded(async () => {
        await interrupted(stage, "1.1.0", moduleSteps["the modules are updated"] ?? "", "reboot");
        await servesAgain(stage, ["1.0.1"], "reboot");
      });
      assert.ok(figures.outage < bounds.reboot * 1000, `nobody was answered for ${figures.outage} ms`);
      assert.equal((await stage.told()).module, "19.0.1.0.0");
    });

    it("brings a good one in a pause that is announced", async () => {
      const { figures } = await stage.loaded(() => stage.deployed("1.1.0"));
      // Whoever came in the pause was told to come again; nobody met anything else.
      assert.equal(figures.failed, figures.paused, JSON.stringify(figures));
      const { version, module, fields } = await stage.told();
      assert.deepEqual(
        { version, module, fields },
        { version: "1.1.0", module: "19.0.1.1.0", fields: ["name", "size"] },
      );
      await assertAgreement(stage, "1.1.0");
    });

    it("refuses to go back halfway, and with the data says what is lost", async () => {
      await stage.write("lost", "a file that is lost too");
      const refusal = await stage.rollback();
      assert.notEqual(refusal.exitCode, 0);
      assert.match(JSON.stringify(refusal), /--with-data/);
      await assertAgreement(stage, "1.1.0");

      const answer = await stage.rollback("--with-data");
      assert.equal(answer.exitCode, 0, JSON.stringify(answer, null, 2));
      assert.match(JSON.stringify(answer), /release_probe/);
      const { version, module } = await stage.told();
      assert.deepEqual({ version, module }, { version: "1.0.1", module: "19.0.1.0.0" });
      await assertRest(stage, "1.0.1");
    });
  });
});
