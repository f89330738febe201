import type { Pair } from "./stacks.ts";

/** What a clone would do, told before it is done. */
export interface CloneCard extends Pair {
  /** Whose data, and whose address they come to. */
  domains: { from: string; to: string };
  /** What is brought, for people. */
  moment: string;
  release: { serves: string; comes: string };
  mask: string[];
  keepPasswords: boolean;
  downtime: string;
  wayBack: string;
}

export function cloneCardText(card: CloneCard): string {
  const { from, to, domains, release } = card;
  const lines: [string, string][] = [
    ["Data", `${from} · ${domains.from}, ${card.moment}`],
    ["Come to", `${to} · ${domains.to}`],
    ["Release", release.serves === release.comes ? release.comes : `${release.serves} → ${release.comes}`],
    ["Masked", card.mask.join(", ") || "nothing: people's names, addresses and messages come along"],
    [
      "Log in",
      card.keepPasswords
        ? "with the source's passwords"
        : "the administrator alone, by this stack's password",
    ],
    ["Way out", "none: mail is caught, and no container reaches the outside"],
    ["Lost", `what ${to} has now; it is kept as a copy`],
    ["Downtime", card.downtime],
    ["Way back", card.wayBack],
  ];
  return lines.map(([name, text]) => `  ${name.padEnd(10)}${text}`).join("\n");
}
