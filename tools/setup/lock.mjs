import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs work while no other set-up of the same checkout does: `npm ci` empties node_modules under whoever uses it.
 * A set-up that was killed leaves its file; the next one sees that nobody holds it.
 * @param {string} file holds the process id of the one that works
 * @param {(holder: number) => void} onWait called once when somebody else is at work
 * @param {() => Promise<void>} work
 */
export async function whileAlone(file, onWait, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = false; !take(file); await sleep(200)) {
    const holder = holderOf(file);
    if (holder === undefined || !isAlive(holder)) takeAway(file);
    else if (!waited) onWait(holder);
    waited = true;
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * A hard link appears with its content or not at all, so nobody reads a lock that does not name its holder yet.
 * @param {string} file
 */
function take(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Moved and not removed: of two that find it at once, the second would take away what the first has just made.
 * @param {string} file
 */
function takeAway(file) {
  const dead = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, dead);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return;
    throw error;
  }
  const holder = holderOf(dead);
  try {
    if (holder !== undefined && isAlive(holder)) linkSync(dead, file);
  } finally {
    rmSync(dead, { force: true });
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined; // released since
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM"; // another user's
  }
}
