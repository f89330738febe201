import { digitaloceanScopes } from "../../catalog/token-scopes.ts";
import { askDigitalOcean } from "../vendor.ts";
import { type Check, type Diagnosis, bad, good, outOfOrder, skipped } from "./check.ts";

/** Where each family of scopes can be tried by reading. What a token may write is known only when it does. */
const probes: Record<string, string> = {
  account: "/v2/account",
  actions: "/v2/actions?per_page=1",
  app: "/v2/apps?per_page=1",
  block_storage: "/v2/volumes?per_page=1",
  database: "/v2/databases",
  domain: "/v2/domains?per_page=1",
  droplet: "/v2/droplets?per_page=1",
  firewall: "/v2/firewalls?per_page=1",
  image: "/v2/images?per_page=1",
  monitoring: "/v2/monitoring/alerts?per_page=1",
  project: "/v2/projects?per_page=1",
  regions: "/v2/regions?per_page=1",
  reserved_ip: "/v2/reserved_ips?per_page=1",
  sizes: "/v2/sizes?per_page=1",
  spaces_key: "/v2/spaces/keys?per_page=1",
  ssh_key: "/v2/account/keys?per_page=1",
  tag: "/v2/tags?per_page=1",
  uptime: "/v2/uptime/checks?per_page=1",
  vpc: "/v2/vpcs?per_page=1",
};

const tokens = "https://cloud.digitalocean.com/account/api/tokens";

// The official plugin takes either name.
const hasToken = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env["DIGITALOCEAN_TOKEN"] ?? env["DIGITALOCEAN_ACCESS_TOKEN"]);

/** The token: whether it is accepted, and which scopes it lacks, by name. */
export const digitaloceanToken: Check = async ({ settings, env }) => {
  const what = "DigitalOcean token";
  if (!hasToken(env)) return [bad(what, "DIGITALOCEAN_TOKEN is not set", `make one at ${tokens}`)];
  const { status } = await askDigitalOcean("/v2/account", env);
  if (status === 401) return [bad(what, "is not accepted (401)", `it has expired or was revoked; ${tokens}`)];
  const needed = digitaloceanScopes({
    host: settings.host?.kind ?? "droplet",
    managedDatabase: settings.database?.kind === "managed",
    ownsZone: settings.platform?.zone.owned ?? false,
  });
  const families = new Set(needed.map((scope) => scope.split(":")[0] ?? ""));
  const answers = await Promise.all(
    Object.entries(probes)
      .filter(([family]) => families.has(family))
      .map(async ([family, path]) => [family, (await askDigitalOcean(path, env)).status] as const),
  );
  const lacking = answers.filter(([, status]) => status === 403).map(([family]) => `${family}:read`);
  if (lacking.length > 0) {
    return [
      bad(
        what,
        `lacks ${lacking.join(", ")}`,
        `make one that has these too; platform init lists all it needs`,
      ),
    ];
  }
  const other = answers.find(([, answer]) => answer !== 200);
  if (other) return [outOfOrder("DigitalOcean", other[1])];
  return [good(what, `is accepted and may read all ${answers.length} kinds of resources the stack has`)];
};

/** A zone that another stack owns must be there already. */
export const zone: Check = async ({ settings, env }) => {
  const what = "DNS zone";
  const { zone: wanted } = settings.platform ?? {};
  if (!wanted || !hasToken(env)) return [skipped(what, "not looked at: settings or token are missing")];
  if (wanted.owned) return [good(what, `${wanted.name} is declared by this stack`)];
  const { status } = await askDigitalOcean(`/v2/domains/${wanted.name}`, env);
  if (status === 200) return [good(what, `${wanted.name} is there`)];
  if (status !== 404) return [skipped(what, `cannot be looked at: DigitalOcean answered ${status}`)];
  const fix = "bring up the stack that owns it first, or set platform.zone.owned in this one";
  return [bad(what, `${wanted.name} is not at DigitalOcean, and this stack does not own it`, fix)];
};

/** Keys of Spaces: without them the official plugin cannot read a bucket. */
export const spacesKeys: Check = async ({ env }): Promise<Diagnosis[]> => {
  const what = "Spaces keys";
  const missing = ["SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"].filter((name) => !env[name]);
  if (missing.length === 0) return [good(what, "are set")];
  const fix = "make a full-access key at https://cloud.digitalocean.com/spaces/access_keys";
  return [bad(what, `${missing.join(" and ")} not set`, fix)];
};
