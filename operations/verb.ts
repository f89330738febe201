import type { ExitName } from "../exit-codes.ts";
import type { Progress } from "./progress.ts";

/** What a verb is given: all that comes from outside, so that a test can give something else. */
export interface Context {
  /** Name of the stack that the verb is about. */
  stack: string;
  /** One JSON document is the answer; nothing is asked. */
  json: boolean;
  /** The verb's own options and arguments, by name. */
  options: Record<string, string | boolean | undefined>;
  progress: Progress;
  /** Aborted when TIMEOUT is over. */
  signal: AbortSignal;
  /** Asks a person; undefined without a terminal, where a verb fails and names the flag instead. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Prints an answer before the last one: for what goes on until it is ended. */
  show?: (outcome: Outcome) => void;
}

/** What a verb answers: values. `main.ts` alone prints them and ends the process. */
export interface Outcome {
  /** How it ended; "done" when left out. */
  exit?: ExitName;
  /** For `--json`, beside the verb's and the stack's name. Holds no secret. */
  json: Record<string, unknown>;
  /** The same for people. */
  text: string;
  /** What to type next, where there is something. */
  next?: string;
}

export type Run = (context: Context) => Promise<Outcome>;

export interface Option {
  /** As commander writes it: "--release <tag>". */
  flags: string;
  what: string;
}

export const defaultTimeoutSeconds = 300;

/** One row of the verb table. */
export interface Verb {
  what: string;
  options?: Option[];
  /** How long it may take when TIMEOUT says nothing; a managed database alone takes five minutes. */
  timeoutSeconds?: number;
  /** The stack when none is named; "sandbox" when left out. */
  stack?: string;
  /** Loads the verb when it runs, so that `--help` costs nothing. */
  load: () => Promise<{ run: Run }>;
}
