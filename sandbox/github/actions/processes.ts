import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Ends a process and everything that it has started, in whatever group or session: asks them, and after a while makes them.
 * A step of a workflow has a terminal of its own, so that act's process group does not hold it.
 */
export async function endTree(pid: number, graceMs: number): Promise<void> {
  const all = below(await processes(), pid);
  await end(all, graceMs);
  // Also what was started since.
  signal(below(await processes(), pid), "SIGKILL");
}

/** Ends what a program somewhere below a process has started, and lets the program itself go on: act, when its step is cancelled. */
export async function endChildrenOf(program: RegExp, pid: number, graceMs: number): Promise<void> {
  const rows = await processes();
  const tree = new Set(below(rows, pid));
  const found = rows.find((row) => tree.has(row.pid) && program.test(row.command));
  if (found) await end(below(rows, found.pid).slice(0, -1), graceMs);
}

interface Row {
  pid: number;
  parent: number;
  command: string;
}

async function processes(): Promise<Row[]> {
  const { stdout } = await run("ps", ["-Ao", "pid=,ppid=,comm="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, ...command] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), command: command.join(" ") };
    });
}

/** The process and its descendants, the youngest first. */
function below(rows: readonly Row[], root: number): number[] {
  const found = [root];
  for (let index = 0; index < found.length; index += 1)
    found.push(...rows.filter(({ parent }) => parent === found[index]).map(({ pid }) => pid));
  return found.toReversed();
}

async function end(pids: readonly number[], graceMs: number): Promise<void> {
  signal(pids, "SIGTERM");
  for (const until = Date.now() + graceMs; Date.now() < until && pids.some(isAlive); await sleep(50));
  signal(pids.filter(isAlive), "SIGKILL");
}

function signal(pids: readonly number[], name: "SIGTERM" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended since.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
