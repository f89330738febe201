import assert from "node:assert/strict";
import { type Inventory, beyond } from "../support/inventory.ts";
import { World, changesOf } from "../support/world.ts";

describe("staging and prod, side by side", () => {
  const world = new World();
  let env: NodeJS.ProcessEnv;
  let prodAlone: Inventory;

  before(async () => {
    for (const stack of ["staging", "prod"]) world.adopt(stack);
    await world.start();
    for (const stack of ["prod", "staging"]) env = await world.complete(stack);
  });
  after(() => world.remove());

  const idle = async (stack: string): Promise<void> =>
    assert.deepEqual(changesOf(await world.json(["up", "--stack", stack], env)), {});

  it("come up from the committed settings, what init adds, and the secrets that a person has", async () => {
    await world.json(["up", "--stack", "prod", "--yes"], env);
    prodAlone = world.made();
    const { card } = await world.json(["up", "--stack", "staging", "--yes"], env);
    assert.equal((card as unknown as { environment: string }).environment, "staging");
    await idle("prod");
  });

  it("share a zone and two repositories, and nothing else", () => {
    const both = world.made();
    const staging = beyond(both, prodAlone);
    // What exists once is prod's: the zone, the rulesets, the labels, the webhooks.
    for (const once of ["digitalocean domains", "github rulesets", "github labels", "github webhooks"]) {
      assert.ok(prodAlone[once], once);
      assert.equal(staging[once], undefined, once);
    }
    assert.deepEqual(staging["digitalocean droplets"], ["odoo-staging"]);
    assert.deepEqual(staging["github environments"], ["staging", "staging"]);
    assert.deepEqual(staging["buckets"], ["erp-staging-insightpulseai-net-backups"]);
  });

  it("and prod does not notice that staging is destroyed", async () => {
    await world.json(["destroy", "--stack", "staging", "--confirm", "staging", "--with-backups"], env);
    assert.deepEqual(world.made(), prodAlone);
    const known = await world.resources("prod");
    const refreshed = await world.pulumi(["refresh", "--yes", "--stack", "prod"]);
    assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
    const ids = (all: typeof known) => all.map(({ urn, id }) => [urn, id]);
    assert.deepEqual(ids(await world.resources("prod")), ids(known));
    await idle("prod");
  });
});
