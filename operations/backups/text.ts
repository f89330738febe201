import Table from "cli-table3";
import { styleText } from "node:util";
import { age, hoursSince } from "./limits.ts";
import type { Drill, List, Now, Point, Verify } from "./schema.ts";
import type { ProviderBackup } from "./provider.ts";

/** "1.2 GB" */
export function size(bytes: number | null): string {
  if (bytes === null) return "?";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? ""}`;
}

/** "50,000" */
const count = (number: number | null): string => (number === null ? "?" : number.toLocaleString("en-US"));

const moment = (time: string): string => `${time.slice(0, 19).replace("T", " ")} UTC`;

const ago = (time: string, now: Date): string => `${age(hoursSince(time, now))} ago`;

/** Restore points, newest first. */
export function listText(stack: string, { points, bad, span, stored }: List, now: Date): string {
  if (points.length === 0) return [`${stack}: there is no restore point yet.`, ...badLines(bad)].join("\n");
  const table = new Table({
    head: ["restore point", "age", "kind", "database", "files", "added", "verified", "proven"],
    style: { head: [], border: [], compact: true },
  });
  for (const point of points) table.push(row(point, now));
  return [
    table.toString(),
    "",
    ...(span ? [`Any second from ${moment(span.from)} to ${moment(span.to)} can be restored.`] : []),
    ...(stored
      ? [`In the bucket: ${size(stored.database)} of database, ${size(stored.filestore)} of files.`]
      : []),
    ...badLines(bad),
  ].join("\n");
}

const badLines = (bad: List["bad"]): string[] =>
  bad.map(({ id, reason }) => `${styleText("red", "✖")} ${id} does not count: ${reason}`);

const row = ({ id, at, kind, database, filestore, verified, proven }: Point, now: Date): string[] => [
  id,
  age(hoursSince(at, now)),
  kind,
  size(database.bytes),
  `${count(filestore.files)}, ${size(filestore.bytes)}`,
  database.storedBytes === null || filestore.storedBytes === null
    ? "?"
    : size(database.storedBytes + filestore.storedBytes),
  verified ? `${ago(verified.at, now)} (${verified.by})` : "no",
  proven ? `${ago(proven.at, now)}, in ${proven.seconds.toFixed(0)} s` : "no",
];

/** What the provider keeps of an app's database. */
export function providerText(
  stack: string,
  { cluster, backups }: { cluster: string; backups: readonly ProviderBackup[] },
  now: Date,
): string {
  const lines = backups.map(
    ({ at, bytes }) => `  ${moment(at)}  ${age(hoursSince(at, now))} old  ${size(bytes)}`,
  );
  return [
    `${stack}: DigitalOcean keeps of its database ${cluster}:`,
    ...(lines.length > 0 ? lines : ["  nothing yet"]),
    "",
    "Any second of the last seven days can be restored, by DigitalOcean, into a cluster of its own. Files are in Spaces, with",
    "their versions. Nothing of it is proven here: App Platform has no machine to restore it on.",
  ].join("\n");
}

export function nowText(stack: string, { ok, reason, point }: Now): string {
  if (!ok || !point) return `${stack}: no restore point was made: ${reason ?? "nobody knows why"}`;
  const { id, kind, seconds, database, filestore, verified } = point;
  return [
    `${stack}: restore point ${id} (${kind}), made in ${seconds.toFixed(1)} s.`,
    `  Database   ${size(database.bytes)}, ${size(database.storedBytes)} added to the bucket`,
    `  Files      ${count(filestore.files)}, ${size(filestore.bytes)}, ${size(filestore.storedBytes)} added`,
    `  Verified   ${verified ? "every byte was read back" : "not yet"}`,
  ].join("\n");
}

export function verifyText(stack: string, { ok, reason, part, database, filestore, points }: Verify): string {
  const read = `${size(database.bytes)} of database and ${size(filestore.bytes)} of files (${count(filestore.packs)} packs)`;
  const what = part === null ? "all that is kept" : `part ${part} of what is kept`;
  if (!ok) return `${stack}: ${reason ?? "something is wrong"}\n  Read back: ${read}, of ${what}`;
  const whole = points.length === 0 ? "" : `\n  Whole: ${points.join(", ")}`;
  return `${stack}: ${read} were read back, and are as they were written: ${what}.${whole}`;
}

/** Of a check's words in a report: what went wrong stands at its head, in full. */
const mostDetail = 72;
const shortened = (text: string): string => {
  const [line = ""] = text.split("\n");
  return line.length <= mostDetail ? line : `${line.slice(0, mostDetail - 1)}…`;
};

const signs = { true: styleText("green", "✔"), false: styleText("red", "✖") };

/** A drill's report, as a person reads it. */
export function drillText(stack: string, drill: Drill): string {
  const { ok, reason, point, to, checks, database, filestore, modules, seconds, endedAt } = drill;
  const name = Math.max(0, ...checks.map((one) => one.name.length));
  const [why = "Nobody knows why.", ...more] = (reason ?? "").split("\n").filter(Boolean);
  const detail = Math.max(0, ...checks.map((one) => shortened(one.detail).length));
  const facts: [string, string][] = [
    ["Restored", point === null ? "nothing" : `${point}${to === null ? "" : `, up to ${moment(to)}`}`],
    ...(database
      ? [
          [
            "Database",
            `${size(database.bytes)}, ${count(database.tables)} tables, ${count(database.rows)} rows${mostOf(database.top)}`,
          ] satisfies [string, string],
        ]
      : []),
    ...(filestore ? [["Files", filesText(filestore)] satisfies [string, string]] : []),
    ...(modules
      ? [
          [
            "Modules",
            `${count(modules.installed)} installed, ${modules.unfinished === 0 ? "none" : count(modules.unfinished)} unfinished`,
          ] satisfies [string, string],
        ]
      : []),
    [
      "Time",
      ok
        ? `${seconds.restore.toFixed(1)} s until the data were back, ${seconds.serving.toFixed(1)} s until somebody could log in, ${seconds.total.toFixed(1)} s in all`
        : `${seconds.total.toFixed(1)} s in all`,
    ],
  ];
  return [
    ok
      ? `Drill of ${stack}, ${moment(endedAt)}: restored from the bucket alone, and it serves.`
      : `Drill of ${stack}, ${moment(endedAt)}: NOT PROVEN. ${why}`,
    ...more.map((line) => `  ${line}`),
    "",
    ...facts.map(([title, text]) => `  ${title.padEnd(10)}${text}`),
    "",
    ...checks.map(
      (one) =>
        `  ${signs[`${one.ok}`]} ${one.name.padEnd(name)}  ${shortened(one.detail).padEnd(detail)}  ${one.seconds.toFixed(1).padStart(6)} s`,
    ),
  ].join("\n");
}

/** " (mail_message 90,000, res_partner 40,000, …)" */
function mostOf(top: NonNullable<Drill["database"]>["top"]): string {
  if (top.length === 0) return "";
  const named = top.slice(0, 3).map(({ table, rows }) => `${table} ${count(rows)}`);
  return ` (${[...named, ...(top.length > 3 ? ["…"] : [])].join(", ")})`;
}

const filesText = ({ attachments, files, bytes, missing, wrong }: NonNullable<Drill["filestore"]>): string =>
  `${count(attachments)} attachments in ${count(files)} files, ${size(bytes)}: ${missing === 0 ? "none" : count(missing)} missing, ${wrong === 0 ? "none" : count(wrong)} with another sha1`;

/** Of data that were brought: "12 attachments in 11 files, each compared by its sha1". */
export const comparedText = ({ attachments, files }: NonNullable<Drill["filestore"]>): string =>
  `${attachments} attachments in ${files} files, each compared by its sha1`;
