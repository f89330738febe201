import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project.ts";

/** Older ones are on the branch `evidence`, where the workflows put them. */
const kept = 100;

const parent = (): string => join(projectDir(), ".platform", "evidence");

/** Makes `.platform/evidence/YYYYMMDD-HHMM/`, or with a number behind it when there is one of that minute. */
export function newFolder(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 13);
  mkdirSync(parent(), { recursive: true, mode: 0o700 });
  for (let number = 1; ; number += 1) {
    const folder = join(parent(), number === 1 ? stamp : `${stamp}-${number}`);
    try {
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Deletes the oldest beyond a hundred. */
export function prune(): void {
  for (const folder of folders().slice(0, -kept)) rmSync(folder, { recursive: true, force: true });
}

/** The newest evidence of a stack in this clone. */
export const newest = (stack: string): string | undefined =>
  folders().findLast((folder) => stackOf(folder) === stack);

/** Oldest first: they are named for their time. */
function folders(): string[] {
  if (!existsSync(parent())) return [];
  return readdirSync(parent())
    .filter((name) => /^\d{8}-\d{4}(?:-\d+)?$/.test(name))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => join(parent(), name));
}

function stackOf(folder: string): string | undefined {
  try {
    const { stack } = JSON.parse(readFileSync(join(folder, "evidence.json"), "utf8")) as { stack: string };
    return stack;
  } catch {
    return undefined;
  }
}
