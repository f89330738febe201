import type { Release } from "../../components/release.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";

/** Something that people, and the systems that they look at, hear of. */
export interface Announcement {
  kind: "started" | "deployed" | "rolledBack" | "failed" | "recovered";
  stack: string;
  /** platform.environment of its settings. */
  environment: string;
  url: string;
  release: Release;
  previous?: Release;
  actor: string;
  /** One sentence. */
  summary: string;
  /** Folder or address of the evidence. */
  evidence: string;
  dispatch?: Dispatch;
  /** The workflow's run, where one runs it. */
  runUrl?: string;
}

/** How a channel took it. */
export interface Told {
  channel: string;
  ok: boolean;
  error?: string;
}

/** Tells every channel of the stack at once. Never throws, and takes ten seconds at most. */
export async function announce(_stack: string, _what: Announcement, _signal: AbortSignal): Promise<Told[]> {
  return await Promise.resolve([]);
}
