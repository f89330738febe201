import { size } from "../backups/text.ts";
import type { OdooBackup } from "./backup.ts";

/** What an import would do, told before it is done. */
export interface ImportCard {
  stack: string;
  domain: string;
  backup: Pick<OdooBackup, "name" | "bytes" | "files" | "filesBytes" | "series"> & { modules: number };
  /** Whether it comes as production has to have it, or neutralised, as a clone. */
  neutralised: boolean;
  /** Tag of the release that serves, with which it comes. */
  release: string;
  downtime: string;
  wayBack: string;
}

export function importCardText(card: ImportCard): string {
  const { backup, neutralised } = card;
  const { name, bytes, files, filesBytes, series, modules } = backup;
  const told = series === undefined ? "which does not say of what" : `Odoo ${series}, ${modules} modules`;
  const lines: [string, string][] = [
    ["Stack", `${card.stack} · ${card.domain}`],
    ["Data", `${name} (${size(bytes)}): ${told}, ${files} files of ${size(filesBytes)}`],
    ["Release", `${card.release}, which serves; all modules are updated to what it has`],
    [
      "Comes",
      neutralised
        ? "neutralised, as a clone does: it reaches nobody, and only the administrator logs in, by this stack's password"
        : "as it is: its users, mail servers and scheduled actions act from the first moment",
    ],
    ["Lost", `what ${card.stack} has now; it is kept as a copy`],
    ["Downtime", card.downtime],
    ["Way back", card.wayBack],
  ];
  return lines.map(([title, text]) => `  ${title.padEnd(10)}${text}`).join("\n");
}
