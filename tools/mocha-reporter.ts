import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** The environment variable that names the file for the counts. */
export const countsFile = "PLATFORM_TEST_COUNTS";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Mocha's own "spec" report, and its counts as JSON for `tools/test.ts`, which adds up several runs. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[countsFile];
    if (file === undefined) return;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}
