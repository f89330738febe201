import { callOdoo } from "../odoo-call.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Announcement } from "./announce.ts";
import { runOf } from "./message.ts";

/** The states of a task, as Odoo shows them. */
const states: Partial<Record<Announcement["kind"], string>> = {
  started: "Deploying",
  deployed: "Deployed",
  failed: "Failed",
  rolledBack: "Rolled Back",
};

/** What the platform's module in Odoo is told of the task that a dispatch named; undefined where there is nothing to tell. */
export function taskUpdate(what: Announcement, deployment: number | undefined, now: Date = new Date()) {
  const { kind, dispatch, environment, release, previous, summary, runUrl } = what;
  const state = states[kind];
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
    nonce: dispatch.nonce,
    summary,
    run_url: runUrl ?? null,
  };
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
