import { stripVTControlCharacters } from "node:util";

/** Whose logs there are. */
export const parts = ["odoo", "cron", "nginx", "postgres", "mail", "n8n"] as const;
export type Part = (typeof parts)[number];

/** One line of a log, whoever wrote it. */
export interface LogLine {
  /** ISO 8601. */
  time: string;
  part: string;
  level: "debug" | "info" | "warning" | "error";
  text: string;
}

const levels: Record<string, LogLine["level"]> = {
  DEBUG: "debug",
  INFO: "info",
  LOG: "info",
  NOTICE: "info",
  DETAIL: "info",
  HINT: "info",
  STATEMENT: "info",
  WARNING: "warning",
  WARN: "warning",
  ERROR: "error",
  CRITICAL: "error",
  FATAL: "error",
  PANIC: "error",
};

// "2026-11-26 10:00:00,123 1 INFO odoo odoo.http: ..." of Odoo, "2026-11-26 10:00:00.123 UTC [1] LOG:  ..." of Postgres.
const prefixes = [
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?<level>[A-Z]+) (?<text>.*)$/s,
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ )?(?:\[\d+\] )?(?:\S+@\S+ )?(?<level>[A-Z]+): +(?<text>.*)$/s,
  // nginx's error log, which syslog has given a time already.
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?\[(?<level>[a-z]+)\] (?<text>.*)$/s,
];

/**
 * Makes a line of what a program wrote: its own time and level go where every line has them.
 * @param fallback the level where the text tells none
 */
export function lineOf(time: Date, part: string, written: string, fallback: LogLine["level"]): LogLine {
  const clean = printable(written);
  for (const prefix of prefixes) {
    const { level = "", text = "" } = prefix.exec(clean)?.groups ?? {};
    const known = levels[level.toUpperCase()] ?? nginxLevels[level];
    if (known) return { time: time.toISOString(), part, level: known, text };
  }
  return { time: time.toISOString(), part, level: fallback, text: clean };
}

const nginxLevels: Record<string, LogLine["level"]> = {
  crit: "error",
  alert: "error",
  emerg: "error",
};

/** Whoever can get a line into a log must not move the cursor of whoever reads it. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")
    .trimEnd();

/** A line for a terminal: time, part, level, text; what it goes on with is indented below. */
export function lineText({ time, part, level, text }: LogLine): string {
  const head = `${time.slice(0, 19).replace("T", " ")}  ${part.padEnd(8)}  ${level.padEnd(7)}  `;
  return head + text.replaceAll("\n", `\n${" ".repeat(head.length)}`);
}
