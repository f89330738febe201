import assert from "node:assert/strict";
import type { LoadFigures } from "../../bench/release/load.ts";
import type { Stage } from "./stage.ts";
import type { Answer } from "./world.ts";

/**
 * No request failed and no report was cut. Odoo ends its websockets' process without a farewell
 * (odoo/service/server.py, stop_workers_gracefully); pages open them again at once, at the release that serves.
 */
export function nobodyNoticed({ failed, faults, websocketsLost, websocketGap }: LoadFigures): void {
  assert.deepEqual({ failed, faults, websocketsLost }, { failed: 0, faults: {}, websocketsLost: 0 });
  assert.ok(websocketGap < 10_000, `a websocket was away for ${websocketGap} ms`);
}

/**
 * Whether the machine's kernel holds each container to its own memory, as a droplet's does. A machine of the sandbox on a
 * computer with cgroup v1 cannot (Docker says so, and puts the limits away): what takes all memory there takes the whole
 * machine's, and all that serves waits for the kernel's choice of a victim, which is no doing of the platform's.
 */
export const limitsContainers = async (stage: Stage): Promise<boolean> =>
  (await stage.run("docker info --format '{{.MemoryLimit}}' 2>/dev/null")).trim() === "true";

export function failedWith(answer: Answer, message: RegExp): void {
  assert.equal(answer.exitCode, 1, JSON.stringify(answer, null, 2));
  assert.match(JSON.stringify(answer), message);
}
