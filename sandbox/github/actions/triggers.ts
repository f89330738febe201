import { matchesGlob } from "node:path";
import { eventsOf, readWorkflow } from "./workflow-file.ts";

/** Something that may set workflows going. */
export interface Trigger {
  /** push, pull_request, repository_dispatch, workflow_dispatch, schedule, ... */
  event: string;
  /** The payload's `action`: of a repository_dispatch its type. */
  action?: string | undefined;
  /** Of a push: the ref that was moved. Of a pull request: the base branch, as a ref. */
  ref?: string | undefined;
  /** Paths that a push or a pull request changes. */
  paths?: readonly string[] | undefined;
  /** Only this workflow: workflow_dispatch and schedule name one. */
  workflow?: string | undefined;
  /** Of a schedule: which of its lines. */
  cron?: string | undefined;
}

/** Without `types`, GitHub takes these (https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows). */
const defaultTypes: Record<string, readonly string[]> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

type Filters = Record<string, unknown>;

/** Whether a workflow of this path and text runs on it. */
export function isTriggered(path: string, text: string, trigger: Trigger): boolean {
  if (trigger.workflow !== undefined && trigger.workflow !== path) return false;
  const events = eventsOf(readWorkflow(text));
  if (!(trigger.event in events)) return false;
  const filters = events[trigger.event] ?? {};
  if (trigger.event === "schedule") return crons(filters).some((cron) => cron === trigger.cron);
  if (typeof filters !== "object") return true;
  return (
    typeMatches(filters as Filters, trigger) &&
    refMatches(filters as Filters, trigger) &&
    pathMatches(filters as Filters, trigger)
  );
}

/** The cron lines of a workflow's text, in UTC as GitHub takes them. */
export function schedulesOf(text: string): string[] {
  return crons(eventsOf(readWorkflow(text))["schedule"]);
}

function crons(lines: unknown): string[] {
  if (!Array.isArray(lines)) return [];
  return (lines as { cron?: unknown }[]).flatMap((line) =>
    typeof line?.cron === "string" ? [line.cron] : [],
  );
}

function typeMatches(filters: Filters, { event, action }: Trigger): boolean {
  const types = listOf(filters["types"]) ?? defaultTypes[event];
  return types === undefined || action === undefined || types.includes(action);
}

function refMatches(filters: Filters, { ref }: Trigger): boolean {
  if (ref === undefined) return true;
  const [, kind, name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const own = kind === "tags" ? "tags" : "branches";
  const other = kind === "tags" ? "branches" : "tags";
  const has = (filter: string): boolean => filter in filters || `${filter}-ignore` in filters;
  // With filters for the other kind alone, this kind does not run.
  if (!has(own)) return !has(other);
  return accepts(filters, own, name);
}

function pathMatches(filters: Filters, { paths }: Trigger): boolean {
  if (paths === undefined || !("paths" in filters || "paths-ignore" in filters)) return true;
  return paths.some((path) => accepts(filters, "paths", path));
}

/** Patterns are tried in order, and the last one that matches decides; `!` takes back. */
function accepts(filters: Filters, filter: string, name: string): boolean {
  const ignored = listOf(filters[`${filter}-ignore`]);
  if (ignored) return !ignored.some((pattern) => matches(pattern, name));
  return (listOf(filters[filter]) ?? []).reduce(
    (accepted, pattern) =>
      pattern.startsWith("!")
        ? accepted && !matches(pattern.slice(1), name)
        : accepted || matches(pattern, name),
    false,
  );
}

const matches = (pattern: string, name: string): boolean => pattern === name || matchesGlob(name, pattern);

function listOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
}
