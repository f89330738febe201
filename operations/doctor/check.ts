import type { StackFile } from "../project.ts";
import type { Settings } from "../../settings/schema.ts";

/** What one check found. */
export interface Diagnosis {
  /** What was looked at: "GitHub token". */
  what: string;
  /** "bad" would stop an update or leave a gap; "skipped" could not be looked at, or does not apply. */
  state: "good" | "bad" | "skipped";
  /** What it is like. */
  found: string;
  /** What to do about it. */
  fix?: string;
}

/** What the checks look at. Settings are as complete as they can be read. */
export interface Patient {
  stack: string;
  file: StackFile;
  settings: Partial<Settings>;
  env: NodeJS.ProcessEnv;
}

export type Check = (patient: Patient) => Promise<Diagnosis[]>;

export const good = (what: string, found: string): Diagnosis => ({ what, state: "good", found });
export const bad = (what: string, found: string, fix: string): Diagnosis => ({
  what,
  state: "bad",
  found,
  fix,
});
export const skipped = (what: string, found: string): Diagnosis => ({ what, state: "skipped", found });

/** A vendor that answers, but not to the question: neither the token's fault nor proof that it is good. */
export const outOfOrder = (vendor: string, status: number): Diagnosis =>
  bad(vendor, `answers ${status}`, "try again in a while; its status page may know more");
