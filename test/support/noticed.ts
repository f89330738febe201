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
 * For a release that takes all the memory. Where the kernel holds each container to its own limit, as a droplet's does,
 * that release alone runs out of it and nobody notices. Where it cannot (a machine of the sandbox on a computer with
 * cgroup v1: Docker says so, and puts the limits away), it takes the whole machine's: all that serves waits for the
 * kernel's choice of a victim, which took half a minute where it was measured and is no doing of the platform's. Then what
 * holds is that people wait and are never told anything wrong, that somebody is answered again before long, and that the
 * websockets come back.
 */
export async function memoryHeld(stage: Stage, figures: LoadFigures): Promise<void> {
  if (await limitsContainers(stage)) return nobodyNoticed(figures);
  const { ABORT_ERR: _unanswered, ...wrong } = figures.faults;
  assert.deepEqual(wrong, {});
  assert.ok(figures.outage < 90_000, `nobody was answered for ${figures.outage} ms`);
  assert.equal(figures.websocketsLost, 0);
  assert.ok(figures.websocketGap < 90_000, `a websocket was away for ${figures.websocketGap} ms`);
}

const limitsContainers = async (stage: Stage): Promise<boolean> =>
  (await stage.run("docker info --format '{{.MemoryLimit}}' 2>/dev/null")).trim() === "true";

export function failedWith(answer: Answer, message: RegExp): void {
  assert.equal(answer.exitCode, 1, JSON.stringify(answer, null, 2));
  assert.match(JSON.stringify(answer), message);
}
