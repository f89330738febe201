import { readFileSync } from "node:fs";

/** Whether a process of this machine still runs; one of another user does too (EPERM), one that was killed does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !isZombie(pid);
}

// Dead, but whoever inherited it (PID 1, which in a container often does not care) has not taken notice yet.
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    // No /proc: not Linux, or it has gone in this moment, which the next look will see.
    return false;
  }
}
