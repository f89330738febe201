import { Faults } from "./faults.ts";
import { Store } from "./store.ts";

/** What every emulated API of one sandbox shares. Made once by the server, and anew by each test. */
export interface World {
  /** The state of this vendor, surviving a restart. */
  readonly store: Store;
  readonly faults: Faults;
  /** One line for the sandbox's log: what was asked and is not served, what was delivered. Never a secret. */
  readonly log: (line: string) => void;
  /** The clock, so that a test can move it. */
  readonly now: () => Date;
}

/** A world in memory that logs nowhere, for tests; each part can be replaced. */
export function memoryWorld(parts: Partial<World> = {}): World {
  return { store: new Store(), faults: new Faults(), log: () => {}, now: () => new Date(), ...parts };
}
