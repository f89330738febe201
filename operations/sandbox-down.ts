import { stopSandbox } from "../sandbox/control.ts";
import { sandboxDir } from "./engine-env.ts";
import type { Outcome, Run } from "./verb.ts";

/** Stops the sandbox; what is in it stays for the next start. */
export const run: Run = async (): Promise<Outcome> => {
  const stopped = await stopSandbox(sandboxDir());
  const text = stopped ? "The sandbox has stopped; what is in it stays." : "The sandbox did not run.";
  return { json: { stopped }, text, next: "npm start" };
};
