import type { Release } from "../../components/release.ts";
import { foreign, type UpdateRecord } from "../overlay.ts";
import type { Update } from "./schema.ts";

/** An update as `pulumi stack history --json` tells it, as far as it is looked at. */
export interface RawUpdate {
  /** 0 on self-managed backends, which number nothing. */
  version: number;
  kind: string;
  startTime: string;
  endTime?: string;
  message: string;
  environment?: Record<string, string>;
  config?: Record<string, { value?: string; objectValue?: unknown; secret: boolean }>;
  result: string;
  resourceChanges?: Record<string, number>;
}

/** An update with the settings that it ran with, which a way back restores. */
export interface Entry extends Update {
  /** Plain sections and keys by their name, without the project's prefix and without secrets. */
  settings: Record<string, unknown>;
  /** Whether its own configuration named the release; else it is what the updates before it say. */
  named: boolean;
  record: UpdateRecord | undefined;
  /** The commit whose program ran. */
  program: string | null;
}

/**
 * Makes rows of a whole history, newest first. An update whose configuration names no release (plain `pulumi`, or before the
 * verbs did it) kept the one that ran, and the first of all began with its settings' image.
 */
export function entriesOf(newestFirst: readonly RawUpdate[], project: string): Entry[] {
  const entries: Entry[] = [];
  let running: Release | null = null;
  for (const [index, raw] of newestFirst.toReversed().entries()) {
    const entry = entryOf(raw, raw.version || index + 1, project, running);
    if (entry.kind === "update" && entry.result === "succeeded") running = entry.release;
    if (entry.kind === "destroy" && entry.result === "succeeded") running = null;
    markLeft(entries, entry);
    entries.push(entry);
  }
  return entries.toReversed();
}

function entryOf(raw: RawUpdate, number: number, project: string, running: Release | null): Entry {
  const { environment = {}, startTime, endTime } = raw;
  const settings = settingsOf(raw, project);
  const { release: own, update: record, ...sections } = settings;
  const told = record as UpdateRecord | undefined;
  const isUpdate = raw.kind === "update";
  const release = isUpdate
    ? ((own as Release | undefined) ?? running ?? initial(sections["image"]))
    : running;
  const gitSha = environment["git.head"] ?? null;
  return {
    number,
    kind: raw.kind,
    result: raw.result,
    startedAt: new Date(startTime).toISOString(),
    seconds: endTime ? (Date.parse(endTime) - Date.parse(startTime)) / 1000 : 0,
    verb: told?.verb ?? null,
    by: told?.by ?? environment["git.author"] ?? environment["git.committer"] ?? "",
    message: raw.message,
    changes: Object.entries(raw.resourceChanges ?? {}).reduce(
      (sum, [op, count]) => sum + (op === "same" ? 0 : count),
      0,
    ),
    gitSha,
    release: release ? releaseOf(release) : null,
    modules: told?.modules ?? null,
    unhealthy: false,
    to: told?.to ?? null,
    override: told?.override?.reason ?? null,
    settings: sections,
    named: own !== undefined,
    record: told,
    program: told?.program ?? gitSha,
  };
}

/** What a row shows of an entry. */
export function updateOf(entry: Entry): Update {
  const { settings: _, named: __, record: ___, program: ____, ...update } = entry;
  return update;
}

/** Only what a release is: a later program may have put more into it. */
function releaseOf({
  registry,
  repository,
  tag,
  digest,
  gitSha,
  data,
}: Release & { data?: string }): Release {
  return {
    registry,
    repository,
    tag,
    ...(digest === undefined ? {} : { digest }),
    ...(gitSha === undefined ? {} : { gitSha }),
    ...(data === undefined ? {} : { data }),
  };
}

function initial(image: unknown): Release | null {
  const { registry = "ghcr.io", repository, tag = "19.0" } = (image ?? {}) as Partial<Release>;
  return repository === undefined ? null : { registry, repository, tag };
}

function settingsOf({ config = {} }: RawUpdate, project: string): Record<string, unknown> {
  const prefixes = [`${project}:`, `${foreign}:`];
  const own = Object.entries(config).filter(
    ([key, { secret }]) => !secret && prefixes.some((prefix) => key.startsWith(prefix)),
  );
  return Object.fromEntries(
    own.map(([key, { value, objectValue }]) => [key.slice(key.indexOf(":") + 1), objectValue ?? value]),
  );
}

/** A verb that went back by itself names what it left: the newest update of that release was not healthy. */
function markLeft(before: Entry[], { record }: Entry): void {
  if (!record?.leaves) return;
  const left = before.findLast(({ kind, release }) => kind === "update" && sameImage(release, record.leaves));
  if (left) left.unhealthy = true;
}

type Image = Pick<Release, "tag" | "digest">;

/** Whether two releases are the same image: by digest where both are known, else by tag. */
export function sameImage(one: Image | null | undefined, other: Image | null | undefined): boolean {
  if (!one || !other) return false;
  if (one.digest !== undefined && other.digest !== undefined) return one.digest === other.digest;
  return one.tag === other.tag;
}
