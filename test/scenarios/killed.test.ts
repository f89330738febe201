import assert from "node:assert/strict";
import { counts, platforms } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** The kill at many more moments, of a destroy, and beside an address that somebody has put aside, are in faults.test.ts. */
describe("an update that was killed", () => {
  const world = new World();
  before(() => world.start());
  after(() => world.remove());

  const idle = async (): Promise<void> => assert.deepEqual(changesOf(await world.json(["up"])), {});

  it("holds the lock no longer, and the next one takes on what it had made", async () => {
    // The emulated droplet boots for three seconds, in which the engine has no word of it.
    const booting = (): boolean => world.made()["digitalocean droplets"] !== undefined;
    await world.killAt(booting, ["up"]);
    assert.ok(world.pending("sandbox").some(({ resource }) => resource.type.endsWith(":Droplet")));
    const next = await world.platform(["up"]);
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stderr, /^✔ Breaking the lock of an update that was killed/m);
    assert.match(next.stderr, /^✔ Finishing \d+ operations? of an update that was killed/m);
    assert.deepEqual(counts(world.made()), platforms.droplet);
    await idle();
  });

  it("makes nothing twice, whichever creation it was killed in", async () => {
    const made = world.made();
    // An attachment cannot be imported, and need not be: what is attached is not attached again.
    world.forgetCreations("sandbox", (type) => type !== "ReservedIp", ["VolumeAttachment"]);
    const next = await world.json(["up"]);
    // A command leaves nothing that could be there twice: it runs again.
    const commands = (next.card?.changes ?? [])
      .filter(({ type }) => type.endsWith(":Command"))
      .map(({ name }) => name);
    assert.ok(commands.includes("odoo-sandbox-odoo"));
    const madeAnew = changesOf(next)["create"]?.filter((name) => !commands.includes(name));
    assert.deepEqual(madeAnew, [
      "odoo-sandbox-backups-key", // its secret is told once; the one that nobody knows is taken away
      "odoo-sandbox-odoo-addons-secret-deploy-webhook-secret", // GitHub takes it any number of times
      "odoo-sandbox-volume-attachment",
    ]);
    assert.deepEqual(world.made(), made);
    await idle();
  });
});
