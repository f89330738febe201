import type { Hub } from "../hub.ts";
import type { Secret } from "../rows/actions.ts";
import type { Table } from "../../store.ts";

/** Secrets or variables as a job finds them: the repository's, and over them those of the environment that it deploys to. */
export function valuesFor(
  hub: Hub,
  kind: "secrets" | "variables",
  repository: number,
  environment: number | undefined,
): Record<string, string> {
  const table: Table<Secret> = hub.tables[kind];
  const of = (place: number) =>
    table.list((row) => row.repository === repository && row.environment === place);
  const rows = [...of(0), ...(environment === undefined ? [] : of(environment))];
  return Object.fromEntries(rows.map(({ name, value }) => [name.toUpperCase(), value]));
}
