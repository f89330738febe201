import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { detectLargeInput } from "./large-input.ts";
import { binDir, root } from "../tools/paths.ts";
import { liftBudget, openWorld } from "./world.ts";

/** One measured case: whole processes, in turn with its baseline, so that a noisy machine is noisy for both. */
interface Case {
  case: string;
  baseline: string;
  /** Median of the runs, in seconds. */
  seconds: number;
  baselineSeconds: number;
  /** Median of the ratios of each pair. */
  ratio: number;
  /** Median of the differences of each pair, in seconds. */
  moreSeconds: number;
}

const runs = Number(process.env["RUNS"] ?? 5);
const json = process.argv.includes("--json");

const world = await openWorld();
const timed = async (...args: string[]): Promise<number> => {
  const started = performance.now();
  await execa(join(binDir, "node"), [join(root, "bench", "one.ts"), ...args], { env: world.env });
  return (performance.now() - started) / 1000;
};

const cases: Case[] = [];
try {
  liftBudget(world);
  const empty = ["preview", "sandbox-empty", "0", "none"];
  const one = ["preview", "sandbox", "1", "none"];
  await timed(...empty);
  await timed(...one);
  await compare("preview of one platform, nothing there yet", one, "empty program", empty);
  for (const pack of ["secrets", "manifest", "production"]) {
    await compare(`the same with the ${pack} pack`, withPacks(one, pack), "without packs", one);
  }
  await compare(
    "the same with all packs",
    withPacks(one, "secrets,manifest,production"),
    "without packs",
    one,
  );
  for (const count of ["5", "20"]) {
    await compare(
      `preview of ${count} platforms in one program`,
      ["preview", "sandbox", count, "none"],
      "of one",
      one,
    );
  }
  await timed("up", "sandbox", "1", "none");
  await compare("preview, nothing to change", one, "empty program", empty);
  await compare("up, nothing to change", ["up", "sandbox", "1", "none"], "up of the empty program", [
    "up",
    "sandbox-empty",
    "0",
    "none",
  ]);
} finally {
  await world.close();
}
const large = await detectLargeInput();

function withPacks(args: string[], packs: string): string[] {
  return [...args.slice(0, 3), packs];
}

async function compare(
  name: string,
  args: string[],
  baseline: string,
  baselineArgs: string[],
): Promise<void> {
  const pairs: [number, number][] = [];
  for (let run = 0; run < runs; run += 1) {
    process.stderr.write(`\r${name}: ${run + 1} of ${runs}   `);
    pairs.push([await timed(...args), await timed(...baselineArgs)]);
  }
  process.stderr.write("\n");
  cases.push({
    case: name,
    baseline,
    seconds: median(pairs.map(([seconds]) => seconds)),
    baselineSeconds: median(pairs.map(([, seconds]) => seconds)),
    ratio: median(pairs.map(([a, b]) => a / b)),
    moreSeconds: median(pairs.map(([a, b]) => a - b)),
  });
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 100) / 100;
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const rows = cases.map(
  (one) =>
    `| ${one.case} | ${one.seconds} s | ${one.baseline}: ${one.baselineSeconds} s | ${one.ratio} | ${one.moreSeconds} s |`,
);
const page = `# Performance

Made by \`npm run bench:preview\`: whole processes, ${runs} runs of each in turn with its baseline, medians. Ratios and
differences are of each pair, so a noisy machine does them little harm. Stand-in plugins; ${machine}.

| case | takes | against | ratio | more |
|---|---|---|---|---|
${rows.join("\n")}

The secrets pack's detector over one input: ${large.map(({ kb, ms }) => `${kb} KB in ${ms} ms`).join(", ")}.
`;
if (json) console.log(JSON.stringify({ machine, runs, cases, secretsDetector: large }, null, 2));
else {
  const file = join(root, "docs", "performance.md");
  // What follows was measured by other means, and is renewed by hand.
  const others = /^## A machine$[\s\S]*/m.exec(readFileSync(file, "utf8"))?.[0];
  writeFileSync(file, others === undefined ? page : `${page}\n${others}`);
  console.log(page);
}
