import type { StateResource } from "./state.ts";
import { short } from "./card.ts";
import { askDigitalOcean } from "./vendor.ts";

type Row = Record<string, unknown>;
type Finder = (inputs: Row, known: ReadonlySet<string | undefined>) => Promise<string | undefined>;

/**
 * The id at the vendor of a resource whose creation was interrupted, or undefined when it was never made. What can be
 * made again without harm (a secret, an attachment, a label) is not looked for.
 *
 * @param known ids that the state already holds
 */
export async function findOrphan(
  { type, inputs = {} }: StateResource,
  known: ReadonlySet<string | undefined>,
): Promise<string | undefined> {
  if (!type.startsWith("digitalocean:")) return undefined;
  return await finders[short(type)]?.(inputs, known);
}

/** A finder for what is listed at a path and has a name of its own, which holds the stack's. */
const byName =
  (path: string, envelope: string, id = "id", name: (row: Row) => unknown = (row) => row["name"]): Finder =>
  async (inputs, known) => {
    const wanted = (inputs["spec"] as Row | undefined)?.["name"] ?? inputs["name"] ?? inputs["description"];
    const rows = await list(path, envelope);
    const found = rows.find((row) => name(row) === wanted && !known.has(String(row[id])));
    return found && String(found[id]);
  };

const finders: Record<string, Finder> = {
  Vpc: byName("/v2/vpcs", "vpcs"),
  SshKey: byName("/v2/account/keys", "ssh_keys"),
  Droplet: byName("/v2/droplets", "droplets"),
  Volume: byName("/v2/volumes", "volumes"),
  Firewall: byName("/v2/firewalls", "firewalls"),
  Project: byName("/v2/projects", "projects"),
  Domain: byName("/v2/domains", "domains", "name"),
  DatabaseCluster: byName("/v2/databases", "databases"),
  App: byName("/v2/apps", "apps", "id", (row) => (row["spec"] as Row | undefined)?.["name"]),
  UptimeCheck: byName("/v2/uptime/checks", "checks"),
  MonitorAlert: byName("/v2/monitoring/alerts", "policies", "uuid", (row) => row["description"]),
  // It has no name; one that hangs on nothing and that no state knows can only be the interrupted one.
  ReservedIp: async (inputs, known) => {
    const free = (await list("/v2/reserved_ips", "reserved_ips")).filter(
      ({ droplet, region, ip }) =>
        droplet === null &&
        (region as Row | undefined)?.["slug"] === inputs["region"] &&
        !known.has(String(ip)),
    );
    return free.length === 1 ? String(free[0]?.["ip"]) : undefined;
  },
};

async function list(path: string, envelope: string): Promise<Row[]> {
  const { body } = await askDigitalOcean(`${path}?per_page=200`);
  return (body[envelope] ?? []) as Row[];
}
