import { UserError } from "../../user-error.ts";
import type { Progress } from "../progress.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Known } from "./known.ts";
import { runScript } from "./machine.ts";
import { knownOf } from "./proof.ts";
import { type Drill, drillSchema } from "./schema.ts";

const leastSeconds = 900;
/** Slower than a drill was ever measured, on the smallest size. */
const slowestBytesPerSecond = 2_000_000;

export interface DrillOptions {
  /** Which restore point; the newest without it. */
  point?: string | undefined;
  signal: AbortSignal;
  progress: Progress;
}

/**
 * Runs a drill for as long as the size of the data allows, unless TIMEOUT says how long.
 * @throws {UserError} timeout, and as `runScript`
 */
export async function drillOf(
  reading: PlatformReading,
  { point, signal, progress }: DrillOptions,
): Promise<Drill> {
  const { stack } = reading;
  if (point !== undefined && !/^\d{8}-\d{6}$/.test(point))
    throw new UserError(
      "badInput",
      `--point: "${point}" is no restore point; write it like 20261126-020000`,
      {
        next: `platform backup list --stack ${stack}`,
      },
    );
  const known = await knownOf(reading, signal);
  const seconds = secondsFor(known, process.env["TIMEOUT"]);
  const late = seconds === undefined ? signal : AbortSignal.timeout(seconds * 1000);
  try {
    return await runScript(reading, ["odoo-drill.sh", ...(point === undefined ? [] : [point])], {
      signal: AbortSignal.any([signal, late]),
      progress,
      title: `Restoring ${stack} beside what serves`,
      schema: drillSchema,
    });
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    const message = `${stack}: its drill was not done after ${seconds} s, at "${progress.current}"; it was ended, and all of it taken away`;
    throw new UserError("timeout", message, {
      hint: "TIMEOUT gives it longer, in seconds.",
      cause: error,
    });
  }
}

/** By the size of what is restored; undefined where whoever runs it has said how long. */
export function secondsFor(
  known: Pick<Known, "list"> | undefined,
  timeout: string | undefined,
): number | undefined {
  if (timeout !== undefined) return undefined;
  const [newest] = known?.list?.points ?? [];
  const bytes = (newest?.database.bytes ?? 0) + (newest?.filestore.bytes ?? 0);
  return leastSeconds + Math.ceil(bytes / slowestBytesPerSecond);
}
