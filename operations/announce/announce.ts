import type { Release } from "../../components/release.ts";
import type { Dispatch } from "../dispatch/payload.ts";
import { enterStack } from "../engine-env.ts";
import { readSettings } from "../project.ts";
import { redactor } from "../redact.ts";
import { readStack } from "../stack-reader.ts";
import { channelsOf } from "./channels.ts";
import { orLate, tellAll, type Told, wordOf } from "./tell-all.ts";

export type { Told } from "./tell-all.ts";

/** Something that people, and the systems that they look at, hear of. */
export interface Announcement {
  /**
   * - `started`: a release is on its way.
   * - `deployed`: it serves and is well. It closes an incident that is open.
   * - `failed`: it did not come through; `serves` is what does now. It opens an incident, or adds to the open one: also where
   *   the way back came through, somebody has to look.
   * - `rolledBack`: somebody asked for an earlier release, and it is well. It closes the incident.
   * - `recovered`: what had failed is well again. It closes the incident.
   */
  kind: "started" | "deployed" | "rolledBack" | "failed" | "recovered";
  stack: string;
  /** platform.environment of its settings. */
  environment: string;
  url: string;
  /** What it is about; of `rolledBack` what serves again. */
  release: Release;
  /** What ran before it. */
  previous?: Release;
  /** Of `failed`: the release that was gone back to, and that serves. */
  serves?: Release;
  actor: string;
  /** One sentence. */
  summary: string;
  /** Folder or address of the evidence. All announcements of one run name the same. */
  evidence: string;
  dispatch?: Dispatch;
  /** The workflow's run, where one runs it. */
  runUrl?: string;
}

/** All channels together. A person waits for the deploy's end. */
const mostMs = 10_000;

/**
 * Tells every channel that the stack has, all at once. Never throws, takes ten seconds at most, and a channel that is down
 * keeps no other one waiting. What is told holds no secret.
 *
 * @param signal ends it early. One that is aborted already does not: also of a run that was interrupted people must hear
 * @param patienceMs how long to wait for who does not answer: told on, and in the answer as late
 */
export async function announce(
  stack: string,
  what: Announcement,
  signal: AbortSignal,
  { patienceMs = mostMs }: { patienceMs?: number } = {},
): Promise<Told[]> {
  const timeout = AbortSignal.timeout(mostMs);
  const bounded = signal.aborted ? timeout : AbortSignal.any([signal, timeout]);
  try {
    enterStack(stack);
    const settings = readSettings(stack);
    const reading = await orLate(readStack(stack, bounded), bounded);
    const told = await withoutSecrets(what, reading.secrets.values());
    const channels = channelsOf({ stack, settings, reading, what: told });
    return await tellAll(channels, bounded, AbortSignal.any([bounded, AbortSignal.timeout(patienceMs)]));
  } catch (error) {
    return [{ channel: "all", ok: false, error: wordOf(error) }];
  }
}

async function withoutSecrets(what: Announcement, secrets: Iterable<string>): Promise<Announcement> {
  const cover = redactor(secrets);
  const { dispatch } = what;
  const [summary, message = "", by = ""] = await Promise.all(
    [what.summary, ...(dispatch ? [dispatch.commit_message, dispatch.initiated_by] : [])].map(cover),
  );
  return {
    ...what,
    summary: summary ?? "",
    ...(dispatch && { dispatch: { ...dispatch, commit_message: message, initiated_by: by } }),
  };
}
