import type { Release } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import { type Entry, sameImage } from "../history/entries.ts";

/** An update that can be gone back to: it came up, and nothing has left it for not being well. */
export interface Point extends Entry {
  release: Release;
}

/** A whole history, newest first, as it bears on going back. */
export interface Past {
  /** Newest first. */
  points: Point[];
  /** The newest update that came up: its settings are in force. */
  newest: Entry | undefined;
  /** The last update, where it has failed, so that what runs may be neither it nor the one before. */
  halfWay: Entry | undefined;
  /** Module updates that the data has had at each update, by number of the update; null where nobody knows which. */
  applied: ReadonlyMap<number, readonly Applied[]>;
}

/** One module update of the data. */
export interface Applied {
  /** The update that did it. */
  number: number;
  tag: string;
  /** Null where the update did not ask before. */
  modules: string[] | null;
  /** What ran before it, which is what its copy of the data goes with. */
  before: Release;
}

export function pastOf(newestFirst: readonly Entry[]): Past {
  const applied = new Map<number, readonly Applied[]>();
  let current: readonly Applied[] = [];
  let running: Release | null = null;
  for (const entry of newestFirst.toReversed()) {
    if (cameUp(entry)) {
      current = appliedAfter(entry, running, current, applied);
      running = entry.release;
    }
    applied.set(entry.number, current);
  }
  const points = newestFirst.filter((entry): entry is Point => cameUp(entry) && !entry.unhealthy);
  const last = newestFirst.find(({ kind }) => kind === "update");
  const halfWay = last && last.result !== "succeeded" ? last : undefined;
  return { points, newest: newestFirst.find(cameUp), halfWay, applied };
}

const cameUp = ({ kind, result, release }: Entry): boolean =>
  kind === "update" && result === "succeeded" && release !== null;

function appliedAfter(
  { number, release, modules, to }: Entry,
  running: Release | null,
  current: readonly Applied[],
  all: ReadonlyMap<number, readonly Applied[]>,
): readonly Applied[] {
  if (!running || !release || (sameImage(running, release) && running.data === release.data)) return current;
  const target = to === null ? undefined : all.get(to);
  // The data of a copy are those that the update had which it goes back to; so are those that a way forward catches up with.
  if (release.data !== undefined && release.data !== running.data) return target ?? current;
  if (target && modules !== null && modules.length > 0) return target;
  if (modules !== null && modules.length === 0) return current;
  return [...current, { number, tag: release.tag, modules, before: running }];
}

/** Module updates that stand in the way to an update: the data have had them, and its release does not know them. */
export const between = (past: Past, target: Pick<Entry, "number">): Applied[] =>
  without(now(past), at(past, target));

/** Module updates that an update had, and the data have no more: going there does them again. */
export const aheadOf = (past: Past, target: Pick<Entry, "number">): Applied[] =>
  without(at(past, target), now(past));

const at = ({ applied }: Past, { number }: Pick<Entry, "number">): readonly Applied[] =>
  applied.get(number) ?? [];

const now = (past: Past): readonly Applied[] => (past.newest ? at(past, past.newest) : []);

const without = (some: readonly Applied[], others: readonly Applied[]): Applied[] =>
  some.filter(({ number }) => !others.some((one) => one.number === number));

/**
 * The update that is meant when none is named: the newest healthy one that differs from what runs. Where the last update has
 * failed, or was killed before it could be written down, nobody knows what runs, and it is the newest healthy one.
 * @param differs whether what an update would bring back is another than what is in force
 * @param unsure whether an update was killed while it changed the machine
 */
export const lastGood = (past: Past, differs: (point: Point) => boolean, unsure = false): Point | undefined =>
  past.points.find(
    (point) =>
      unsure || past.halfWay !== undefined || (point.number !== past.newest?.number && differs(point)),
  );

/** What `--to` says: an update's number, or a commit. @throws {UserError} badInput */
export function parseTo(to: string): { number: number } | { sha: string } {
  const [, number] = /^#?(\d{1,5})$/.exec(to) ?? [];
  if (number !== undefined) return { number: Number(number) };
  if (/^[0-9a-f]{7,40}$/i.test(to)) return { sha: to.toLowerCase() };
  throw new UserError(
    "badInput",
    `--to: "${to}" is neither an update's number nor a commit (7 to 40 hex digits)`,
    {
      next: "platform rollback --list",
    },
  );
}

/** @throws {UserError} badInput, for an update that cannot be gone back to */
export function pointOf(entries: readonly Entry[], past: Past, number: number): Point {
  const point = past.points.find((one) => one.number === number);
  if (point) return point;
  const entry = entries.find((one) => one.number === number);
  const why = !entry
    ? "there is no such update"
    : entry.unhealthy
      ? `${entry.release?.tag ?? "it"} was not healthy`
      : entry.kind === "update"
        ? `it has ${entry.result}`
        : `it is a ${entry.kind}, which brings nothing`;
  throw new UserError("badInput", `--to: update ${number} cannot be gone back to: ${why}`, {
    next: "platform rollback --list",
  });
}

/** The newest healthy update that ran an image, or else the program, of a commit; undefined when none did. */
export function pointOfCommit(past: Past, sha: string): Point | undefined {
  return (
    past.points.find(({ release }) => release.gitSha?.startsWith(sha)) ??
    past.points.find(({ program }) => program?.startsWith(sha))
  );
}
