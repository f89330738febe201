import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../../test/support/stage.ts";
import { shellWord } from "../../shell-word.ts";

/** What some work on the machine took. */
export interface Used {
  seconds: number;
  /** Of all processors of the machine together. */
  cpuSeconds: number;
  /** The most memory that its processes had of their own, beyond what was taken before. */
  peakBytes: number;
  /** What it said on standard output. */
  said: string;
}

const watch = readFileSync(join(import.meta.dirname, "watch.py"), "utf8");

/** Runs a script on the machine as root and watches the machine meanwhile. */
export async function used(stage: Stage, script: string): Promise<Used> {
  const answer = await stage.run(
    `cat >/run/bench-watch.py <<'PYTHON'\n${watch}PYTHON\npython3 /run/bench-watch.py ${shellWord(`set -euo pipefail\n${script}`)}`,
  );
  const lines = answer.trim().split("\n");
  const told = JSON.parse(lines.pop() ?? "") as Omit<Used, "said">;
  return { ...told, said: lines.join("\n").trim() };
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
