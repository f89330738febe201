import { type Release, imageReference } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import type { Looks } from "../deploy/gate.ts";
import type { Copy, Lost } from "../deploy/machine.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Applied } from "./targets.ts";

/** A copy of the data that goes with a release, and what going back to it loses. */
export interface Data {
  copy: Copy;
  lost: Lost;
}

/**
 * The copy that the first module update in the way has made: database and files as the release before it left them.
 * @param updates module updates in the way, oldest first
 * @throws {UserError} badInput, when the machine keeps no such copy any more
 */
export async function dataFor(
  looks: Looks,
  reading: PlatformReading,
  target: Release,
  updates: readonly Applied[],
  signal: AbortSignal,
): Promise<Data> {
  if (reading.outputs.hostKind === "app") {
    throw new UserError(
      "badInput",
      "--with-data: App Platform keeps no copy; the database's provider has one",
      {
        hint: "Restore the managed cluster to a point in time, then roll back.",
      },
    );
  }
  const copies = await looks.copies(reading, signal);
  const copy = copyFor(copies, updates[0]?.before ?? target);
  if (copy) return { copy, lost: await looks.lost(reading, copy.id, signal) };
  const there = copies.map(({ id }) => id).join(", ") || "none";
  throw new UserError(
    "badInput",
    `--with-data: no copy on the machine goes with ${target.tag}; there is ${there}`,
    {
      hint: "A copy is made before each module update, and kept for deploy.keepCopiesDays.",
    },
  );
}

/** The newest copy that was made while that release ran. */
export const copyFor = (copies: readonly Copy[], release: Release): Copy | undefined =>
  copies
    .toSorted((a, b) => b.madeAt.localeCompare(a.madeAt))
    .find(({ image }) => image === imageReference(release));

/** "3 rows of 2 tables in the last 12 min": what would be lost, for people. */
export function lostText({ since, seconds, tables, rows }: Lost): string {
  const span = `since ${since.slice(0, 19).replace("T", " ")} UTC, ${spanText(seconds)} ago`;
  if (tables === null || rows === null)
    return `everything written ${span}; how much nobody knows, because Postgres has lost its counters since`;
  if (rows === 0) return `nothing: no row has been written ${span}`;
  const most = tables
    .map((one) => ({ ...one, all: one.created + one.changed + one.deleted }))
    .toSorted((a, b) => b.all - a.all)
    .slice(0, 5)
    .map(
      ({ table, created, changed, deleted }) =>
        `${table} (${created} new, ${changed} changed, ${deleted} deleted)`,
    );
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  return `${count(rows, "write")} to ${count(tables.length, "table")} ${span}: ${most.join(", ")}`;
}

function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
