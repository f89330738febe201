import assert from "node:assert/strict";
import { budget } from "../../../policies/production/budget.ts";
import { type Resource, unknown, violations } from "../framework.ts";
import { bucket, droplet, platform, platformName, volume } from "./compliant.ts";

describe("production/budget", () => {
  const judged = (...resources: Resource[]): Promise<string[]> => violations([budget], ...resources);
  const fix = "Fix: take smaller sizes, or raise budget.usdPerMonth";

  it("lets a stack through at its budget", async () => {
    assert.deepEqual(
      await judged(platform({ budget: { usdPerMonth: 18 } }), droplet(), volume(), bucket()),
      [],
    );
  });

  it("refuses one above it, and shows the bill", async () => {
    assert.deepEqual(
      await judged(platform(), droplet({ size: "s-2vcpu-4gb" }), volume({ size: 50 }), bucket()),
      [
        `${platformName}: it costs 34.00 USD a month, over the budget of 20.00: droplet 24.00 (s-2vcpu-4gb), ` +
          `volume 5.00 (50 GB), backups 5.00 (subscription). ${fix}`,
      ],
    );
  });

  it("adds the budgets of several platforms in one stack", async () => {
    const second = { ...platform(), name: "odoo-two" };
    const twoDroplets = [droplet(), { ...droplet(), name: "two" }];
    assert.deepEqual(await judged(platform(), second, ...twoDroplets), []);
    assert.equal((await judged(platform(), ...twoDroplets)).length, 1);
  });

  it("refuses a part whose price nobody knows, also because its size is not known yet", async () => {
    for (const size of ["s-128vcpu-9tb", unknown, 7]) {
      assert.deepEqual(await judged(platform(), droplet({ size })), [
        `${platformName}: the price of digitalocean:index/droplet:Droplet droplet is not known. ` +
          "Fix: take a size that the catalog has",
      ]);
    }
  });

  it("refuses a budget that is none", async () => {
    for (const wrong of [{}, { usdPerMonth: "20" }, undefined]) {
      assert.deepEqual(await judged(platform(wrong ? { budget: wrong } : { budget: null })), [
        `${platformName}: no budget is set. Fix: set budget.usdPerMonth to a number`,
      ]);
    }
  });
});
