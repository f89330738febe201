import assert from "node:assert/strict";
import { counts, platforms, total } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** The kill at many moments; test/scenarios/killed.test.ts holds the few that always run. */
const stacks = {
  sandbox: { platform: platforms.droplet, moments: [1, 3, 6, 10, 24] },
  "sandbox-app": { platform: platforms.app, moments: [3, 12] },
} as const;

for (const [stack, { platform, moments }] of Object.entries(stacks)) {
  describe(`${stack}, killed with SIGKILL`, () => {
    const world = new World();
    const named = ["--stack", stack];
    const destroy = ["destroy", ...named, "--confirm", stack, "--with-backups", "--with-zone"];
    before(() => world.start());
    after(() => world.remove());

    for (const moment of moments) {
      it(`when ${moment} things have been made: the next update makes the rest, each once`, async () => {
        await world.killAt(() => total(world.made()) >= moment, ["up", ...named]);
        await world.json(["up", ...named]);
        assert.deepEqual(counts(world.made()), platform);
        assert.deepEqual(changesOf(await world.json(["up", ...named])), {});
      });

      it(`when ${moment} things have been destroyed: the next destroy takes the rest`, async () => {
        const all = total(world.made());
        await world.killAt(() => total(world.made()) <= all - moment, destroy);
        await world.json(destroy);
        assert.deepEqual(world.made(), {});
      });
    }
  });
}
