import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** The image that the emulated vendor was last told to run. */
export async function specImage(world: World): Promise<{ tag?: string; digest?: string }> {
  const { apps } = (await (await world.vendor("digitalocean", "GET", "/apps")).json()) as {
    apps: {
      spec: { services: { image: { tag?: string; digest?: string } }[] };
      pinned_deployment?: unknown;
    }[];
  };
  const [app] = apps;
  assert.equal(app?.pinned_deployment ?? null, null, "the app is pinned");
  return app?.spec.services[0]?.image ?? {};
}
