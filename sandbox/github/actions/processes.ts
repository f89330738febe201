import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Ends a process and everything that it has started, in whatever group or session: asks them, and after a while makes them.
 * A step of a workflow has a terminal of its own, so that act's process group does not hold it.
 */
export async function endTree(pid: number, graceMs: number): Promise<void> {
  const all = await treeOf(pid);
  signal(all, "SIGTERM");
  for (const until = Date.now() + graceMs; Date.now() < until && all.some(isAlive); await sleep(50));
  // Also what was started since.
  const late = await treeOf(pid);
  signal([...new Set([...late, ...all])].filter(isAlive), "SIGKILL");
}

/** The process and its descendants, the youngest first. */
async function treeOf(root: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-Ao", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (let index = 0; index < found.length; index += 1)
    found.push(...rows.filter(([, parent]) => parent === found[index]).map(([pid = 0]) => pid));
  return found.toReversed();
}

function signal(pids: number[], name: "SIGTERM" | "SIGKILL"): void {
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
