import type { Progress } from "../progress.ts";

/** Steps whose titles come one after the other, while what they tell of goes on. */
export interface Steps {
  /** The step before has ended, and this one begins. */
  say(title: string): void;
  /** All went well. */
  end(): Promise<void>;
  /** The step that runs now is where it failed. */
  fail(error: unknown): Promise<void>;
}

/** @param first what is being done before anything is said */
export function stepsOf(progress: Progress, first: string): Steps {
  let shown = Promise.resolve();
  const begin = (title: string) => {
    const step = Promise.withResolvers<void>();
    // Whoever runs the steps throws what went wrong; here it only marks the step. One is shown after the other.
    shown = shown.then(() => progress.step(title, () => step.promise)).catch(() => {});
    step.promise.catch(() => {});
    return step;
  };
  let running = begin(first);
  return {
    say: (title) => {
      running.resolve();
      running = begin(title.charAt(0).toUpperCase() + title.slice(1));
    },
    end: async () => {
      running.resolve();
      await shown;
    },
    fail: async (error) => {
      running.reject(error);
      await shown;
    },
  };
}
