import assert from "node:assert/strict";
import { counts, platforms } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** What somebody changes there by hand is seen by drift (drift.test.ts), and by a plain refresh (faults-vendors.test.ts). */
describe("while the vendors are not well", () => {
  const world = new World();
  before(() => world.start());
  after(() => world.remove());
  afterEach(() => world.mend());

  const idle = async (): Promise<void> => assert.deepEqual(changesOf(await world.json(["up"])), {});

  it("a droplet that never becomes active ends the update in order, and the next one goes on with it", async () => {
    await world.break({ name: "stuck-droplet" });
    const stuck = await world.answer(["up"], { TIMEOUT: "60" });
    assert.equal(stuck.exitCode, 9);
    assert.match(
      stuck.error?.message ?? "",
      /^not done after 60 s, at "Updating sandbox"; TIMEOUT=120 gives it longer$/,
    );
    // In order: the engine has written down what it made, and holds no lock.
    const { droplet } = Object.groupBy(await world.resources("sandbox"), ({ type }) =>
      type.endsWith(":Droplet") ? "droplet" : "other",
    );
    const ids = await world.ids("droplets");
    assert.deepEqual(
      droplet?.map(({ id }) => id),
      ids.map(String),
    );
    await world.mend();
    const next = await world.platform(["up"]);
    assert.equal(next.code, 0, next.stderr);
    assert.doesNotMatch(next.stderr, /that was killed/);
    assert.deepEqual(await world.ids("droplets"), ids);
    assert.deepEqual(counts(world.made()), platforms.droplet);
    await idle();
  });

  it("an update gets through 429s with Retry-After and 500s of both", async () => {
    world.edit("sandbox", ["host", "adminNetworks"], ["10.77.0.0/24", "192.0.2.0/24"]);
    world.edit("sandbox", ["repositories", 0, "approvals"], 2);
    for (const vendor of ["digitalocean", "github"] as const) {
      await world.break({ name: "rate-limit", vendor, times: 2 });
      await world.break({ name: "server-error", vendor, times: 2 });
      // The first of them meet the questions before the update, so its own writes get some of theirs.
      const match = vendor === "github" ? "PUT" : "PUT /v2/firewalls";
      await world.break({ name: "rate-limit", vendor, match, times: 2 });
      await world.break({ name: "server-error", vendor, match, times: 1 });
    }
    const { update = [] } = changesOf(await world.json(["up", "--yes"]));
    assert.equal(update.length, 3);
    assert.deepEqual(await world.activeFaults(), [0, 0, 0, 0, 0, 0, 0, 0], "every fault has hit");
    await idle();
  });

  it("an update gets through a slow API", async () => {
    world.edit("sandbox", ["host", "volumeGb"], 12);
    await world.break({ name: "slow-api" });
    const began = performance.now();
    const { update = [] } = changesOf(await world.json(["up", "--yes"]));
    assert.ok(performance.now() - began > 4000);
    assert.deepEqual(update, [
      "odoo-sandbox",
      "odoo-sandbox-inventory: stdin",
      "odoo-sandbox-volume-mount: stdin",
      "odoo-sandbox-volume: size",
    ]);
  });
});
