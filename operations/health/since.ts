import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectDir } from "../project.ts";
import type { Check, Finding, State } from "./check.ts";

type Known = Record<string, { state: State; since: string }>;

const fileOf = (stack: string): string => join(projectDir(), ".platform", "health", `${stack}.json`);

/** Adds since when each check is in its state, from what this clone saw before, and keeps what has changed. */
export function sinceWhen(stack: string, findings: Finding[], now: Date): Check[] {
  const known = read(stack);
  const checks = findings.map((one) => {
    const before = known[one.name];
    const since = before?.state === one.state ? before.since : now.toISOString();
    return { ...one, since };
  });
  if (checks.some(({ name, since }) => known[name]?.since !== since)) write(stack, checks);
  return checks;
}

// What is lost or half is begun anew: it only tells how long.
function read(stack: string): Known {
  try {
    const known = JSON.parse(readFileSync(fileOf(stack), "utf8")) as Known | null;
    return known ?? {};
  } catch {
    return {};
  }
}

function write(stack: string, checks: Check[]): void {
  const known: Known = Object.fromEntries(checks.map(({ name, state, since }) => [name, { state, since }]));
  const file = fileOf(stack);
  const own = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(own, JSON.stringify(known, null, 2));
  renameSync(own, file);
}
