import type { Release } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { type Announcement, announce } from "../announce/announce.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { workflowRun } from "../workflow-run.ts";
import type { Trip } from "./trip.ts";

/** How a deploy or a rollback ended. */
export interface End {
  exit: ExitName;
  /** What people hear of. */
  kind: Announcement["kind"];
  /** One sentence. */
  summary: string;
  release: Release;
  /** What was gone back to and is well. */
  serves?: Release | undefined;
  error?: string;
  reading?: PlatformReading | undefined;
  /** Logs and statistics that are being read already. */
  collecting?: Promise<void>;
}

/** A channel that is down delays nothing: it is told on, but not waited for longer than this. */
const announcedSeconds = 3;
const collectSeconds = 30;

/**
 * Writes the evidence and tells whoever is to hear of it, both at once.
 * @returns the channels that did not take it, for the verb's answer
 */
export async function conclude(trip: Trip, end: End): Promise<string[]> {
  const { evidence, interrupted } = trip;
  // What ended the verb does not end the telling of it.
  const signal = AbortSignal.timeout(collectSeconds * 1000);
  const told = tell(trip, end, signal);
  if (end.collecting) await end.collecting;
  else if (end.reading && !interrupted.aborted) await evidence.collect(end.reading, signal);
  const failed = await told;
  await evidence.close({
    exit: end.exit,
    summary: end.summary,
    ...(end.error === undefined ? {} : { error: end.error }),
  });
  return failed;
}

/** Announces something; answers who did not take it within a few seconds. */
export async function tell(
  { context, settings, actor, evidence, previous, dispatch }: Trip,
  { kind, summary, release, serves }: Pick<End, "kind" | "summary" | "release" | "serves">,
  signal: AbortSignal,
): Promise<string[]> {
  const runUrl = workflowRun();
  const what: Announcement = {
    kind,
    stack: context.stack,
    environment: settings.platform.environment,
    url: `https://${settings.platform.domain}`,
    release,
    actor,
    summary,
    evidence: evidence.folder,
    ...(previous ? { previous } : {}),
    ...(serves ? { serves } : {}),
    ...(dispatch ? { dispatch } : {}),
    ...(runUrl === undefined ? {} : { runUrl }),
  };
  const told = await announce(context.stack, what, signal, { patienceMs: announcedSeconds * 1000 });
  evidence.note(`announced ${kind}`, told);
  return told.filter(({ ok }) => !ok).map(({ channel, error }) => `${channel}: ${error ?? "no"}`);
}
