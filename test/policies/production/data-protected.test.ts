import assert from "node:assert/strict";
import { dataProtected } from "../../../policies/production/data-protected.ts";
import { type Resource, violations } from "../framework.ts";
import { bucket, droplet } from "./compliant.ts";

describe("production/data-protected", () => {
  const judged = (resource: Resource): Promise<string[]> => violations([dataProtected], resource);

  for (const kind of [
    "volume:Volume",
    "databaseCluster:DatabaseCluster",
    "databaseDb:DatabaseDb",
    "spacesBucket:SpacesBucket",
    "reservedIp:ReservedIp",
  ]) {
    it(`refuses a ${kind.split(":")[1]} that is not protected`, async () => {
      const type = `digitalocean:index/${kind}`;
      assert.deepEqual(await judged({ type, name: "data", props: {} }), [
        `data (${type}): it is not protected. Fix: declare it with the option protect: true`,
      ]);
      assert.deepEqual(await judged({ type, props: {}, protect: true }), []);
    });
  }

  it("refuses a bucket that would be destroyed with all it holds", async () => {
    for (const forceDestroy of [true, "true"]) {
      assert.deepEqual(await judged(bucket({ forceDestroy })), [
        "backups (digitalocean:index/spacesBucket:SpacesBucket): forceDestroy would delete it with all it holds. Fix: leave it out",
      ]);
    }
  });

  it("lets a droplet go unprotected, since nothing is on it that is not elsewhere", async () => {
    assert.deepEqual(await judged(droplet()), []);
  });
});
