import { type Card, changeList, usd } from "../card.ts";
import type { Violation } from "../engine-events.ts";
import { plain } from "../markdown.ts";

/** What `preview --json` and `manifest verify --json` answered, as far as a comment tells it. */
export interface Told {
  verb: string;
  stack: string;
  exit: string;
  card?: Card;
  warnings?: string[];
  violations?: Violation[];
  findings?: { rule: string; path: string; fault: string; fix: string }[];
  counts?: { repositories: number; modules: number; mounts: number };
  error?: { code: string; message: string; hint?: string; next?: string };
}

/** By it the comment is found again, and edited in place. */
export const marker = "<!-- odoo-platform: preview -->";

/** GitHub refuses a comment that is longer. */
export const longest = 65_536;

/**
 * What a pull request would do, as Markdown: the worst of it first, a table of consequences, what forbids it, and every change
 * folded away.
 *
 * @returns the comment, which always fits; and all of it, for the job's summary, when the comment does not hold it
 */
export function commentOf(told: readonly Told[], runUrl?: string): { comment: string; whole: string } {
  const stacks = told.filter(({ verb }) => verb === "preview");
  const known = stacks.filter(({ card }) => card);
  const manifests = told.filter(({ verb }) => verb === "manifest verify");
  const parts = [
    marker,
    headline(told),
    ...(known.length > 0 ? [table(known)] : []),
    ...told.flatMap(faults),
  ];
  const lists = stacks.flatMap(changes);
  const foot = manifests.map(({ findings = [], counts }) =>
    findings.length > 0 || !counts
      ? ""
      : `Addons manifests: in order, ${counts.repositories} repositories, ${counts.modules} modules, ${counts.mounts} mounts.`,
  );
  const whole = [...parts, ...lists, ...foot].filter(Boolean).join("\n\n");
  if (whole.length <= longest) return { comment: whole, whole };
  const where = runUrl === undefined ? "the run's summary" : `[the run's summary](${runUrl})`;
  const rest = `_The rest did not fit: it is in ${where}._`;
  return { comment: fitting([...parts, ...lists, ...foot], longest - rest.length - 2, rest), whole };
}

/** As many whole parts as fit, then what says where the others are. */
function fitting(parts: string[], most: number, rest: string): string {
  const kept: string[] = [];
  let length = 0;
  for (const part of parts.filter(Boolean)) {
    if (length + part.length + 2 > most) break;
    kept.push(part);
    length += part.length + 2;
  }
  return [...kept, rest].join("\n\n");
}

function headline(told: readonly Told[]): string {
  const broken = told.flatMap(({ violations = [] }) => violations.filter(({ mandatory }) => mandatory));
  const findings = told.flatMap(({ findings: all = [] }) => all);
  const failed = told.filter(isUnknown);
  const lost = told.filter(({ card }) => (card?.dataLost.length ?? 0) > 0);
  const forbidden = [
    ...(broken.length > 0 ? [count(broken.length, "policy violation")] : []),
    ...(findings.length > 0
      ? [count(findings.length, "finding in the manifests", "findings in the manifests")]
      : []),
    ...(failed.length > 0 ? [`${names(failed)} could not be previewed`] : []),
  ];
  if (forbidden.length > 0) return `## ⛔ Not to be merged: ${forbidden.join(", ")}`;
  if (lost.length > 0) return `## ⚠️ Data would be lost in ${names(lost)}`;
  const changed = told.filter(({ card }) => (card?.changes.length ?? 0) > 0);
  return changed.length > 0 ? `## Would change ${names(changed)}` : "## Changes nothing that runs";
}

const names = (told: readonly Told[]): string =>
  told.map(({ verb, stack }) => (verb === "preview" ? stack : "the manifests")).join(", ");

const count = (number: number, one: string, several = `${one}s`): string =>
  `${number} ${number === 1 ? one : several}`;

/** An error that says nothing but what its violations say already is none of its own. */
const isUnknown = ({ error, violations = [] }: Pick<Told, "error" | "violations">): boolean =>
  error !== undefined && !violations.some(({ mandatory }) => mandatory);

