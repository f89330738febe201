import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Everything that stands at the emulated vendors: names by collection, sorted. */
export type Inventory = Record<string, string[]>;

type Row = Record<string, unknown>;

// What a vendor keeps of what happened. All other tables count, also new ones.
const past: Record<string, string[]> = {
  digitalocean: ["actions", "assignments", "tags"],
  github: ["deliveries", "keyPairs", "seeds"],
};

/** Reads it from the sandbox's own files, so that nothing can hide behind an API that does not list it. */
export function inventoryOf(sandbox: string): Inventory {
  const tables = ["digitalocean", "github"].flatMap((vendor) =>
    Object.entries(tablesOf(join(sandbox, `${vendor}.json`)))
      .filter(([table]) => !past[vendor]?.includes(table))
      .map(
        ([table, rows]) =>
          [`${vendor} ${table}`, Object.entries(rows).filter(isMade).map(nameOf).sort()] as const,
      ),
  );
  const buckets = join(sandbox, "spaces", "data");
  return {
    ...Object.fromEntries(tables.filter(([, names]) => names.length > 0)),
    ...(existsSync(buckets) && readdirSync(buckets).length > 0
      ? { buckets: readdirSync(buckets).sort() }
      : {}),
  };
}

/** What one inventory has and another has not, collection by collection. */
export function beyond(inventory: Inventory, baseline: Inventory): Inventory {
  const more = Object.entries(inventory).map(([table, names]) => {
    const known = [...(baseline[table] ?? [])];
    const rest = names.filter((name) => {
      const at = known.indexOf(name);
      if (at >= 0) known.splice(at, 1);
      return at < 0;
    });
    return [table, rest] as const;
  });
  return Object.fromEntries(more.filter(([, names]) => names.length > 0));
}

function tablesOf(file: string): Record<string, Record<string, Row>> {
  if (!existsSync(file)) return {};
  return (JSON.parse(readFileSync(file, "utf8")) as { tables: Record<string, Record<string, Row>> }).tables;
}

// An account's default project and network, a repository's default labels.
const isMade = ([, row]: [string, Row]): boolean => row["default"] !== true && row["is_default"] !== true;

/** What tells a row apart from others of its kind, without the number that the vendor gives it. */
function nameOf([key, row]: [string, Row]): string {
  const config = row["config"] as Row | undefined;
  const spec = row["spec"] as Row | undefined;
  const { type, name, data, description, ip } = row;
  if (data !== undefined) return [type, name, data].map(String).join(" ");
  const names = [name, spec?.["name"], config?.["url"], description, ip];
  return names.find((one) => typeof one === "string") ?? key;
}
