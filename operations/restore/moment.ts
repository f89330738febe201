import { UserError } from "../../user-error.ts";

/** What `--to` says. */
export type Moment =
  | { kind: "latest" }
  /** A restore point by its id, which is the second that it brings back. */
  | { kind: "point"; id: string; at: Date }
  | { kind: "time"; at: Date };

const example = "write it like 2026-11-26T14:05:00Z, like an id that `platform backup list` shows, or latest";

/**
 * Reads a time (to the second, UTC where it names no zone), a restore point's id, or "latest".
 * @throws {UserError} badInput
 */
export function parseMoment(text: string, now: Date): Moment {
  if (text === "latest") return { kind: "latest" };
  const [, date, time] = /^(\d{8})-(\d{6})$/.exec(text) ?? [];
  if (date !== undefined && time !== undefined) {
    const digits = /^(....)(..)(..)$/.exec(date)?.slice(1).join("-");
    const at = new Date(`${digits}T${/^(..)(..)(..)$/.exec(time)?.slice(1).join(":")}Z`);
    if (!Number.isNaN(at.getTime())) return { kind: "point", id: text, at };
  }
  const at = timeOf(text);
  if (!at) throw new UserError("badInput", `--to: "${text}" is no moment; ${example}`);
  if (at > now)
    throw new UserError(
      "badInput",
      `--to: ${isoOf(at)} lies in the future; it is ${isoOf(now)} now, and ${example}`,
    );
  return { kind: "time", at };
}

/** Only with a time of day: a date alone could mean its begin or its end. */
function timeOf(text: string): Date | undefined {
  const [, date, time, zone = "Z"] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?$/.exec(text) ??
    [];
  if (date === undefined) return undefined;
  const offset = zone === "UTC" ? "Z" : zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const at = new Date(`${date}T${time}${offset}`);
  // JavaScript takes 30 February for 2 March.
  const kept = !Number.isNaN(at.getTime()) && isoOf(new Date(`${date}T00:00:00Z`)).startsWith(date);
  return kept ? at : undefined;
}

/** "2026-11-26T14:05:00Z". */
const isoOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** As the machine's script takes it. */
export const argumentOf = (moment: Moment): string =>
  moment.kind === "latest" ? "latest" : moment.kind === "point" ? moment.id : isoOf(moment.at);

/** For people, in UTC and in the zone that the stack's settings name. */
export function momentText(moment: Moment, timeZone: string): string {
  if (moment.kind === "latest") return "the last moment that is in the bucket";
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const told = `${isoOf(moment.at).slice(0, 19).replace("T", " ")} UTC (${local.format(moment.at)} ${timeZone})`;
  return moment.kind === "point" ? `the restore point of ${told}` : told;
}
