import { control } from "../sandbox/control.ts";
import { runningWorld } from "./sandbox-world.ts";
import type { Outcome, Run } from "./verb.ts";

/** Switches all faults off. */
export const run: Run = async (): Promise<Outcome> => {
  await control(runningWorld(), "DELETE", "/faults");
  return { json: { faults: [] }, text: "Nothing is broken any more." };
};
