import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** Nothing is told when nothing was changed, however often one looks. */
export async function idle(world: World, runs: number, stack = "sandbox"): Promise<void> {
  for (let run = 1; run <= runs; run += 1) {
    const { exit, json } = await world.inProcess("drift", stack);
    assert.deepEqual([run, exit, json["differences"]], [run, "done", []]);
  }
}
