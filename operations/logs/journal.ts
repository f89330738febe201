import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import type { SshMachine } from "../ssh.ts";
import { lineOf, type LogLine, type Part, parts } from "./line.ts";

/** What marks the entries of a part in the journal; Docker's driver gives the container's name, and for Odoo's two slots one tag. */
const marks: Record<Part | "platform", string[]> = {
  odoo: ["SYSLOG_IDENTIFIER=odoo-web"],
  cron: ["SYSLOG_IDENTIFIER=odoo-cron"],
  nginx: ["SYSLOG_IDENTIFIER=nginx", "_SYSTEMD_UNIT=nginx.service"],
  postgres: ["CONTAINER_NAME=postgres"],
  mail: ["CONTAINER_NAME=mail-catcher"],
  n8n: ["CONTAINER_NAME=n8n"],
  platform: ["SYSLOG_IDENTIFIER=odoo-platform"],
};

const journalSeconds = 20;

/** The last lines of these parts on the machine, oldest first. */
export async function journal(
  machine: SshMachine,
  of: readonly (Part | "platform")[],
  tail: number,
): Promise<LogLine[]> {
  const matches = of.flatMap((part) => marks[part]);
  const script = readFileSync(join(root, "host", "probe", "journal.sh"), "utf8");
  const { stdout, stderr, exitCode } = await machine.run(
    `tail=${tail}\nmatches=(${matches.join(" + ")})\n${script}`,
    { seconds: journalSeconds },
  );
  if (exitCode !== 0) {
    const message = `the machine's journal cannot be read: ${stderr.trim() || `status ${exitCode}`}`;
    throw new UserError("failed", message);
  }
  return stdout.split("\n").filter(Boolean).map(parsed);
}

/** A field as journald writes it: a text, bytes where it is none, or nothing where it is empty. */
type Field = string | number[] | null | undefined;

function parsed(line: string): LogLine {
  const entry = JSON.parse(line) as Record<string, Field>;
  const time = new Date(Number(asText(entry["__REALTIME_TIMESTAMP"])) / 1000);
  // Docker gives everything on stderr priority 3, and Odoo writes all its lines there: the text knows better.
  const isContainer = entry["CONTAINER_NAME"] !== undefined;
  const fallback = isContainer ? "info" : levelOf(Number(asText(entry["PRIORITY"]) || 6));
  return lineOf(time, partOf(entry), asText(entry["MESSAGE"]), fallback);
}

function partOf(entry: Record<string, Field>): string {
  const held = (mark: string): boolean => {
    const [field = "", value = ""] = mark.split("=");
    return asText(entry[field]) === value;
  };
  return [...parts, "platform" as const].find((part) => marks[part].some(held)) ?? "machine";
}

const levelOf = (priority: number): LogLine["level"] =>
  priority <= 3 ? "error" : priority === 4 ? "warning" : priority === 7 ? "debug" : "info";

const asText = (field: Field): string =>
  typeof field === "string" ? field : Buffer.from(field ?? []).toString("utf8");
