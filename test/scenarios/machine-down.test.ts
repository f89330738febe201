import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canRunMachines } from "../support/machine.ts";
import { sharedStage } from "../support/shared-stage.ts";

/** The last file of the machines: it ends the one that all shared. */
describe("a sandbox with a machine, when it is down", function () {
  if (!canRunMachines() || process.env["PLATFORM_STAGE"] !== undefined) this.pending = true;

  it("has left nothing on this computer", async () => {
    const { world } = await sharedStage();
    await world.json(["sandbox", "down"]);
    const { made } = await world.json(["sandbox", "status"]);
    assert.deepEqual(made, []);
    const said = (command: string, ...args: string[]): string => execFileSync(command, args).toString();
    assert.ok(!said("ip", "-brief", "link").includes("odoo-sandbox"));
    assert.ok(!said("nft", "list", "tables").includes("odoo_sandbox"));
    assert.ok(!readFileSync("/proc/mounts", "utf8").includes("/run/odoo-sandbox"));
    assert.ok(!readFileSync("/etc/hosts", "utf8").includes("odoo-sandbox"));
    assert.ok(!said("losetup", "--all").includes(world.dir));
    assert.ok(!said("ps", "-e", "-o", "args").includes(join(world.sandbox, "machines")));
  });
});
