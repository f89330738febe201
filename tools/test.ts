import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Counts, countsFile } from "./mocha-reporter.ts";
import { binDir, root } from "./paths.ts";
import { sceneFiles } from "./scene-files.ts";

/**
 * Runs the suites that are named, all of them but the faults by default, and ends with one line over all:
 * `N passed, N failed`.
 *   node tools/test.ts [unit|machines|worlds|scenarios|faults|all ...]
 */
interface Suite {
  /** What the suite may take on 2 cores; more is said, and is for a person to judge. */
  budgetSeconds: number;
  mochaArgs: string[];
  /** Takes what of the computer the suite beside it leaves. */
  behind?: boolean;
}

/** The real engine and real time: minutes a scene. */
const scenes = (files: string[], ...more: string[]): string[] => [
  ..."--no-config --fail-zero --forbid-only --timeout 900000 --slow 20000".split(" "),
  ...more,
  ...files,
];

const files = sceneFiles();

const suites = {
  /** Quick, without the engine; `.mocharc.json` says which files, and they run side by side. */
  unit: {
    budgetSeconds: 360,
    mochaArgs: ["--parallel", "--jobs", String(availableParallelism())],
    behind: true,
  },
  /** Scenes on a machine that boots: one after the other, because a computer has one sandbox with machines. */
  machines: { budgetSeconds: 1380, mochaArgs: scenes(files.machines) },
  /** Scenes of everything but machines: worlds of their own, two at once. */
  worlds: { budgetSeconds: 1380, mochaArgs: scenes(files.worlds, "--parallel", "--jobs", "2"), behind: true },
  /** The same faults at many more moments. Not part of `npm test`. */
  faults: { budgetSeconds: 7200, mochaArgs: scenes(files.faults) },
} satisfies Record<string, Suite>;

type SuiteName = keyof typeof suites;

/**
 * What is asked for by a name: rows of suites, and the rows run at the same time. A machine mostly waits, so all else has its time
 * beside it, but at the lowest priority: what a machine's scenes say of seconds is then not theirs to spoil.
 */
const groups: Record<string, SuiteName[][]> = {
  unit: [["unit"]],
  machines: [["machines"]],
  worlds: [["worlds"]],
  scenarios: [["machines"], ["worlds"]],
  faults: [["faults"]],
  all: [["machines"], ["unit", "worlds"]],
};

async function runSuite(name: SuiteName, alone: boolean, folder: string): Promise<Counts> {
  const { budgetSeconds, mochaArgs, behind = false }: Suite = suites[name];
  const file = join(folder, `${name}.json`);
  const began = performance.now();
  const { exitCode, said } = await mocha(mochaArgs, file, behind && !alone);
  const seconds = Math.round((performance.now() - began) / 1000);
  const over = seconds > budgetSeconds ? ", over its budget" : "";
  if (said !== "") console.log(said);
  console.log(`${name}: ${seconds} s of ${budgetSeconds} s${over}\n`);
  return countsOf(file, exitCode);
}

/** @returns what it said, where that must not run into what another one says */
function mocha(args: string[], file: string, behind: boolean): Promise<{ exitCode: number; said: string }> {
  return new Promise((done, fail) => {
    const reporter = join(root, "tools", "mocha-reporter.ts");
    const all = [join(binDir, "mocha"), ...args, "--reporter", reporter];
    const [command = "", ...rest] = behind ? ["nice", "-n", "19", ...all] : all;
    const child = spawn(command, rest, {
      cwd: root,
      stdio: ["inherit", behind ? "pipe" : "inherit", behind ? "pipe" : "inherit"],
      env: { ...process.env, [countsFile]: file },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.on("error", fail);
    child.on("close", (code) => done({ exitCode: code ?? 1, said }));
  });
}

/** A run that died before its end, or failed without a failing test, counts as one failure. */
function countsOf(file: string, exitCode: number): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0, files: {}, failures: [] };
  try {
    counts = JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    console.error("mocha ended before it could count; its messages stand above");
  }
  const silent = exitCode !== 0 && counts.failed === 0;
  return silent ? { ...counts, failed: 1, failures: [`mocha ended by ${exitCode}`] } : counts;
}

/** Where the time goes: the files that take more than a few seconds, the slowest first. */
function slowest(seconds: Record<string, number>): string {
  const slow = Object.entries(seconds).filter(([, each]) => each >= 5);
  const rows = slow.toSorted(([, one], [, other]) => other - one);
  return rows.map(([file, each]) => `${each.toFixed(0).padStart(6)} s  ${relative(root, file)}`).join("\n");
}

function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

async function runRow(row: readonly SuiteName[], alone: boolean): Promise<void> {
  for (const name of row) {
    const { files, failures, ...counts } = await runSuite(name, alone, folder);
    for (const [what, count] of Object.entries(counts)) total[what as keyof typeof counts] += count;
    Object.assign(total.files, files);
    total.failures.push(...failures.map((each) => `${name}: ${each}`));
  }
}

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : ["all"];
const unknown = names.find((name) => !(name in groups));
if (unknown !== undefined) {
  console.error(`${unknown}: is no suite; there are ${Object.keys(groups).join(", ")}`);
  process.exit(2);
}

// Ctrl-C reaches mocha too, which ends its tests; the counts so far are still worth a line.
process.on("SIGINT", () => {});
process.env["PATH"] = `${binDir}:${process.env["PATH"]}`;
const folder = mkdtempSync(join(tmpdir(), "platform-tests-"));
const total: Counts = { passed: 0, failed: 0, skipped: 0, files: {}, failures: [] };
try {
  for (const rows of names.map((name) => groups[name] ?? []))
    await Promise.all(rows.map((row) => runRow(row, rows.length === 1)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(slowest(total.files));
// Once more at the end, which is what a person sees first of a long run.
for (const each of total.failures) console.log(`FAILED ${each}`);
console.log(summary(total));
process.exitCode = total.failed > 0 ? 1 : 0;
