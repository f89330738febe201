import type { LoadFigures, LoadShape } from "./load.ts";
import type { Stage } from "../../test/support/stage.ts";

/** One measured case. */
export interface Measured {
  case: string;
  /** The droplet's size. */
  size: string;
  /** Mean of its runs, of the whole command, as whoever has typed it waits. */
  seconds: number;
  /** Over its runs, in seconds. */
  p50: number;
  p95: number;
  runs: number;
  /** Sent meanwhile, and of these not answered by 200. */
  requests: number;
  failedRequests: number;
  /** Of these, answered by the page for pauses. */
  pausedRequests: number;
  /** Requests a second; and how long answers took, in milliseconds from when the request was due. */
  rate: number;
  requestP50Ms: number;
  requestP95Ms: number;
  /** The longest time that a websocket was away. */
  websocketGapMs: number;
  /** What else is worth to be known. */
  notes: Record<string, unknown>;
}

interface Run {
  seconds: number;
  /** Until people got the other release. */
  serves?: number | undefined;
  figures: LoadFigures;
}

/** What one run tells beside its time; `serves` is told of all runs together. */
export type Notes = Record<string, unknown> & { serves?: number };

/** Runs something so many times under load, each for itself. A run that does not end as it should is counted, and the next one begins. */
export async function measure(
  stage: Stage,
  { name, size, shape, runs = 1 }: { name: string; size: string; shape: LoadShape; runs?: number },
  work: (run: number) => Promise<Notes>,
): Promise<Measured> {
  const all: Run[] = [];
  let notes: Record<string, unknown> = {};
  let failedRuns = 0;
  for (let run = 0; run < runs; run += 1) {
    try {
      const { result, seconds, figures } = await stage.loaded(() => work(run), shape);
      const { serves, ...rest } = result;
      all.push({ seconds, serves, figures });
      notes = rest;
      process.stderr.write(`${name}, ${size}: ${run + 1} of ${runs}, ${tenth(seconds)} s\n`);
    } catch (error) {
      failedRuns += 1;
      process.stderr.write(`${name}, ${size}: ${run + 1} of ${runs}, ${String(error)}\n`);
    }
  }
  if (all.length === 0) throw new Error(`${name}, ${size}: no run ended as it should`);
  return summed(
    { name, size, rate: shape.rate },
    all,
    failedRuns > 0 ? { ...notes, failedRuns: `${failedRuns} of ${runs}` } : notes,
  );
}

function summed(
  { name, size, rate }: { name: string; size: string; rate: number },
  runs: Run[],
  notes: Record<string, unknown>,
): Measured {
  const seconds = runs.map((run) => run.seconds);
  const total = (of: (figures: LoadFigures) => number): number =>
    runs.reduce((sum, { figures }) => sum + of(figures), 0);
  const most = (of: (figures: LoadFigures) => number): number =>
    Math.max(...runs.map(({ figures }) => of(figures)));
  const serves = runs.flatMap((run) => run.serves ?? []);
  const faults: Record<string, number> = {};
  for (const { figures } of runs)
    for (const [fault, times] of Object.entries(figures.faults)) faults[fault] = (faults[fault] ?? 0) + times;
  return {
    case: name,
    size,
    seconds: tenth(seconds.reduce((sum, one) => sum + one, 0) / seconds.length),
    p50: tenth(percentile(seconds, 0.5)),
    p95: tenth(percentile(seconds, 0.95)),
    runs: runs.length,
    requests: total((figures) => figures.requests),
    failedRequests: total((figures) => figures.failed),
    pausedRequests: total((figures) => figures.paused),
    rate,
    requestP50Ms: most((figures) => figures.p50),
    requestP95Ms: most((figures) => figures.p95),
    websocketGapMs: most((figures) => figures.websocketGap),
    notes: {
      ...notes,
      ...(serves.length > 0
        ? { servesAfter: `${tenth(percentile(serves, 0.5))} s, p95 ${tenth(percentile(serves, 0.95))} s` }
        : {}),
      ...(total((figures) => figures.websocketsLost) > 0
        ? { websocketsLost: total((figures) => figures.websocketsLost) }
        : {}),
      ...(total((figures) => figures.websocketsRefused) > 0
        ? { websocketsRefused: total((figures) => figures.websocketsRefused) }
        : {}),
      ...(Object.keys(faults).length > 0 ? { faults } : {}),
    },
  };
}

/** The value that this share of them does not exceed: of 20 runs, p95 is the second longest. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
