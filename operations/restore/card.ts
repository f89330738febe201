import type { Lost } from "../deploy/machine.ts";
import { lostText } from "../rollback/data.ts";

/** What a restore would do, told before it is done. */
export interface RestoreCard {
  stack: string;
  domain: string;
  /** What is brought back, for people. */
  to: string;
  /** The release that serves, and those that are tried with the data, by their tags. */
  release: { serves: string; tried: string[] };
  /** The droplet is gone, and is made anew first. */
  anew: boolean;
  /** Its volume is there, so there are data that these take the place of. */
  hasData: boolean;
  /** What was written since; null where nothing is live, or nobody can be asked. */
  lost: Lost | null;
  backup: string;
  downtime: string;
  wayBack: string;
}

export function restoreCardText(card: RestoreCard): string {
  const { release, lost, anew, hasData } = card;
  const [first = release.serves, ...others] = release.tried;
  const tried =
    others.length === 0
      ? `${first}, which serves`
      : `${first}; ${others.join(", ")} where that is too new for the data`;
  const lines: [string, string][] = [
    ["Stack", `${card.stack} · ${card.domain}`],
    ["Data", card.to],
    ["Release", tried],
    ["Machine", machineText(anew, hasData)],
    ["Lost", hasData ? lostOf(lost) : "nothing more: what is not in the bucket is gone already"],
    ["Backup", card.backup],
    ["Downtime", card.downtime],
    ["Way back", card.wayBack],
  ];
  return lines.map(([name, text]) => `  ${name.padEnd(10)}${text}`).join("\n");
}

function machineText(anew: boolean, hasData: boolean): string {
  if (!anew) return "as it is; its data are the base";
  return hasData
    ? "gone: it is made anew first, with the volume that is still there, and its data"
    : "gone: it is made anew first, with its volume";
}

const lostOf = (lost: Lost | null): string =>
  lost === null ? "what was written since; how much cannot be told" : lostText(lost);
