import { idle } from "../support/drift.ts";
import { canRunMachines } from "../support/machine.ts";
import { sharedStage } from "../support/shared-stage.ts";
import { World } from "../support/world.ts";

/** Ten idle runs of each kind; drift.test.ts and machine-drift.test.ts hold two. */
describe("drift, where nothing was changed", () => {
  it("is none inside of a machine", async function () {
    if (!canRunMachines()) this.skip();
    const { world } = await sharedStage();
    await idle(world, 10);
  });

  for (const stack of ["sandbox", "sandbox-app"]) {
    it(`is none at the vendors, of ${stack}`, async () => {
      const world = new World();
      try {
        await world.start();
        await world.json(["up", "--stack", stack]);
        await idle(world, 10, stack);
      } finally {
        await world.remove();
      }
    });
  }
});
