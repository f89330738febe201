import { monthlyPrice } from "../catalog/prices.ts";
import type { Settings } from "../settings/schema.ts";
import type { Change, EngineReport } from "./engine-events.ts";

/** How much a change can cost, which decides how it is confirmed. */
export type Severity = "mild" | "moderate" | "severe";

/** What a change would mean, told before it is made: the same in terminal, pull request and wherever else it is shown. */
export interface Card {
  stack: string;
  environment: string;
  domain: string;
  /** Whose DigitalOcean account it is; undefined when it cannot be asked. */
  account: string | undefined;
  counts: Record<Change["op"] | "unchanged", number>;
  changes: Pick<Change, "op" | "type" | "name" | "properties">[];
  /** Resources that are made anew, and the properties that force it. */
  replaced: { name: string; type: string; because: string[] }[];
  /** Resources that hold data and would be deleted or made anew. */
  dataLost: { name: string; type: string }[];
  downtime: string;
  price: { beforeUsd: number; afterUsd: number; budgetUsd: number };
  /** What comes to run, where that changes. */
  release?: ReleaseCard;
  /** Age of the newest backup, and whether it is proven; or why that is not known. */
  backup: string;
  wayBack: string;
  severity: Severity;
}

/** What a deploy or a rollback means for Odoo itself. */
export interface ReleaseCard {
  from: string | undefined;
  to: string;
  /** "unknown" where no machine could be asked: on App Platform, or before the first update. */
  kind: "first" | "code" | "modules" | "data" | "unknown";
  /** Modules that are updated in the database. */
  modules: string[];
  /** How long trying that on a copy took; null where it was not tried yet. */
  rehearsalSeconds: number | null;
  wayBack: string;
}

// What a team cannot make again: files, rows, and an address or zone that others point to.
const dataTypes = ["Volume", "DatabaseCluster", "DatabaseDb", "SpacesBucket", "Domain", "ReservedIp"];

/** Makes the card from what a preview found. Pure: whatever shows it, shows the same. */
export function makeCard(
  stack: string,
  settings: Settings,
  report: EngineReport,
  account?: string,
  release?: ReleaseCard,
  backup = "none yet",
): Card {
  const { changes, unchanged, priced, told } = report;
  const counts = { create: 0, update: 0, replace: 0, delete: 0, read: 0, unchanged };
  for (const { op } of changes) counts[op] += 1;
  const replaced = changes.filter(({ op }) => op === "replace");
  const lost = changes.filter(
    ({ op, type }) => (op === "delete" || op === "replace") && dataTypes.includes(short(type)),
  );
  const downtime = downtimeOf(changes, release);
  const price = {
    beforeUsd: told.beforeUsd ?? monthlyPrice(priced.before).totalUsd,
    afterUsd: told.afterUsd ?? monthlyPrice(priced.after).totalUsd,
    budgetUsd: settings.budget.usdPerMonth,
  };
  return {
    stack,
    environment: settings.platform.environment,
    domain: settings.platform.domain,
    account,
    counts,
    changes: changes.map(({ op, type, name, properties }) => ({ op, type, name, properties })),
    replaced: replaced.map(({ name, type, replacing }) => ({ name, type, because: replacing })),
    dataLost: lost.map(({ name, type }) => ({ name, type })),
    downtime,
    price,
    ...(release ? { release } : {}),
    backup,
    wayBack:
      release && oneWay(changes).length === 0 && lost.length === 0
        ? release.wayBack
        : wayBackOf(changes, lost.length > 0),
    severity: severityOf(
      lost.length > 0 || release?.kind === "data",
      counts.replace + counts.delete > 0 || downtime !== "none" || oneWay(changes).length > 0,
      price,
    ),
  };
}

function severityOf(losesData: boolean, interrupts: boolean, price: Card["price"]): Severity {
  if (losesData) return "severe";
  return interrupts || price.afterUsd > price.beforeUsd ? "moderate" : "mild";
}

// What the vendors let go one way only: a disk does not shrink, a database's version does not fall.
const oneWayProperties: Record<string, string[]> = {
  Volume: ["size"],
  DatabaseCluster: ["version", "size", "storageSizeMib"],
};

const oneWay = (changes: Change[]): string[] =>
  changes
    .filter(({ op }) => op === "update")
    .flatMap(({ type, name, properties }) =>
      properties
        .filter((property) => oneWayProperties[short(type)]?.includes(property))
        .map((property) => `${name}'s ${property}`),
    );

/** The type's last word: "Droplet". */
export const short = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

// What Odoo cannot run without, and what holds its rows and files.
const machineTypes = ["Droplet", "App"];
const storeTypes = ["Volume", "DatabaseCluster", "DatabaseDb"];

