import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, countsFile } from "./mocha-reporter.ts";
import { binDir, root } from "./paths.ts";

/**
 * Runs the suites that are named, all of them by default, and ends with one line over all: `N passed, N failed`.
 *   node tools/test.ts [unit|scenarios|faults ...]
 */
interface Suite {
  /** What the suite may take on 2 cores; more is said, and is for a person to judge. */
  budgetSeconds: number;
  mochaArgs: string[];
}

/** The real engine and real time: minutes a scene, and never two at once. */
const scenes = (spec: string): string[] =>
  `--no-config --fail-zero --forbid-only --timeout 900000 --slow 60000 ${spec}`.split(" ");

const suites = {
  /** Quick, without the engine; `.mocharc.json` says which files, and they run side by side. */
  unit: { budgetSeconds: 300, mochaArgs: ["--parallel", "--jobs", String(availableParallelism())] },
  /** End to end against the sandbox; the half of it on machines that boot. */
  scenarios: {
    budgetSeconds: 3300,
    mochaArgs: scenes("--ignore test/scenarios/faults*.test.ts test/scenarios/**/*.test.ts"),
  },
  /** The same faults at many more moments. Not part of `npm test`. */
  faults: { budgetSeconds: 3600, mochaArgs: scenes("test/scenarios/faults*.test.ts") },
} satisfies Record<string, Suite>;

type SuiteName = keyof typeof suites;

async function runSuite(name: SuiteName, folder: string): Promise<Counts> {
  const { budgetSeconds, mochaArgs } = suites[name];
  const file = join(folder, `${name}.json`);
  const began = performance.now();
  const exitCode = await mocha(mochaArgs, file);
  const seconds = Math.round((performance.now() - began) / 1000);
  const over = seconds > budgetSeconds ? ", over its budget" : "";
  console.log(`${name}: ${seconds} s of ${budgetSeconds} s${over}\n`);
  return countsOf(file, exitCode);
}

function mocha(args: string[], file: string): Promise<number> {
  return new Promise((done, fail) => {
    const reporter = join(root, "tools", "mocha-reporter.ts");
    const child = spawn(join(binDir, "mocha"), [...args, "--reporter", reporter], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, [countsFile]: file },
    });
    child.on("error", fail);
    child.on("close", (code) => done(code ?? 1));
  });
}

/** A run that died before its end, or failed without a failing test, counts as one failure. */
function countsOf(file: string, exitCode: number): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    console.error("mocha ended before it could count; its messages stand above");
  }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : ["unit", "scenarios"];
const unknown = names.find((name) => !(name in suites));
if (unknown !== undefined) {
  console.error(`${unknown}: is no suite; there are ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}

// Ctrl-C reaches mocha too, which ends its tests; the counts so far are still worth a line.
process.on("SIGINT", () => {});
process.env["PATH"] = `${binDir}:${process.env["PATH"]}`;
const folder = mkdtempSync(join(tmpdir(), "platform-tests-"));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const name of names as SuiteName[]) {
    const counts = await runSuite(name, folder);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(summary(total));
process.exitCode = total.failed > 0 ? 1 : 0;
