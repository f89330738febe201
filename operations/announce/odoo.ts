import { callOdoo } from "../odoo-call.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Announcement } from "./announce.ts";
import { runOf } from "./message.ts";

/** The states of a task, as Odoo shows them. */
function stateOf({ kind, serves }: Announcement): string | undefined {
  if (kind === "failed") return serves ? "Rolled Back" : "Failed";
  return { started: "Deploying", deployed: "Deployed", rolledBack: "Rolled Back", recovered: undefined }[
    kind
  ];
}

/** What the platform's module in Odoo is told of the task that a dispatch named; undefined where there is nothing to tell. */
export function taskUpdate(what: Announcement, deployment: number | undefined, now: Date = new Date()) {
  const { dispatch, environment, release, previous, summary, runUrl } = what;
  const state = stateOf(what);
  if (!dispatch || state === undefined) return undefined;
  return {
    task_id: dispatch.task_id,
    state,
    deployment_id: runOf(what),
    github_deployment_id: deployment ?? null,
    deployed_at: now.toISOString(),
    environment,
    image_tag: release.tag,
    image_digest: release.digest ?? null,
    previous_tag: previous?.tag ?? null,
    serving_tag: servingOf(what)?.tag ?? null,
    nonce: dispatch.nonce,
    summary,
    run_url: runUrl ?? null,
  };
}

/** What runs once it was told. */
function servingOf({ kind, release, previous, serves }: Announcement): Announcement["previous"] {
  if (kind === "failed") return serves;
  return kind === "started" ? previous : release;
}

/** @throws Error when Odoo does not take it */
export async function tellOdoo(reading: PlatformReading, update: object, signal: AbortSignal): Promise<void> {
  let status: number;
  try {
    ({ status } = await callOdoo(reading, "/odoo_platform/deployment", update, signal));
  } catch (cause) {
    signal.throwIfAborted();
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`Odoo does not answer (${code ?? message})`, { cause });
  }
  if (status < 200 || status > 299) throw new Error(`Odoo answers ${status}`);
}
