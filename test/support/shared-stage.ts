import assert from "node:assert/strict";
import { Stage } from "./stage.ts";

/**
 * The machine that all scenes of a run share, since one takes minutes to boot: the first file that asks brings it up, each
 * leaves it as it found it, and it is gone when all is over.
 */
let shared: { stage: Stage; open: Promise<void> } | undefined;

/** @param boot another way to bring it up, for whoever asks first */
export async function sharedStage(
  boot: (stage: Stage) => Promise<void> = (stage) => stage.boot(),
): Promise<Stage> {
  if (!shared) {
    const stage = new Stage();
    shared = { stage, open: boot(stage) };
  }
  await shared.open;
  return shared.stage;
}

/** For `after`: neither the machine nor what stands at the vendors differs from what is declared. */
export async function handOn(stage: Stage | undefined): Promise<void> {
  if (!stage) return;
  const { exitCode, differences, error } = await stage.world.answer(["drift"]);
  assert.deepEqual([exitCode, differences], [0, []], JSON.stringify(error));
}

// Of the whole run: a hook outside of any suite.
after(() => shared?.stage.close());
