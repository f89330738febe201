/** How a channel took it. */
export interface Told {
  channel: string;
  ok: boolean;
  error?: string;
}

export type Tell = (signal: AbortSignal) => Promise<unknown>;

/**
 * Calls all at once, and waits for each as long as the patience lasts: none waits for another, and none throws. What is not
 * told by then goes on until the signal ends it.
 */
export async function tellAll(
  channels: Record<string, Tell>,
  signal: AbortSignal,
  patience: AbortSignal = signal,
): Promise<Told[]> {
  return await Promise.all(
    Object.entries(channels).map(async ([channel, tell]): Promise<Told> => {
      try {
        await orLate(tell(signal), patience);
        return { channel, ok: true };
      } catch (error) {
        return { channel, ok: false, error: wordOf(error) };
      }
    }),
  );
}

/** The promise, or the signal's end: not everything that is waited for listens to a signal. */
export async function orLate<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  return await Promise.race([promise, late]);
}

/** What went wrong, in a word. */
export function wordOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === "TimeoutError" || name === "AbortError" ? "no answer in time" : message;
}
