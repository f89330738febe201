import * as z from "zod";
import { plain } from "../markdown.ts";
import type { Notice } from "../announce/notice.ts";
import type { Finding } from "../health/check.ts";
import { age, hoursSince } from "./limits.ts";

/** What is remembered between two looks, in the issue that is kept open as long as the backups are not well. */
const memorySchema = z.object({
  since: z.iso.datetime(),
  toldAt: z.iso.datetime().nullable(),
  level: z.enum(["broken", "urgent"]),
});
export type Memory = z.output<typeof memorySchema>;

/** What is to be done after a look. */
export interface Alarm {
  level: "well" | Memory["level"];
  /** Whether people are told now: not each time that the same is found. */
  tell: boolean;
  since: string | null;
}

const louderAfterHours = 24;

/** At once, louder after a day, and each day again until it is well, which is told too. */
export function alarmOf(state: Finding["state"], memory: Memory | undefined, now: Date): Alarm {
  if (state !== "fail") return { level: "well", tell: memory !== undefined, since: memory?.since ?? null };
  if (!memory) return { level: "broken", tell: true, since: now.toISOString() };
  const level = hoursSince(memory.since, now) >= louderAfterHours ? "urgent" : "broken";
  const again = memory.toldAt === null || hoursSince(memory.toldAt, now) >= louderAfterHours;
  return { level, tell: again || level !== memory.level, since: memory.since };
}

/** Marks a stack's issue, whatever people make of its title. */
const mark = (stack: string): string => `<!-- odoo-platform backups of ${stack} `;

/** Undefined for an issue that is another one's. What people have broken in it is begun anew. */
export function memoryIn(
  body: string | null | undefined,
  stack: string,
  openedAt: string,
): Memory | undefined {
  const start = body?.indexOf(mark(stack)) ?? -1;
  if (!body || start < 0) return undefined;
  const text = body.slice(start + mark(stack).length).split(" -->")[0] ?? "";
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch {
    return { since: new Date(openedAt).toISOString(), toldAt: null, level: "broken" };
  }
}

/** The issue's text, with the memory in it. */
export function issueBody(stack: string, detail: string, memory: Memory, now: Date): string {
  const since = `${memory.since.slice(0, 16).replace("T", " ")} UTC (${age(hoursSince(memory.since, now))})`;
  return `${mark(stack)}${JSON.stringify(memory)} -->
The backups of \`${stack}\` are not well since ${since}.

> ${plain(detail)}

## The way on

1. \`platform health --stack ${stack}\` says it again, with the figures.
2. \`platform backup list --stack ${stack}\` asks the bucket what can be restored, and by when it was proven.
3. \`platform logs --type deploy --stack ${stack}\` has what the machine's own runs have said.
4. \`platform backup now --stack ${stack}\` makes a restore point, \`platform backup drill --stack ${stack}\` proves one.

The hourly look closes this issue when they are well again. Until then production takes no release whose backup or drill is too old.`;
}

export function noticeOf(
  stack: string,
  environment: string,
  { level, since }: Alarm,
  detail: string,
  { url, issue, now }: { url: string; issue: string | null; now: Date },
): Notice {
  const time = since === null ? "" : age(hoursSince(since, now));
  const titles = {
    well: `Backups of ${stack} are well again`,
    broken: `Backups of ${stack} are not well`,
    urgent: `Backups of ${stack} are still not well, for ${time}`,
  };
  return {
    topic: "backups",
    state: level,
    title: titles[level],
    summary: detail,
    facts: [
      ["Stack", `${stack} (${environment})`],
      ...(since === null
        ? []
        : [["Since", `${since.slice(0, 16).replace("T", " ")} UTC`] satisfies [string, string]]),
      ["Next", `platform backup list --stack ${stack}`],
    ],
    links: [{ text: "Odoo", url }, ...(issue === null ? [] : [{ text: "Issue", url: issue }])],
  };
}
