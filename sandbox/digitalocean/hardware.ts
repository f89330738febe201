import type { Action } from "./rows.ts";

/**
 * What stands behind the rows of droplets, volumes and addresses, where anything does. The account knows only this of it; a
 * sandbox without machines has none, and there everything takes its time and is done.
 */
export interface Hardware {
  /** Begins what an action asks for, the first time, and says how far it is. Its rows change once it is done. */
  carryOut(action: Action): "working" | "done" | "failed";
  /** Makes what is not an action follow the rows: firewalls, addresses, names, what was deleted. In force when it resolves. */
  follow(): Promise<void>;
  /** Whether a droplet that should run does: it may have been shut down from inside. */
  isRunning(droplet: number): boolean;
}
