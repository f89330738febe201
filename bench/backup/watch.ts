import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../../test/support/stage.ts";

/** What some work on the machine took. */
export interface Used {
  seconds: number;
  /** Of the whole machine, in seconds; undefined where the kernel does not tell it apart. */
  cpuSeconds: number | undefined;
  /** The most memory that its processes had of their own, beyond what was taken before. */
  peakBytes: number;
  /** What it said on standard output. */
  said: string;
}

const watch = readFileSync(join(import.meta.dirname, "watch.py"), "utf8");
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs a script on the machine as root and watches the machine meanwhile. */
export async function used(stage: Stage, script: string): Promise<Used> {
  const before = cpuSeconds();
  const answer = await stage.run(
    `cat >/run/bench-watch.py <<'PYTHON'\n${watch}PYTHON\npython3 /run/bench-watch.py ${quoted(`set -euo pipefail\n${script}`)}`,
  );
  const after = cpuSeconds();
  const lines = answer.trim().split("\n");
  const told = JSON.parse(lines.pop() ?? "") as { seconds: number; peakBytes: number };
  return { ...told, cpuSeconds: difference(after, before), said: lines.join("\n").trim() };
}

/** Does something from here, such as a verb, and watches the machine meanwhile. */
export async function usedBy<T>(stage: Stage, work: () => Promise<T>): Promise<{ result: T; used: Used }> {
  const watched = used(stage, "rm -f /run/bench-over; until [ -e /run/bench-over ]; do sleep 0.1; done");
  await sleep(500);
  const began = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - began) / 1000;
    await stage.run("touch /run/bench-over");
    return { result, used: { ...(await watched), seconds } };
  } catch (error) {
    await stage.run("touch /run/bench-over");
    await watched;
    throw error;
  }
}

const difference = (after: number | undefined, before: number | undefined): number | undefined =>
  after === undefined || before === undefined ? undefined : Math.round((after - before) * 10) / 10;

/** What the machine's cgroup on this computer has used, in seconds: the machine's own view holds others' too. */
function cpuSeconds(): number | undefined {
  const folder = ["/sys/fs/cgroup/odoo-sandbox", "/sys/fs/cgroup/cpu/odoo-sandbox"].find(existsSync);
  const machine = folder && readdirSync(folder).find((name) => name.startsWith("droplet-"));
  if (!machine) return undefined;
  const stat = readFileSync(join(folder, machine, "cpu.stat"), "utf8");
  const of = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? Number.NaN);
  const total = of("usage_usec");
  const microseconds = Number.isNaN(total) ? of("user_usec") + of("system_usec") : total;
  return Number.isNaN(microseconds) ? undefined : microseconds / 1e6;
}
