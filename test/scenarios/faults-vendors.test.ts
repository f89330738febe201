import assert from "node:assert/strict";
import { counts, platforms } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** Plain `pulumi refresh` after what somebody did by hand; drift.test.ts holds what `platform drift` makes of it. */
describe("what was changed at the vendors by hand, and a plain refresh", () => {
  const world = new World();
  before(async () => {
    await world.start();
    await world.json(["up"]);
  });
  after(() => world.remove());

  const idle = async (): Promise<void> => assert.deepEqual(changesOf(await world.json(["up"])), {});

  it("a resource that somebody deleted is seen by a refresh, and put back by the next update", async () => {
    await world.json(["sandbox", "break", "--fault", "deleted-resource"]);
    assert.equal(world.made()["digitalocean firewalls"], undefined);
    // An update compares with the state, not with the vendor, as Pulumi's own does.
    await idle();
    const refreshed = await world.pulumi(["refresh", "--yes", "--stack", "sandbox"]);
    assert.equal(refreshed.code, 0, refreshed.stderr);
    assert.deepEqual(changesOf(await world.json(["up"])), { create: ["odoo-sandbox-firewall"] });
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("a secret that somebody edited is not seen, for GitHub tells none; another value puts it right", async () => {
    const secret = (): string | undefined =>
      world.workflowSecret("sandbox/odoo-addons", "DEPLOY_WEBHOOK_SECRET", "sandbox");
    const own = secret();
    await world.json(["sandbox", "break", "--fault", "edited-secret"]);
    assert.notEqual(secret(), own);
    const refreshed = await world.pulumi(["refresh", "--yes", "--stack", "sandbox"]);
    assert.equal(refreshed.code, 0, refreshed.stderr);
    await idle();
    const renewed = `renewed-${"x".repeat(24)}`;
    await world.setConfig("sandbox", "webhookSecret", renewed, "secret");
    await world.json(["up", "--yes"]);
    assert.equal(secret(), renewed);
    await idle();
  });
});
