import { setTimeout as sleep } from "node:timers/promises";
import type { Health } from "./health/check.ts";
import { lookAt } from "./health/look.ts";
import { sinceWhen } from "./health/since.ts";
import { healthText } from "./health/text.ts";
import { readSettings } from "./project.ts";
import { readStack, type PlatformReading } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const watchSeconds = 5;

/** Says of each part of the platform whether it is well; with `--watch`, again and again. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress, signal, options } = context;
  const started = performance.now();
  const reading = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
  const look = (): Promise<Health> => healthOf(stack, reading, signal, started);
  if (options["watch"] === true) return await watch(context, reading);
  return outcome(stack, await progress.step(`Asking ${stack}`, look));
};

async function healthOf(
  stack: string,
  reading: PlatformReading,
  signal: AbortSignal,
  started = performance.now(),
): Promise<Health> {
  const now = new Date();
  const checks = sinceWhen(stack, await lookAt(reading, readSettings(stack), signal), now);
  return {
    healthy: checks.every(({ state }) => state !== "fail"),
    checkedAt: now.toISOString(),
    seconds: Math.round((performance.now() - started) / 10) / 100,
    checks,
  };
}

function outcome(stack: string, health: Health): Outcome {
  return {
    exit: health.healthy ? "done" : "unhealthy",
    json: { ...health },
    text: healthText(stack, health),
    ...(health.healthy ? {} : { next: `platform logs --stack ${stack}` }),
  };
}

/** Until Ctrl-C, or TIMEOUT. What was seen last is the answer. */
async function watch({ stack, signal, show }: Context, reading: PlatformReading): Promise<Outcome> {
  const interrupted = new AbortController();
  const end = (): void => interrupted.abort();
  process.once("SIGINT", end);
  const until = AbortSignal.any([signal, interrupted.signal]);
  try {
    let last = outcome(stack, await healthOf(stack, reading, until));
    while (!until.aborted) {
      show?.(last);
      await sleep(watchSeconds * 1000, undefined, { signal: until }).catch(() => {});
      last = await healthOf(stack, reading, until).then(
        (health) => outcome(stack, health),
        (error: unknown) => {
          if (until.aborted) return last;
          throw error;
        },
      );
    }
    return { ...last, text: "" };
  } finally {
    process.removeListener("SIGINT", end);
  }
}
