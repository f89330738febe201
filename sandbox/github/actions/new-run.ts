import type { Hub } from "../hub.ts";
import type { HubEvent } from "../options.ts";
import type { Workflow } from "../rows/actions.ts";
import type { Commit, Repository } from "../rows/repositories.ts";
import type { WorkflowRun } from "../rows/runs.ts";
import { type Value, asText, interpolate } from "./expressions.ts";
import { bot } from "./options.ts";
import { type Trigger, isTriggered } from "./triggers.ts";
import { eventsOf, isWorkflowPath, readWorkflow } from "./workflow-file.ts";

/** What an event sets going: on which commit, as what ref, by which filters. */
export interface Cause {
  trigger: Trigger;
  commit: Commit;
  ref: string;
  branch: string;
  title: string;
  payload: Record<string, unknown>;
  actor: string;
}

/** Events that a workflow's own token may set workflows going by; all others of it are left alone, so that none goes round. */
const ofTokens = ["repository_dispatch", "workflow_dispatch"];

/** What an event of a repository may set going; undefined for one that sets nothing going. */
export function causeOf(hub: Hub, repository: Repository, event: HubEvent): Cause | undefined {
  const { payload, name, action } = event;
  const actor = (payload["sender"] as { login: string }).login;
  if (actor === bot && !ofTokens.includes(name)) return undefined;
  const on = (revision: string): Commit | undefined => hub.commit(repository, revision);
  const main = `refs/heads/${repository.default_branch}`;
  const cause = (
    commit: Commit | undefined,
    ref: string,
    trigger: Partial<Trigger>,
    title?: string,
  ): Cause | undefined =>
    commit && {
      commit,
      ref,
      branch: ref.replace(/^refs\/(heads|tags)\//, ""),
      title: title ?? commit.message.split("\n")[0] ?? "",
      payload: { ...payload },
      actor,
      trigger: { event: name, action, ...trigger },
    };
  if (name === "repository_dispatch") return cause(on(main), main, {}, action);
  if (name === "workflow_dispatch") {
    const given = String(payload["ref"]);
    const ref =
      [given, `refs/heads/${given}`, `refs/tags/${given}`].find(
        (one) => one.startsWith("refs/") && on(one),
      ) ?? main;
    const workflow = String(payload["workflow"]);
    const commit = on(ref);
    const found = cause(
      commit,
      ref,
      { workflow, action: undefined },
      readWorkflow(commit?.files[workflow] ?? "").name,
    );
    return (
      found && {
        ...found,
        payload: { ...payload, ref, inputs: inputsOf(commit, workflow, payload["inputs"]) },
      }
    );
  }
  if (name === "push") {
    const ref = String(payload["ref"]);
    const commit = payload["deleted"] === true ? undefined : on(String(payload["after"]));
    if (/\[(skip ci|ci skip|no ci)\]/.test(commit?.message ?? "")) return undefined;
    return cause(commit, ref, {
      ref,
      action: undefined,
      paths: changedSince(on(String(payload["before"])), commit),
    });
  }
  if (name === "pull_request") {
    const { head, base, number, title } = payload["pull_request"] as {
      head: { ref: string; sha: string };
      base: { ref: string };
      number: number;
      title: string;
    };
    const commit = on(head.sha);
    const paths = changedSince(on(`refs/heads/${base.ref}`), commit);
    const found = cause(commit, `refs/pull/${number}/merge`, { ref: `refs/heads/${base.ref}`, paths }, title);
    return found && { ...found, branch: head.ref };
  }
  return cause(on(main), main, {});
}

/** What a hand or a clock sets going: a schedule's line. */
export function scheduleCause(
  hub: Hub,
  repository: Repository,
  workflow: string,
  cron: string,
): Cause | undefined {
  const ref = `refs/heads/${repository.default_branch}`;
  const commit = hub.commit(repository, ref);
  return (
    commit && {
      commit,
      ref,
      branch: repository.default_branch,
      title: readWorkflow(commit.files[workflow] ?? "").name ?? workflow,
      payload: { schedule: cron, workflow },
      actor: bot,
      trigger: { event: "schedule", workflow, cron },
    }
  );
}

function changedSince(before: Commit | undefined, after: Commit | undefined): string[] {
  const [old, now] = [before?.files ?? {}, after?.files ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((path) => old[path] !== now[path]);
}

/** A dispatch's inputs, with the defaults of those that were left out. They are text, as on GitHub. */
function inputsOf(commit: Commit | undefined, workflow: string, given: unknown): Record<string, string> {
  const declared = declaredInputs(commit?.files[workflow] ?? "");
  const defaults = Object.entries(declared).flatMap(([name, one]) =>
    one?.default === undefined ? [] : [[name, String(one.default)]],
  );
  const own = Object.entries((given ?? {}) as Record<string, unknown>).map(([name, value]) => [
    name,
    String(value),
  ]);
  return Object.fromEntries([...defaults, ...own]);
}

interface Input {
  required?: boolean;
  default?: string | number | boolean;
  type?: string;
  options?: unknown[];
}

/** The inputs that a workflow's text declares for workflow_dispatch. */
export function declaredInputs(text: string): Record<string, Input | null> {
  const config = eventsOf(readWorkflow(text))["workflow_dispatch"] as {
    inputs?: Record<string, Input | null>;
  } | null;
  return config?.inputs ?? {};
}

/** A run for every workflow that the cause sets going, queued and not begun. */
export function newRuns(hub: Hub, repository: Repository, cause: Cause): WorkflowRun[] {
  return Object.entries(cause.commit.files)
    .filter(([path, text]) => isWorkflowPath(path) && isTriggered(path, text, cause.trigger))
    .map(([path, text]) => ({ workflow: workflowRow(hub, repository, path), text }))
    .filter(({ workflow }) => workflow.state === "active")
    .map(({ workflow, text }) => newRun(hub, repository, cause, workflow, text));
}

/** A workflow file's row, made at first sight. */
export function workflowRow(hub: Hub, repository: Repository, path: string): Workflow {
  const known = hub.tables.workflows.find((one) => one.repository === repository.id && one.path === path);
  if (known) return known;
  const id = hub.nextId();
  return hub.tables.workflows.put(id, {
    id,
    repository: repository.id,
    path,
    state: "active",
    created_at: hub.now(),
  });
}

function newRun(
  hub: Hub,
  repository: Repository,
  cause: Cause,
  workflow: Workflow,
  text: string,
): WorkflowRun {
  const { tables } = hub;
  const id = hub.nextId();
  const now = hub.now();
  const file = readWorkflow(text);
  const name = file.name ?? workflow.path;
  const contexts = {
    github: { event: cause.payload as Value, ref_name: cause.branch },
    inputs: (cause.payload["inputs"] ?? {}) as Value,
  };
  const title =
    file["run-name"] === undefined ? cause.title : asText(interpolate(file["run-name"], { contexts }));
  const before = tables.runs.list((run) => run.workflow === workflow.id).map((run) => run.run_number);
  return tables.runs.put(id, {
    id,
    repository: repository.id,
    workflow: workflow.id,
    path: workflow.path,
    name,
    display_title: title || name,
    event: cause.trigger.event,
    payload: cause.payload,
    ref: cause.ref,
    head_branch: cause.branch,
    head_sha: cause.commit.sha,
    run_number: Math.max(0, ...before) + 1,
    run_attempt: 1,
    status: "queued",
    conclusion: null,
    actor: cause.actor,
    triggering_actor: cause.actor,
    created_at: now,
    run_started_at: now,
    updated_at: now,
  });
}
