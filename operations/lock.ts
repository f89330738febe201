import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../user-error.ts";
import { isAlive } from "./alive.ts";
import { me } from "./me.ts";
import { projectDir } from "./project.ts";

const pollMs = 500;

/** Who is changing a stack from this clone. */
export interface Holder {
  who: string;
  pid: number;
  verb: string;
  /** ISO 8601. */
  since: string;
}

/**
 * Runs while holding the stack's lock in this clone, or says who has it. The engine's own lock guards across machines; this one says
 * whose, which verb and since when, and is taken over when its owner is dead.
 *
 * @param wait waits for whoever has it, until this is aborted
 * @throws {UserError} locked
 */
export async function withLock<T>(
  stack: string,
  verb: string,
  run: () => Promise<T>,
  wait?: AbortSignal,
): Promise<T> {
  const folder = join(projectDir(), ".platform", "locks");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${stack}.json`);
  const holder: Holder = {
    who: me(),
    pid: process.pid,
    verb,
    since: new Date().toISOString(),
  };
  await take(file, holder, stack, wait);
  try {
    return await run();
  } finally {
    if (read(file)?.pid === process.pid) rmSync(file, { force: true });
  }
}

async function take(
  file: string,
  holder: Holder,
  stack: string,
  wait: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    try {
      takeOver(file, stack);
      create(file, holder, stack);
      return;
    } catch (error) {
      if (!(error instanceof UserError) || !wait || wait.aborted) throw error;
      await sleep(pollMs, undefined, { signal: wait }).catch(() => {});
    }
  }
}

// A link is made with its holder in it or not at all: no moment of a lock that nobody holds.
function create(file: string, holder: Holder, stack: string): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw lockedBy(stack, read(file));
  } finally {
    rmSync(own, { force: true });
  }
}

function takeOver(file: string, stack: string): void {
  const holder = read(file);
  if (!holder) return;
  if (isAlive(holder.pid)) throw lockedBy(stack, holder);
  // Moved and not removed: of two that find it at once, the second would take away what the first has just made.
  const dead = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, dead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = read(dead);
  try {
    if (!moved || !isAlive(moved.pid)) return;
    linkSync(dead, file);
    throw lockedBy(stack, moved);
  } finally {
    rmSync(dead, { force: true });
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function lockedBy(stack: string, holder: Holder | undefined): UserError {
  const { who = "somebody", verb = "a verb", since = "just now", pid = 0 } = holder ?? {};
  const message = `${stack}: ${who} is running "platform ${verb}" since ${since} (process ${pid})`;
  return new UserError("locked", message, {
    hint: "Wait for it to end, then try again; --wait does so where a verb has it.",
  });
}
