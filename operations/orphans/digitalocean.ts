import { setTimeout as sleep } from "node:timers/promises";
import type { Finder, Row, Search } from "../orphans.ts";
import { askDigitalOcean, listDigitalOcean } from "../vendor.ts";

/** How far apart the state's last write and a creation may be, on clocks that differ. */
const windowMs = 60 * 60 * 1000;

interface Named {
  /** Where they are listed, and under which key of the answer. */
  path: string;
  key: string;
  id?: string;
  nameOf?: (row: Row) => unknown;
  also?: (row: Row, inputs: Row) => boolean;
  /** It can be worked with. Until then it is waited for, as the interrupted creation did. */
  ready?: (row: Row) => boolean;
}

/** A finder for what has a name of its own, which holds the stack's. */
const named =
  ({ path, key, id = "id", nameOf = ({ name }) => name, also = () => true, ready }: Named): Finder =>
  async (inputs, search) => {
    const wanted = (inputs["spec"] as Row | undefined)?.["name"] ?? inputs["name"] ?? inputs["description"];
    for (;;) {
      const rows = await unknownRows(path, key, id, search);
      const found = rows.find((row) => nameOf(row) === wanted && also(row, inputs));
      if (!found || !ready || ready(found)) return found && String(found[id]);
      await sleep(2000, undefined, { signal: search.signal });
    }
  };

const inCluster: Finder = ({ clusterId, name }) => `${String(clusterId)},${String(name)}`;

/** By the last word of the type: everything that would be there twice, or refused, if it were made again. */
export const digitalOceanFinders: Record<string, Finder> = {
  Vpc: named({ path: "/v2/vpcs", key: "vpcs" }),
  SshKey: named({ path: "/v2/account/keys", key: "ssh_keys" }),
  Droplet: named({
    path: "/v2/droplets",
    key: "droplets",
    ready: ({ status, locked }) => status === "active" && locked !== true,
  }),
  Volume: named({
    path: "/v2/volumes",
    key: "volumes",
    also: ({ region }, inputs) => slugOf(region) === inputs["region"],
  }),
  Firewall: named({ path: "/v2/firewalls", key: "firewalls" }),
  Project: named({ path: "/v2/projects", key: "projects" }),
  ReservedIp: reservedIp,
  ReservedIpAssignment: ({ ipAddress, dropletId }) => `${String(ipAddress)},${String(dropletId)}`,
  Domain: ({ name }) => String(name),
  DnsRecord: dnsRecord,
  DatabaseCluster: named({
    path: "/v2/databases",
    key: "databases",
    ready: ({ status }) => status === "online",
  }),
  DatabaseDb: inCluster,
  DatabaseUser: inCluster,
  DatabaseConnectionPool: inCluster,
  App: named({
    path: "/v2/apps",
    key: "apps",
    nameOf: ({ spec }) => (spec as Row)["name"],
    ready: (app) => !app["pending_deployment"] && !app["in_progress_deployment"],
  }),
  SpacesBucket: ({ region, name }) => `${String(region)},${String(name)}`,
  SpacesKey: takeAwayKey,
  UptimeCheck: named({ path: "/v2/uptime/checks", key: "checks" }),
  UptimeAlert: uptimeAlert,
  MonitorAlert: named({
    path: "/v2/monitoring/alerts",
    key: "policies",
    id: "uuid",
    nameOf: ({ description }) => description,
  }),
};

/**
 * It has no name and no date of its own, but the project that it fell into knows when it came. An address that a person
 * has put aside is left alone: it came at another time.
 */
async function reservedIp({ region }: Row, search: Search): Promise<string | undefined> {
  const free = (await unknownRows("/v2/reserved_ips", "reserved_ips", "ip", search)).filter(
    (row) => row["droplet"] === null && slugOf(row["region"]) === region,
  );
  if (free.length === 0) return undefined;
  const resources = await listDigitalOcean("/v2/projects/default/resources", "resources");
  const cameThen = (ip: unknown): boolean =>
    resources.some(({ urn, assigned_at }) => {
      const apart = Math.abs(Date.parse(String(assigned_at)) - search.lastWrite.getTime());
      return String(urn).endsWith(`:${String(ip)}`) && apart < windowMs;
    });
  const found = free.find(({ ip }) => cameThen(ip));
  return found && String(found["ip"]);
}

async function dnsRecord(inputs: Row, search: Search): Promise<string | undefined> {
  const path = `/v2/domains/${String(inputs["domain"])}/records`;
  const found = (await unknownRows(path, "domain_records", "id", search)).find(
    ({ type, name, data }) =>
      type === inputs["type"] && name === inputs["name"] && undotted(data) === undotted(inputs["value"]),
  );
  return found && `${String(inputs["domain"])},${String(found["id"])}`;
}

async function uptimeAlert({ checkId, name }: Row, search: Search): Promise<string | undefined> {
  const path = `/v2/uptime/checks/${String(checkId)}/alerts`;
  const found = (await unknownRows(path, "alerts", "id", search)).find((row) => row["name"] === name);
  return found && `${String(checkId)},${String(found["id"])}`;
}

/** Its secret is told once, to whoever made it, and that one is dead: nobody can ever use this key. */
async function takeAwayKey({ name }: Row, search: Search): Promise<undefined> {
  for (const key of await unknownRows("/v2/spaces/keys", "keys", "access_key", search)) {
    if (key["name"] === name)
      await askDigitalOcean(`/v2/spaces/keys/${String(key["access_key"])}`, process.env, "DELETE");
  }
}

async function unknownRows(path: string, key: string, id: string, { known }: Search): Promise<Row[]> {
  return (await listDigitalOcean(path, key)).filter((row) => !known.has(String(row[id])));
}

const slugOf = (region: unknown): unknown => (region as Row | undefined)?.["slug"];

// The vendor wants a host name with its dot at the end, and answers it without.
const undotted = (name: unknown): string => String(name).replace(/\.$/, "");
