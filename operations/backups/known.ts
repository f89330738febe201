import { type BackupRun, type List, listSchema, runSchema } from "./schema.ts";

export const runNames = ["now", "ship", "verify", "drill"] as const;
export type RunName = (typeof runNames)[number];

/** What a machine knows of its backups, as `host/probe/backups.sh` tells it. Times are seconds since 1970. */
export interface Known {
  /** Its own clock, and since when they are set up there; 0 where that is not known. */
  now: number;
  since: number;
  /** The last run of each kind that has ended. */
  runs: Partial<Record<RunName, BackupRun>>;
  /** The restore points, when the bucket was last asked. */
  list: List | undefined;
  /** Timers of systemd by name: "active". */
  timers: Record<string, string>;
  /** Segments of the database's log that are not in the bucket yet, and the oldest one's time; 0 for none. */
  waiting: { count: number; oldest: number };
  /** Bytes of it that may wait; 0 where that is not known. */
  queue: number;
  /** When the last segment was shipped, and when shipping one last failed; 0 for never. */
  shipped: number;
  failed: number;
  /** Files that cannot be read. */
  broken: string[];
}

/** Undefined where no backups are set up. */
export function parseKnown(text: string): Known | undefined {
  const known: Known = {
    now: 0,
    since: 0,
    runs: {},
    list: undefined,
    timers: {},
    waiting: { count: 0, oldest: 0 },
    queue: 0,
    shipped: 0,
    failed: 0,
    broken: [],
  };
  for (const line of text.split("\n")) readLine(known, line);
  return known.now > 0 ? known : undefined;
}

function readLine(known: Known, line: string): void {
  const [key = "", first = "", second = ""] = line.split(" ");
  const numbers = [first, second].map((one) => Number(one) || 0) as [number, number];
  if (key === "time") [known.now, known.since] = numbers;
  if (key === "timer") known.timers[first] = second;
  if (key === "waiting") known.waiting = { count: numbers[0], oldest: numbers[1] };
  if (key === "queue") [known.queue] = numbers;
  if (key === "archiver") [known.shipped, known.failed] = numbers;
  const rest = line.slice(key.length + 1);
  if (key === "points") {
    const list = listSchema.safeParse(jsonOf(rest));
    if (list.success) known.list = list.data;
    else known.broken.push("points.json");
  }
  const name = runNames.find((one) => one === key);
  if (name === undefined) return;
  const run = runSchema.safeParse(jsonOf(rest));
  if (run.success) known.runs[name] = run.data;
  else known.broken.push(`${name}.json`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** When a drill was last good, ISO 8601: by the last run, or by what it has left on the points. */
export function lastDrill({ runs, list }: Pick<Known, "runs" | "list">): string | undefined {
  const times = [runs.drill?.lastOkAt, ...(list?.points ?? []).map(({ proven }) => proven?.at)];
  return times
    .filter((one) => typeof one === "string")
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}
