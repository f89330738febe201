import type { Difference, Drift } from "./report.ts";
import { facts, grouped, notes, verdict } from "./text.ts";

/** Of an issue's body at GitHub: 65,536 characters. */
const longest = 60_000;

/** The report for an issue or a comment: the verdict first, then a table for each kind. */
export function driftMarkdown(stack: string, drift: Drift): string {
  const head = [`**${escaped(verdict(stack, drift))}**`, ""];
  const tables = grouped(drift).map(({ title, differences }) =>
    [
      `### ${escaped(title)}`,
      "",
      "| what | expected | found | since | how it comes right |",
      "| --- | --- | --- | --- | --- |",
      ...differences.map(row),
      "",
    ].join("\n"),
  );
  const foot = [
    ...notes(drift).map(escaped),
    ...(drift.differences.some(({ fixable }) => fixable)
      ? [`\`platform drift --fix --stack ${stack}\` mends what an update can.`]
      : []),
    `Looked at ${drift.checkedAt}${drift.machine.inventoryAt ? `; inventory of ${drift.machine.inventoryAt}` : ""}.`,
  ];
  return fitting(head, tables, foot);
}

/** As many tables as an issue takes; the rest is counted. */
function fitting(head: string[], tables: string[], foot: string[]): string {
  const taken: string[] = [];
  let room = longest - [...head, ...foot].join("\n").length;
  for (const table of tables) {
    room -= table.length + 1;
    if (room < 0) break;
    taken.push(table);
  }
  const left = tables.length - taken.length;
  const more = left > 0 ? [`… and ${left} kinds more: run \`platform drift\`.`, ""] : [];
  return [...head, ...taken, ...more, ...foot].join("\n");
}

function row(one: Difference): string {
  const told = new Map(facts(one));
  const what = `${{ changed: "~", missing: "−", extra: "+" }[one.what]} \`${code(one.name)}\`${one.property ? ` ${escaped(one.property)}` : ""}`;
  const since = one.since ? one.since.slice(0, 16).replace("T", " ") : "";
  const side = (names: string[]): string => {
    const text = names.map((name) => told.get(name)).find((each) => each !== undefined);
    return text === undefined ? "" : `\`${code(text)}\``;
  };
  const cells = [what, side(["expected", "missing"]), side(["found", "also"]), since, escaped(one.mend)];
  return `| ${cells.join(" | ")} |`;
}

/** Inside of backticks in a table. Whoever names a file on the machine writes no markup here. */
const code = (text: string): string =>
  text
    .replaceAll("`", "'")
    .replaceAll("|", "\\|")
    .replaceAll(/[\r\n]+/g, " ");
const escaped = (text: string): string =>
  text.replaceAll(/[<>&|*_`[\]@#\\]/g, (one) => `&#${one.codePointAt(0)};`).replaceAll(/[\r\n]+/g, " ");
