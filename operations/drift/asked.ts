import { UserError } from "../../user-error.ts";
import type { StateResource } from "../state.ts";
import { askDigitalOcean } from "../vendor.ts";

type Row = Record<string, unknown>;

/**
 * Whether an app's variables are as declared, whatever the vendor has encrypted: every key, kind and place, and the value of
 * each that is no secret. The engine cannot tell, since a list that holds one secret is a secret as a whole.
 */
export async function appEnvsDiffer(app: StateResource): Promise<string[]> {
  const { status, body } = await askDigitalOcean(`/v2/apps/${app.id}`);
  if (status !== 200)
    throw new UserError(
      "failed",
      `the app cannot be asked for its variables: DigitalOcean answered ${status}`,
    );
  const spec = ((body["app"] ?? {}) as Row)["spec"] as Row | undefined;
  return envDifferences((app.outputs?.["spec"] ?? {}) as Row, spec ?? {});
}

const parts = ["services", "jobs", "workers"] as const;

/** "web: ODOO_MODULES" for each variable that differs; the app's own have no part in front. */
export function envDifferences(declared: Row, found: Row): string[] {
  const [a, b] = [envsOf(declared), envsOf(found)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();
}

function envsOf(spec: Row): Map<string, string> {
  const components = parts.flatMap((part) => (spec[part] ?? []) as Row[]);
  const lists = [{ prefix: "", envs: spec["envs"] }].concat(
    components.map((one) => ({ prefix: `${String(one["name"])}: `, envs: one["envs"] })),
  );
  return new Map(
    lists.flatMap(({ prefix, envs }) =>
      ((envs ?? []) as Row[]).map((env) => [prefix + String(env["key"]), textOf(env)]),
    ),
  );
}

const textOf = ({ type = "GENERAL", scope = "RUN_AND_BUILD_TIME", value }: Row): string =>
  [type, scope, type === "SECRET" ? "" : value].map(String).join(" ");

/** The size that a volume has. Where it has grown, the provider refuses to compare it at all: "can only be expanded". */
export async function volumeSize(volume: StateResource): Promise<number | undefined> {
  const { status, body } = await askDigitalOcean(`/v2/volumes/${volume.id}`);
  const size = ((body["volume"] ?? {}) as Row)["size_gigabytes"];
  return status === 200 && typeof size === "number" ? size : undefined;
}
