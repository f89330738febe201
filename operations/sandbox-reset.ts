import { rmSync } from "node:fs";
import { resetSandbox } from "../sandbox/control.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import { stackFile, stackNames } from "./project.ts";
import type { Outcome, Run } from "./verb.ts";

/** Stops the sandbox and forgets everything in it: its state, its passphrase, and the settings that only it can read. */
export const run: Run = async (): Promise<Outcome> => {
  await resetSandbox(sandboxDir());
  const stacks = stackNames().filter(isSandbox);
  for (const stack of stacks) rmSync(stackFile(stack), { force: true });
  return {
    json: { forgotten: stacks },
    text: "The sandbox and all that was in it is gone.",
    next: "npm start",
  };
};
