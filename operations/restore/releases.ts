import { type Release, imageReference } from "../../components/release.ts";
import type { Past, Point } from "../rollback/targets.ts";

/** The update that was in force at a moment: the newest that had come up by then, or else the first. */
export function updateAt({ points }: Pick<Past, "points">, at: Date): Point | undefined {
  const ended = ({ startedAt, seconds }: Point): number => Date.parse(startedAt) + seconds * 1000;
  return points.find((point) => ended(point) <= at.getTime()) ?? points.at(-1);
}

/** More are not tried: each that is not on the machine is pulled. */
const most = 5;

/**
 * Updates whose release may go with restored data, the likeliest first: what serves now, what served then, and what came in
 * between, newest first. Each image once.
 */
export function candidates(past: Pick<Past, "points">, serves: Release, then: Point | undefined): Point[] {
  const { points } = past;
  const now = points.find(({ release }) => imageReference(release) === imageReference(serves));
  const between = points.filter(({ number }) => number > (then?.number ?? Infinity));
  const order = [now, then, ...between].filter((one) => one !== undefined);
  const first = new Map<string, Point>();
  for (const one of order) {
    const reference = imageReference(one.release);
    if (!first.has(reference)) first.set(reference, one);
  }
  return [...first.values()].slice(0, most);
}
