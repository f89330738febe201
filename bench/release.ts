import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Stage } from "../test/support/stage.ts";
import {
  type Bench,
  bad,
  codeOnly,
  highestRate,
  otherwise,
  otherwiseBack,
  rollbacks,
  withData,
} from "./release/cases.ts";
import type { Measured } from "./release/measure.ts";
import { renewSection, sectionOf } from "./release/page.ts";

/**
 * Releases under constant load, in a sandbox of its own with one machine, first of the 20 USD size and then of 4 GB; and what a
 * user would have otherwise. An hour. Nothing else may run machines on this computer meanwhile.
 *
 *   npm run bench:release                      writes the section "A release" of docs/performance.md
 *   npm run bench:release -- --json            prints one object a case instead
 *   npm run bench:release -- --only small      one part: small, data, otherwise, large
 *   npm run bench:release -- --rate 20         so many requests a second on the small size, instead of the most that hold
 *   npm run bench:release -- --runs 5 --gb 1   fewer rollbacks than 20; another size of data than 1 and 10 GB
 *
 * With PLATFORM_STAGE=CHECKOUT in that checkout's sandbox, which it leaves full of data.
 */
const small = "s-1vcpu-2gb";
const large = "s-2vcpu-4gb";
const parts = ["small", "otherwise", "data", "large"] as const;
const restoreBoundSeconds = 900;

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string" },
    runs: { type: "string", default: "20" },
    gb: { type: "string", default: "1,10" },
    rate: { type: "string" },
  },
});
const { json, only } = flags;
const rollbackRuns = Number(flags.runs);
const sizesGb = flags.gb.split(",").map(Number);
if (only !== undefined && !parts.some((part) => part === only))
  throw new Error(`--only: there is ${parts.join(", ")}`);
if (![rollbackRuns, ...sizesGb].every((count) => count > 0)) throw new Error("--runs, --gb: are numbers");
const wanted = (part: (typeof parts)[number]): boolean => only === undefined || only === part;

const measured: Measured[] = [];
const stage = new Stage({ size: small, volumeGb: 60 });
try {
  await stage.open("1.0.0");
  for (const tag of ["1.0.1", "1.1.0"]) await stage.build(tag);
  if (wanted("small") || wanted("data") || wanted("otherwise")) {
    const rate = Number(flags.rate) || (await highestRate(stage, [50, 30, 20, 10], small));
    const bench: Bench = { stage, size: small, shape: { rate, websockets: 20, reportSeconds: 10 } };
    if (wanted("small")) await part("small", () => releases(bench));
    if (wanted("otherwise")) await part("otherwise", async () => void measured.push(await otherwise(bench)));
    if (wanted("data")) await part("data", () => data(bench));
  }
  if (wanted("large"))
    await part("large", async () => {
      await stage.resize(large);
      await releases({ stage, size: large, shape: { rate: 50, websockets: 20, reportSeconds: 10 } });
    });
} finally {
  // What was measured until something went wrong is worth its time.
  report();
  await stage.close();
}

/** What goes wrong in one part is said, and takes nothing from the others. */
async function part(name: (typeof parts)[number], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(`${name}:`, error);
    process.exitCode = 1;
  }
}

async function releases(bench: Bench): Promise<void> {
  measured.push(await codeOnly(bench));
  measured.push(...(await bad(bench)));
  measured.push(await rollbacks(bench, rollbackRuns));
}

async function data(bench: Bench): Promise<void> {
  for (const gb of sizesGb) {
    measured.push(...(await withData(bench, gb)));
    measured.push(await otherwiseBack(bench, gb, restoreBoundSeconds));
  }
}

function report(): void {
  if (json) return console.log(JSON.stringify(measured, null, 2));
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`;
  const section = sectionOf(measured, machine);
  console.log(section);
  if (process.argv.length === 2) renewSection(section);
  return undefined;
}
