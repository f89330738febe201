import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { logIn } from "./machine.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/** A droplet as bare as at the vendor, so that all that it becomes it becomes over SSH. */
const bare = { PLATFORM_SANDBOX_IMAGE: "plain" };

/** Brings such a machine up, though the first update is killed as it begins with these concerns, one after the other. */
export async function bootBare(stage: Stage, kills: readonly string[]): Promise<void> {
  const { world } = stage;
  await world.start(bare);
  for (const concern of kills) await world.killAt(at(world, concern), ["sandbox", "up"], bare);
  await world.json(["sandbox", "up"], bare);
  await stage.meet();
}

/** The update has begun with this concern. */
export const at =
  (world: World, concern: string): (() => boolean) =>
  () => {
    try {
      const pending = world.pending("sandbox");
      return pending.some(({ resource }) => resource.urn.endsWith(`::odoo-sandbox-${concern}`));
    } catch {
      return false; // there is no state yet
    }
  };

/** People can log in again, within two minutes. */
export async function serves({ world, platform }: Stage): Promise<void> {
  const password = platform.secrets["odooAdminPassword"] ?? "";
  for (const began = Date.now(); ; await sleep(1000)) {
    if ((await logIn(world, platform, password).catch(() => undefined)) === "admin") return;
    assert.ok(Date.now() - began < 120_000, "Odoo did not come back within two minutes");
  }
}
