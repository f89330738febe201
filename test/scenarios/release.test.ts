import assert from "node:assert/strict";
import { assertAgreement, assertRest } from "../support/agreement.ts";
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
import { memoryHeld, nobodyNoticed } from "../support/noticed.ts";
import { Stage } from "../support/stage.ts";
import type { Answer } from "../support/world.ts";

/**
 * Releases on a machine, good ones and bad ones, while people work. After each scene the state of the stack, the machine and
 * the history say the same. PLATFORM_STAGE=FOLDER plays them in a checkout whose sandbox runs.
 */
describe("releases, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  const stage = new Stage();

  before(() => stage.open("1.0.0"));
  after(() => stage.close());

  const failedWith = (answer: Answer, message: RegExp): void => {
    assert.equal(answer.exitCode, 1, JSON.stringify(answer, null, 2));
    assert.match(JSON.stringify(answer), message);
  };

  it("brings one that updates no module, and nobody notices", async () => {
    const { figures } = await stage.loaded(() => stage.deployed("1.0.1"));
    nobodyNoticed(figures);
    assert.equal((await stage.told()).version, "1.0.1");
    await assertAgreement(stage, "1.0.1");
  });

  it("goes back to the one before, and nobody notices", async () => {
    const { result, figures } = await stage.loaded(() => stage.rollback());
    assert.equal(result.exitCode, 0, JSON.stringify(result, null, 2));
    nobodyNoticed(figures);
    await assertAgreement(stage, "1.0.0");
  });

  it("goes back from going back", async () => {
    assert.equal((await stage.rollback()).exitCode, 0);
    await assertRest(stage, "1.0.1");
  });

  describe("that are interrupted", () => {
    const cases: [Interruption, string][] = [
      ["kill", "the new one starts"],
      ["cut", "people were sent to the new one"],
    ];
    for (const [how, step] of cases) {
      it(`are brought by the next run, though ${interruptions[how]} while ${step}`, async () => {
        const { version: from } = await stage.told();
        const to = from === "1.0.0" ? "1.0.1" : "1.0.0";
        const { figures } = await stage.loaded(async () => {
          await interrupted(stage, to, codeSteps[step] ?? "", how);
          await servesAgain(stage, [from, to], how);
          await stage.deployed(to);
        });
        nobodyNoticed(figures);
        await assertAgreement(stage, to);
      });
    }
  });

  describe("that are bad, and update no module", () => {
    before(() => stage.begin("1.0.1"));

    const bad = [
      { fault: "crash", what: "crashes at start", message: /this release does not start/ },
      { fault: "library", what: "cannot import an add-on", message: /lacks a library|500/ },
      { fault: "memory", what: "takes all the memory", message: /memory|does not get healthy/ },
    ];
    for (const { fault, what, message } of bad) {
      it(`keeps what serves when it ${what}`, async () => {
        const tag = `1.0.2-${fault}`;
        const { result, figures } = await stage.loaded(() => stage.deploy(tag));
        failedWith(result, message);
        if (fault === "memory") await memoryHeld(stage, figures);
        else nobodyNoticed(figures);
        await assertAgreement(stage, "1.0.1");
      });
    }

    it("goes back by itself, within a minute, when it is healthy first and then answers 500", async () => {
      const { result, figures } = await stage.loaded(() =>
        stage.deploy("1.0.2-healthy-then-500", "--watch", "60"),
      );
      failedWith(result, /healthy-then-500/);
      assert.ok(figures.failed > 0, "nobody met the fault, so nothing was tried");
      assert.ok(figures.outage < 60_000, `nobody was answered for ${figures.outage} ms`);
      await assertAgreement(stage, "1.0.1");
    });

    it("waits for one that is slow to start, while the one before serves", async () => {
      const { figures } = await stage.loaded(() => stage.deployed("1.0.2-slow"));
      nobodyNoticed(figures);
      await assertAgreement(stage, "1.0.2-slow");
      assert.equal((await stage.rollback()).exitCode, 0);
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

    it("touches nothing when the rehearsal finds that an add-on cannot be imported", async () => {
      const { result, figures } = await stage.loaded(() => stage.deploy("1.1.0-import"));
      failedWith(result, /release_probe/);
      nobodyNoticed(figures);
      await assertAgreement(stage, "1.0.1");
    });

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
