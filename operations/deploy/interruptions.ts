/**
 * Hears Ctrl-C for as long as it is asked to. At a terminal the engine hears it too, and ends its update in order; what comes
 * after that is for the verb to do.
 */
export function interruptions(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const hear = (): void => controller.abort(new Error("stopped by Ctrl-C"));
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    signal: controller.signal,
    end: () => {
      process.removeListener("SIGINT", hear);
      process.removeListener("SIGTERM", hear);
    },
  };
}

/**
 * Runs what is to end at Ctrl-C by itself, since no engine is under way that would hear it.
 * @throws what it was aborted by, also where it came through all the same
 */
export async function untilInterrupted<T>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const hear = interruptions();
  const either = AbortSignal.any([signal, hear.signal]);
  try {
    const result = await run(either);
    either.throwIfAborted();
    return result;
  } finally {
    hear.end();
  }
}