/** The consequence card, a column a stack. */
function table(stacks: readonly Told[]): string {
  const rows: Record<string, (card: Card) => string> = {
    Environment: (card) => `${card.environment}, ${card.domain}`,
    Resources: ({ counts: { create, update, replace, delete: gone, unchanged } }) =>
      [
        `${create} new`,
        `${update} changed`,
        `${replace} made anew`,
        `${gone} deleted`,
        `${unchanged} as they are`,
      ]
        .filter((text) => !text.startsWith("0 "))
        .join(", "),
    "Made anew": (card) =>
      listed(
        card.replaced.map(
          ({ name, because }) => `**${name}**${because.length > 0 ? ` (${because.join(", ")})` : ""}`,
        ),
      ),
    "Data lost": (card) => listed(card.dataLost.map(({ name }) => `**${name}**`)),
    Downtime: (card) => card.downtime,
    Price: ({ price: { beforeUsd, afterUsd, budgetUsd } }) => {
      const change = afterUsd - beforeUsd;
      const rise = change === 0 ? "no change" : `${change > 0 ? "+" : "−"}${usd(Math.abs(change))}`;
      const over = afterUsd > budgetUsd ? "**over** the " : "";
      return `${usd(afterUsd)} a month (${rise}; ${over}budget ${usd(budgetUsd)})`;
    },
    Backup: (card) => card.backup,
    "Way back": (card) => card.wayBack,
  };
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const line = (cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [
    line(["", ...stacks.map(({ stack }) => stack)]),
    line(["---", ...stacks.map(() => "---")]),
    ...Object.entries(rows).map(([name, tell]) =>
      line([name, ...stacks.map(({ card }) => (card ? tell(card) : "not known"))]),
    ),
  ].join("\n");
}

const listed = (all: string[]): string => (all.length > 0 ? all.join(", ") : "nothing");

/** What forbids the merge, and what is worth knowing. */
function faults({ verb, stack, violations = [], findings = [], error, warnings = [] }: Told): string[] {
  const title = verb === "preview" ? stack : "Addons manifests";
  const [broken, advice] = [
    violations.filter((one) => one.mandatory),
    violations.filter((one) => !one.mandatory),
  ];
  const lines = [
    ...broken.map(
      ({ policy, urn, message }) =>
        `- ⛔ \`${policy}\`${urn === undefined ? "" : ` on \`${urn.slice(urn.lastIndexOf("::") + 2)}\``}: ${plain(message)}`,
    ),
    ...findings.map(
      ({ rule, path, fault, fix }) => `- ⛔ \`${rule}\`: ${plain(`${path} ${fault}`)}; **${plain(fix)}**`,
    ),
    ...(error && isUnknown({ error, violations })
      ? [`- ⛔ ${plain(error.message)}${error.hint === undefined ? "" : ` ${plain(error.hint)}`}`]
      : []),
    ...warnings.map((text) => `- ⚠️ ${plain(text)}`),
    ...advised(advice),
  ];
  return lines.length > 0 ? [`### ${title}\n\n${lines.join("\n")}`] : [];
}

/** A line a policy, however many resources it has something to say of. */
function advised(advice: Violation[]): string[] {
  const late = advice.filter(({ message }) => /can't be known during preview/.test(message));
  const policies = [...new Set(late.map(({ policy }) => policy))];
  const byPolicy = Map.groupBy(
    advice.filter((one) => !late.includes(one)),
    ({ policy }) => policy,
  );
  return [
    ...[...byPolicy].map(
      ([policy, all]) =>
        `- 💡 \`${policy}\` (${count(all.length, "resource")}): ${plain(all[0]?.message ?? "")}`,
    ),
    ...(policies.length > 0
      ? [
          `- 💡 Looked at again by the update, which knows more: ${policies.map((policy) => `\`${policy}\``).join(", ")}`,
        ]
      : []),
  ];
}

function changes({ stack, card }: Told): string[] {
  if (!card || card.changes.length === 0) return [];
  const title = count(card.changes.length, "change");
  // A fence that nothing in it can end.
  return [
    `<details><summary>${stack}: ${title}</summary>\n\n\`\`\`\`text\n${changeList(card).replaceAll("`", "'").trimEnd()}\n\`\`\`\`\n\n</details>`,
  ];
}
