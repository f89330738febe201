import { parse } from "yaml";
import type { Value } from "./expressions.ts";

export interface StepFile {
  id?: string;
  name?: string;
  uses?: string;
  run?: string;
  shell?: string;
}

interface Defaults {
  run?: { shell?: string };
}

/** A job as its file has it. */
export interface JobFile {
  name?: string;
  needs?: string | string[];
  if?: string | boolean;
  "runs-on"?: Value;
  environment?: string | { name: string; url?: string };
  concurrency?: string | { group: string; "cancel-in-progress"?: boolean | string; queue?: string };
  permissions?: Permissions;
  strategy?: { matrix?: Value; "max-parallel"?: number; "fail-fast"?: boolean };
  "timeout-minutes"?: number | string;
  outputs?: Record<string, string>;
  env?: Record<string, Value>;
  defaults?: Defaults;
  steps?: StepFile[];
  /** Another workflow, in the place of steps. */
  uses?: string;
  with?: Record<string, Value>;
  secrets?: "inherit" | Record<string, string>;
}

/** `{}` is none, a word is all. */
export type Permissions = "read-all" | "write-all" | Record<string, string>;

export interface WorkflowFile {
  name?: string;
  "run-name"?: string;
  on?: unknown;
  env?: Record<string, Value>;
  permissions?: Permissions;
  defaults?: Defaults;
  concurrency?: JobFile["concurrency"];
  jobs?: Record<string, JobFile | null>;
}

/** A workflow's text; nothing but `{}` for broken YAML, which GitHub lists by its path and never runs. */
export function readWorkflow(text: string): WorkflowFile {
  try {
    const document: unknown = parse(text, { merge: true });
    return typeof document === "object" && document !== null && !Array.isArray(document) ? document : {};
  } catch {
    return {};
  }
}

/** Every event that a workflow's text says it runs on, with its filters. */
export function eventsOf({ on }: WorkflowFile): Record<string, unknown> {
  if (typeof on === "string") return { [on]: {} };
  if (Array.isArray(on))
    return Object.fromEntries(on.filter((one) => typeof one === "string").map((one) => [one, {}]));
  return typeof on === "object" && on !== null ? (on as Record<string, unknown>) : {};
}

/** Where workflows are. */
export const isWorkflowPath = (path: string): boolean => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
