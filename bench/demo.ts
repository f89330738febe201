import Table from "cli-table3";
import { Stage } from "../test/support/stage.ts";
import { root } from "../tools/paths.ts";
import { sandboxDir } from "../operations/engine-env.ts";
import { readRun } from "../sandbox/run.ts";
import type { Answer } from "../test/support/world.ts";

/**
 * Shows what releases do, on the machine of the sandbox that `npm start` has brought up: good ones and a bad one, and both ways
 * back, while people work. Ends with a table. The sandbox runs 1.0.1 of the releases for tests then.
 *
 *   npm run demo:releases
 */
interface Row {
  step: string;
  seconds: number;
  pause: unknown;
  requests: number;
  failed: number;
  paused: number;
  serves: string;
  lost: string;
}

if (!readRun(sandboxDir())?.machines) throw new Error("no sandbox with a machine runs; `npm start` first");
process.env["PLATFORM_STAGE"] ??= root;
const stage = new Stage();
const rows: Row[] = [];

/** One step under load; it must end as it is said to. */
async function show(step: string, exitCode: number, work: () => Promise<Answer>): Promise<void> {
  process.stderr.write(`${step} …\n`);
  const { result, seconds, figures } = await stage.loaded(work);
  if (result.exitCode !== exitCode)
    throw new Error(`${step}: ended by ${result.exitCode}: ${JSON.stringify(result, null, 2)}`);
  const { requests, failed, paused } = figures;
  const { change } = result as { change?: { pauseSeconds?: unknown } };
  rows.push({
    step,
    seconds,
    pause: change?.pauseSeconds ?? "-",
    requests,
    failed: failed - paused,
    paused,
    serves: (await stage.told()).version,
    lost: lostText(result),
  });
}

function lostText({ card }: Answer): string {
  const { data } = (card ?? {}) as { data?: { lost?: { rows: number | null; seconds: number } } | null };
  if (!data?.lost) return "nothing";
  const { rows: written, seconds } = data.lost;
  return `${written ?? "an unknown number of"} writes of ${seconds} s`;
}

try {
  await stage.open("1.0.1");
  for (const tag of ["1.0.0", "1.1.0", "1.1.1", "1.2.0-broken"]) await stage.build(tag);
  await show("deploy 1.0.0, code only", 0, () => stage.deploy("1.0.0"));
  await show("deploy 1.0.1, code only", 0, () => stage.deploy("1.0.1"));
  await show("deploy 1.1.0, updates a module", 0, () => stage.deploy("1.1.0"));
  await show("deploy 1.2.0-broken: its migration raises", 1, () => stage.deploy("1.2.0-broken"));
  await show("deploy 1.1.1, code only", 0, () => stage.deploy("1.1.1"));
  await show("rollback to 1.1.0", 0, () => stage.rollback());
  for (const name of ["one", "two", "three"]) await stage.write(name, `file of ${name}`);
  const before = (await stage.updateOf("1.0.1")) ?? "";
  await show("rollback to 1.0.1, with data", 0, () => stage.rollback("--with-data", "--to", before));
} finally {
  console.log(tableOf(rows));
  await stage.close();
}

function tableOf(all: readonly Row[]): string {
  const head = ["", "seconds", "pause", "requests", "failed", "paused", "serves", "lost"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { step, seconds, pause, requests, failed, paused, serves, lost } of all)
    table.push([step, seconds.toFixed(1), String(pause), requests, failed, paused, serves, lost]);
  return table.toString();
}
