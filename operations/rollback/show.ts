import Table from "cli-table3";
import type { Release } from "../../components/release.ts";
import { nameOf } from "../deploy/trip.ts";
import { sameImage } from "../history/entries.ts";
import { type Known, differsFromNow } from "./choose.ts";
import { type Data, lostText } from "./data.ts";
import { type Difference, type Restoration, differenceText, restorationOf } from "./settings.ts";
import { type Applied, between } from "./targets.ts";

/** What going back would do, told before it is done: the card, made from history alone. */
export interface BackCard {
  stack: string;
  domain: string;
  from: string;
  to: string;
  /** Number of the update that it goes back to; null for a commit that was never deployed. */
  update: number | null;
  restored: Difference[];
  stays: Restoration["stays"];
  /** The commit whose program runs; null for today's. */
  program: string | null;
  modules: Applied[];
  /** Modules that are updated again. */
  ahead: string[];
  data: Data | null;
  /** Age of the newest backup, and whether it is proven; or why that is not known. It bars no way back. */
  backup: string;
  downtime: string;
}

export function cardOf(stack: string, domain: string, from: Release | undefined, to: Release): BackCard {
  return {
    stack,
    domain,
    from: from?.tag ?? "nothing",
    to: nameOf(to),
    update: null,
    restored: [],
    stays: [],
    program: null,
    modules: [],
    ahead: [],
    data: null,
    backup: "not asked",
    downtime:
      to.data === undefined ? "none" : "under a minute: a maintenance page while the data is brought back",
  };
}

export function backCardText(card: BackCard): string {
  const { stays, restored, program, data, update } = card;
  const where = update === null ? "" : ` (update ${update})`;
  const lines: [string, string][] = [
    ["Stack", `${card.stack} · ${card.domain}`],
    ["Release", `${card.from} → ${card.to}${where}`],
    ...restored.map((one): [string, string] => ["Settings", differenceText(one)]),
    ...stays.map(({ path, why }): [string, string] => ["Stays", `${path}: ${why}`]),
    ...(card.ahead.length > 0
      ? [["Modules", `${card.ahead.join(", ")} update again`] satisfies [string, string]]
      : []),
    ["Program", program === null ? "today's" : `of ${program.slice(0, 12)}, which differs from today's`],
    ...(data
      ? [
          ["Data", `of ${data.copy.id}, with ${data.copy.files} files`] satisfies [string, string],
          ["Lost", lostText(data.lost)] satisfies [string, string],
        ]
      : []),
    ["Backup", card.backup],
    ["Downtime", card.downtime],
    ["Way back", `platform rollback --stack ${card.stack}, again`],
  ];
  return lines.map(([name, text]) => `  ${name.padEnd(10)}${text}`).join("\n");
}

/** One row of `--list`. */
export interface Listed {
  number: number;
  startedAt: string;
  by: string;
  release: Release;
  /** It is what runs. */
  current: boolean;
  restores: string[];
  stays: string[];
  /** Modules that stand in the way: only --with-data goes there. */
  modules: string[];
  /** Nobody has noted whether modules were updated since: the machine is asked when it comes to it. */
  unsure: boolean;
}

export const listOf = (known: Known, stack: string): Listed[] =>
  known.past.points.map((point) => {
    const { restored, stays } = restorationOf(point.settings, known.now, stack);
    const inTheWay = between(known.past, point);
    const release = point.release;
    return {
      number: point.number,
      startedAt: point.startedAt,
      by: point.by,
      release,
      current: sameImage(release, known.past.newest?.release) && !differsFromNow(point, known, stack),
      restores: restored.map(differenceText),
      stays: stays.map(({ path }) => path),
      modules: [...new Set(inTheWay.flatMap(({ modules }) => modules ?? []))],
      unsure: inTheWay.some(({ modules }) => modules === null),
    };
  });

export function listText(rows: readonly Listed[], stack: string): string {
  if (rows.length === 0) return `${stack}: there is nothing to go back to yet.`;
  const table = new Table({
    head: ["#", "began (UTC)", "release", "settings that come back", "needs"],
    style: { head: [], border: [], compact: true },
  });
  for (const { number, startedAt, release, current, restores, modules, unsure } of rows)
    table.push([
      number,
      startedAt.slice(0, 16).replace("T", " "),
      `${release.tag}${current ? " (runs)" : ""}`,
      restores.join("\n") || "-",
      modules.length > 0 ? `--with-data (${modules.join(", ")})` : unsure ? "a look at its modules" : "",
    ]);
  return table.toString();
}
