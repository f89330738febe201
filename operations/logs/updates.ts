import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project.ts";
import { lineOf, type LogLine } from "./line.ts";

/** The stack's last update from this clone, as the engine told it. */
export function lastUpdate(stack: string): LogLine[] {
  const folder = join(projectDir(), ".platform", "logs");
  if (!existsSync(folder)) return [];
  const own = readdirSync(folder).filter((file) => /^\d{8}-\d{6}-(.+)-up\.log$/.exec(file)?.[1] === stack);
  // They begin with the time.
  const newest = own.sort().at(-1);
  if (newest === undefined) return [];
  const path = join(folder, newest);
  // Its lines tell no time of their own; the file's end is when the last was written.
  const { mtime } = statSync(path);
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => lineOf(mtime, "update", line, /\berror\b/i.test(line) ? "error" : "info"));
}
