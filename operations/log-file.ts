import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "./project.ts";

/** The full output of one run, kept for whoever must look deeper. */
export interface LogFile {
  readonly path: string;
  write: (text: string) => void;
  /** Its last lines. */
  tail: (lines: number) => string[];
}

/** Opens a log under `.platform/logs/`, named for the stack, the run and the time. */
export function openLog(stack: string, kind: string, now: Date = new Date()): LogFile {
  const folder = join(projectDir(), ".platform", "logs");
  mkdirSync(folder, { recursive: true });
  const stamp = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const path = join(folder, `${stamp}-${stack}-${kind}.log`);
  let last = "";
  return {
    path,
    write: (text) => {
      appendFileSync(path, text, { mode: 0o600 });
      last = (last + text).slice(-20_000);
    },
    tail: (lines) =>
      last
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-lines),
  };
}