/** The longest of all interruptions. */
function downtimeOf(changes: Change[], release: ReleaseCard | undefined): string {
  const happens = (op: Change["op"], types: string[]): Change | undefined =>
    changes.find((change) => change.op === op && types.includes(short(change.type)));
  const machine = happens("delete", machineTypes) ?? happens("replace", machineTypes);
  const kind = machine && short(machine.type).toLowerCase();
  if (machine?.op === "delete") return `for good: the ${kind} is deleted`;
  if (happens("delete", storeTypes) ?? happens("replace", storeTypes)) return "until the data is restored";
  if (machine) return `several minutes: the ${kind} is deleted and made anew`;
  if (happens("update", ["Droplet"])?.properties.includes("size"))
    return "about a minute: the droplet is switched off to resize it";
  if (release?.kind === "modules")
    return `under a minute: a maintenance page while ${release.modules.join(", ")} ${release.modules.length === 1 ? "is" : "are"} updated`;
  if (release?.kind === "data") return "under a minute: a maintenance page while the data is brought back";
  return "none";
}

function wayBackOf(changes: Change[], losesData: boolean): string {
  if (changes.length === 0) return "nothing to go back from";
  if (losesData) return "none for the data named above: only a backup brings it back";
  const forGood = oneWay(changes);
  if (forGood.length > 0) return `none for ${forGood.join(", ")}: it goes one way only`;
  if (changes.every(({ op }) => op === "create")) return "platform destroy";
  return "put the settings back and run platform up again";
}

const signs = { create: "+", update: "~", replace: "±", delete: "-", read: ">" } as const;

/** Every change on a line: its sign, its type, its name, and what differs. */
export function changeList({ changes }: Card): string {
  const width = Math.max(0, ...changes.map(({ type }) => short(type).length));
  const lines = changes.map(({ op, type, name, properties }) => {
    const differs = properties.length > 0 ? `  (${properties.join(", ")})` : "";
    return `  ${signs[op]} ${short(type).padEnd(width)}  ${name}${differs}`;
  });
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}

/** The card for a terminal, a line a fact. */
export function cardText(card: Card): string {
  const { counts, price } = card;
  const rise = price.afterUsd - price.beforeUsd;
  const lines: [string, string][] = [
    ["Stack", [card.stack, card.environment, card.domain].join(" · ")],
    ...(card.account ? [["Account", card.account] satisfies [string, string]] : []),
    ...(card.release ? releaseLines(card.release) : []),
    ["Resources", countText(counts)],
    [
      "Made anew",
      list(
        card.replaced.map(
          ({ name, because }) => `${name}${because.length > 0 ? ` (${because.join(", ")})` : ""}`,
        ),
      ),
    ],
    ["Data lost", list(card.dataLost.map(({ name }) => name))],
    ["Downtime", card.downtime],
    [
      "Price",
      `${usd(price.afterUsd)} a month (${rise === 0 ? "no change" : `${rise > 0 ? "+" : "-"}${usd(Math.abs(rise))}`}; budget ${usd(price.budgetUsd)})`,
    ],
    ["Backup", card.backup],
    ["Way back", card.wayBack],
  ];
  return lines.map(([name, text]) => `  ${name.padEnd(10)}${text}`).join("\n");
}

function releaseLines({ from, to, kind, modules, rehearsalSeconds }: ReleaseCard): [string, string][] {
  const kinds = {
    first: "the first",
    code: "code only",
    modules: "with module updates",
    data: "with the data of a copy",
    unknown: "nobody knows before whether modules update",
  } as const;
  const tried =
    rehearsalSeconds === null
      ? "tried on a copy first"
      : `tried on a copy, in ${rehearsalSeconds.toFixed(1)} s`;
  return [
    ["Release", `${from === undefined ? "" : `${from} → `}${to}, ${kinds[kind]}`],
    ...(modules.length > 0
      ? [["Modules", `${modules.join(", ")}; ${tried}`] satisfies [string, string]]
      : []),
  ];
}

/** "3 to create, 1 to update" or "no change". */
function countText(counts: Card["counts"]): string {
  const words = {
    create: "to create",
    update: "to update",
    replace: "to make anew",
    delete: "to delete",
  } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[])
    .filter((op) => counts[op] > 0)
    .map((op) => `${counts[op]} ${words[op]}`);
  return [...(parts.length > 0 ? parts : ["no change"]), `${counts.unchanged} as they are`].join(", ");
}

const list = (names: string[]): string => (names.length === 0 ? "nothing" : names.join(", "));

export const usd = (amount: number): string => `${amount.toFixed(2)} USD`;
