import { styleText } from "node:util";
import { kindOf } from "./kinds.ts";
import type { Difference, Drift } from "./report.ts";

const signs = { changed: "~", missing: "-", extra: "+" } as const;
const colours = { changed: "yellow", missing: "red", extra: "magenta" } as const;

/** All differences, grouped by where and what they are, the verdict last. */
export function driftText(stack: string, drift: Drift): string {
  const lines = grouped(drift).flatMap(({ title, differences }) => [
    title,
    ...differences.flatMap((one) => differenceLines(one)),
    "",
  ]);
  return [...lines, ...notes(drift), verdict(stack, drift)].join("\n");
}

/** "Droplet" or "files", in the order in which they were found. */
export function grouped({ differences }: Drift): { title: string; differences: Difference[] }[] {
  const titleOf = ({ where, kind }: Difference): string =>
    where === "vendor" ? `At the vendors: ${kind}` : `On the machine: ${kindOf(kind)?.title ?? kind}`;
  return [...Map.groupBy(differences, titleOf)].map(([title, all]) => ({ title, differences: all }));
}

function differenceLines(one: Difference): string[] {
  const head = `  ${styleText(colours[one.what], signs[one.what])} ${one.name}${one.property ? `: ${one.property}` : ""}`;
  return [
    `${head}${one.since ? `, since ${one.since.slice(0, 16).replace("T", " ")}` : ""}`,
    ...facts(one).map(([name, text]) => `      ${name.padEnd(9)} ${text}`),
  ];
}

/** What was expected and found, in words, and the way out. */
export function facts({ what, property, expected, found, mend }: Difference): [string, string][] {
  // Of a list only what is on one side is told.
  const isList = what === "changed" && property !== null && (expected === null || found === null);
  const rows: [string, string | null][] = [
    [isList ? "missing" : "expected", what === "extra" ? "nothing" : expected],
    [isList ? "also" : "found", what === "missing" ? "nothing" : found],
    ["mend", mend],
  ];
  return rows.flatMap(([name, text]) => (text === null || text === "" ? [] : [[name, text]]));
}

export function notes({ vendors: { noise }, machine }: Drift): string[] {
  const covered = noise.map(({ count, type, property, why, issue }) => {
    const times = count === 1 ? "1 difference does" : `${count} differences do`;
    return `Noise: ${times} not count (${type} ${property}): ${why}; ${issue}`;
  });
  const row = "The machine: this sandbox has none, a droplet is a row; only the vendors' side was compared.";
  return [...covered, ...(machine.state === "row" ? [row] : []), ...(noise.length > 0 ? [""] : [])];
}

export function verdict(stack: string, { differences, vendors, machine, seconds }: Drift): string {
  const compared = [
    `${vendors.resources} resources`,
    ...(machine.state === "compared" ? [`${machine.facts} facts of the machine`] : []),
  ].join(" and ");
  const took = `${compared} compared in ${seconds.toFixed(1)} s`;
  if (machine.state === "unreachable") {
    const rest = differences.length === 0 ? "nothing differs" : `${differences.length} things differ`;
    return `${stack}: the machine could not be looked into (${machine.reason}); at the vendors ${rest}; ${took}.`;
  }
  if (differences.length === 0) return `${stack} is as it was declared: ${took}.`;
  const outside = differences.filter(({ where }) => where === "vendor").length;
  const count = differences.length === 1 ? "1 thing differs" : `${differences.length} things differ`;
  const where = `${outside} at the vendors, ${differences.length - outside} on the machine`;
  return `${stack} has drifted: ${count} (${where}); ${took}.`;
}
