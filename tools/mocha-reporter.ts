import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** The environment variable that names the file for the counts. */
export const countsFile = "PLATFORM_TEST_COUNTS";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Seconds that the tests and hooks of each file took. */
  files: Record<string, number>;
  /** The titles of what failed, whole, with the first line of why. */
  failures: string[];
}

/** Mocha's own "spec" report, and its counts as JSON for `tools/test.ts`, which adds up several runs. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[countsFile];
    if (file === undefined) return;
    const files: Record<string, number> = {};
    const took = ({ file: of, duration = 0 }: Mocha.Runnable): void => {
      if (of !== undefined) files[of] = (files[of] ?? 0) + duration / 1000;
    };
    const failures: string[] = [];
    const { EVENT_TEST_END, EVENT_HOOK_END, EVENT_TEST_FAIL, EVENT_RUN_END } = Mocha.Runner.constants;
    runner.on(EVENT_TEST_END, took).on(EVENT_HOOK_END, took);
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test, error: Error) => {
      failures.push(`${test.fullTitle()}: ${error.message.split("\n")[0]}`);
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures: failed, pending } = this.stats;
      const counts: Counts = { passed: passes, failed, skipped: pending, files, failures };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}
