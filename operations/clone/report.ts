import type { Proven, Scan } from "./schema.ts";

const what: Record<string, string> = {
  fetched: "Fetched",
  started: "Started",
  neutralised: "Neutralised",
  masked: "Masked",
  identity: "Identity",
  scan: "Credentials",
  egress: "Way out",
  mail: "Mail",
};

/** How a clone was made and proven, as a person reads it. */
export function reportText({ checks, removed, neutralised, masked }: Proven): string {
  const rows = checks.map(({ name, ok, detail, seconds }) => {
    const mark = ok ? "✔" : "✖";
    return `  ${mark} ${(what[name] ?? name).padEnd(12)}${detail}  [${seconds.toFixed(1)} s]`;
  });
  return [
    ...rows,
    ...listed("Neutralised", neutralised),
    ...listed("Masked", masked),
    ...(removed && removed.count > 0 ? [`  Taken out of texts and files: ${kindsText(removed)}`] : []),
  ].join("\n");
}

function listed(title: string, done: Proven["neutralised"]): string[] {
  const rows = done.filter(({ rows }) => rows > 0).map(({ what, rows }) => `${what} (${rows})`);
  return rows.length === 0 ? [] : [`  ${title}: ${rows.join(", ")}`];
}

/** "2 named-value, 1 aws-key: res_partner.comment of row 8, …": where, never what. */
function kindsText({ kinds, findings }: Scan): string {
  const counts = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  const places = findings.slice(0, 10).map(({ table, column, row }) => `${table}.${column} of row ${row}`);
  return `${counts.join(", ")}: ${places.join(", ")}${findings.length > 10 ? ", …" : ""}`;
}
