import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "odoo-core");
const lists = new Map<string, ReadonlySet<string> | undefined>();

/**
 * The modules that Odoo itself brings in a series ("19.0"), by technical name; undefined where the catalog has no list
 * of them. `tools/manifest/core-modules.sh` makes one.
 */
export function coreModules(series: string): ReadonlySet<string> | undefined {
  if (!lists.has(series)) lists.set(series, read(series));
  return lists.get(series);
}

function read(series: string): ReadonlySet<string> | undefined {
  const file = join(folder, `${series}.txt`);
  if (!/^\d+\.\d+$/.test(series) || !existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return new Set(lines.filter((line) => line !== "" && !line.startsWith("#")));
}
