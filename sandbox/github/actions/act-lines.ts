import type { Conclusion } from "../rows/runs.ts";
import type { Value } from "./expressions.ts";
import { actJob } from "./act-file.ts";

/** One line of `act --json`, as far as it is looked at. */
export interface ActLine {
  jobID?: string;
  msg?: string;
  level?: string;
  time?: string;
  step?: string;
  stepID?: string[];
  stage?: string;
  stepResult?: "success" | "failure" | "skipped";
  jobResult?: "success" | "failure";
  raw_output?: boolean;
  command?: string;
  name?: string;
  arg?: string;
  content?: string;
}

/** What a job is at, told line by line. */
export interface Heard {
  /** Of each step that has begun, by its id: what it came to, or null while it runs. */
  steps: { id: string; name: string; result: Conclusion | null; began: string; ended: string | null }[];
  /** `steps.ID.outputs.NAME`. */
  outputs: Record<string, { outputs: Record<string, Value> }>;
  /** What steps wrote into the job's summary, in Markdown. */
  summary: string;
  result: Conclusion | undefined;
}

export const nothingHeard = (): Heard => ({ steps: [], outputs: {}, summary: "", result: undefined });

/** Takes a line in. @returns the text for the job's log, where the line has one */
export function hear(heard: Heard, line: ActLine): string | undefined {
  if (line.jobID !== actJob) return line.level === "error" ? line.msg : undefined;
  if (line.jobResult) heard.result = line.jobResult;
  const id = line.stepID?.[0];
  if (line.command === "set-output" && id !== undefined && line.name !== undefined) {
    (heard.outputs[id] ??= { outputs: {} }).outputs[line.name] = line.arg ?? "";
    return undefined; // may hold what must not be shown, and GitHub's log has it not either
  }
  if (line.command === "summary") {
    heard.summary += line.content ?? "";
    return undefined;
  }
  const text = line.msg?.trimEnd() ?? "";
  if (line.raw_output === true) return text;
  // A composite action's own steps are part of the step that uses it.
  if (id !== undefined && line.stage === "Main" && line.stepID?.length === 1) hearStep(heard, id, line);
  if (/^LocalRepositoryCache|^Cleaning up container/.test(text)) return undefined;
  if (text.startsWith("⭐ Run ")) return `##[group]${text.slice(2).replace(/^Run (Main|Pre|Post) /, "Run ")}`;
  if (line.level === "error") return `##[error]${text.replace(/^\s*❗\s*::error::/, "")}`;
  return text.replace(/^ {2}\S+ {2}(::)?/u, "$1") || undefined;
}

function hearStep(heard: Heard, id: string, line: ActLine): void {
  const time = line.time ?? "";
  const known = heard.steps.find((step) => step.id === id);
  if (!known)
    heard.steps.push({
      id,
      name: line.step ?? id,
      result: line.stepResult ?? null,
      began: time,
      ended: line.stepResult ? time : null,
    });
  else if (line.stepResult) Object.assign(known, { result: line.stepResult, ended: time });
}

/** Covers every secret in a text, and each line of those that have several, as GitHub does. */
export function coverer(secrets: readonly string[]): (text: string) => string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .map((part) => part.trim())
    .filter((part) => part.length >= 4)
    .sort((one, other) => other.length - one.length);
  return (text) => parts.reduce((covered, part) => covered.replaceAll(part, "***"), text);
}
