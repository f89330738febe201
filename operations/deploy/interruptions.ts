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
