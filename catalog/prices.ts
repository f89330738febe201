import { appSizes } from "./app-sizes.ts";
import { databaseSizes } from "./database-sizes.ts";
import { dropletSizes } from "./droplet-sizes.ts";

/** A resource as Pulumi declares it: its type token and its inputs. */
export interface PricedResource {
  type: string;
  name?: string;
  props: Record<string, unknown>;
}

/** What one resource costs, in USD a month. */
export interface PriceLine {
  type: string;
  name: string;
  usd: number;
  /** Why it costs that: "s-1vcpu-2gb", "20 GB". */
  reason: string;
}

export interface MonthlyPrice {
  lines: PriceLine[];
  totalUsd: number;
  /** Resources whose size the catalog does not know: their price is missing from the total. */
  unknown: string[];
}

type Pricing = (props: Record<string, unknown>) => { usd: number; reason: string } | undefined;

/** @see https://docs.digitalocean.com/products/volumes/details/pricing/ */
const volumeUsdPerGb = 0.1;
/** One subscription an account pays for 250 GB in all buckets. @see https://docs.digitalocean.com/products/spaces/details/pricing/ */
const spacesUsd = 5;
/** The first check of an account is free. @see https://docs.digitalocean.com/products/uptime/details/pricing/ */
const uptimeCheckUsd = 1;

const pricings: Record<string, Pricing> = {
  "digitalocean:index/droplet:Droplet": (props) => bySlug(dropletSizes, props["size"]),
  "digitalocean:index/volume:Volume": (props) => {
    const gb = Number(props["size"]);
    return gb > 0 && Number.isFinite(gb)
      ? { usd: cents(gb * volumeUsdPerGb), reason: `${gb} GB` }
      : undefined;
  },
  "digitalocean:index/databaseCluster:DatabaseCluster": (props) =>
    times(bySlug(databaseSizes, props["size"]), Number(props["nodeCount"] ?? 1), "node"),
  "digitalocean:index/app:App": (props) => appPrice(props["spec"]),
};

/** Types of DigitalOcean that cost nothing by themselves, or are counted once for all (sharedLines). */
const free = new Set(
  `Certificate DatabaseConnectionPool DatabaseDb DatabaseFirewall DatabaseUser DnsRecord Domain Firewall MonitorAlert Project
   ProjectResources ReservedIp ReservedIpAssignment SpacesBucket SpacesBucketCorsConfiguration SpacesBucketObject
   SpacesBucketPolicy SpacesKey SshKey Tag UptimeAlert UptimeCheck VolumeAttachment Vpc`
    .split(/\s+/)
    .map((name) => `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`),
);

/**
 * What a set of declared resources costs, in USD a month: computed from their inputs alone, so a preview, a policy and
 * `platform cost` agree. Traffic beyond the free allowance and taxes are not in it.
 */
export function monthlyPrice(resources: readonly PricedResource[]): MonthlyPrice {
  const lines: PriceLine[] = [];
  const unknown: string[] = [];
  for (const { type, name = "", props } of resources) {
    const pricing = pricings[type];
    if (!pricing) {
      // Not to know a price is not to be free.
      if (type.startsWith("digitalocean:") && !free.has(type)) unknown.push(`${type} ${name}`.trim());
      continue;
    }
    const price = pricing(props);
    if (price) lines.push({ type, name, ...price });
    else unknown.push(`${type} ${name}`.trim());
  }
  lines.push(...sharedLines(resources));
  return { lines, totalUsd: cents(lines.reduce((sum, line) => sum + line.usd, 0)), unknown };
}

/** What is paid once, however many there are of it, or from the second one on. */
function sharedLines(resources: readonly PricedResource[]): PriceLine[] {
  const all = (type: string): PricedResource[] => resources.filter((one) => one.type === type);
  const lines: PriceLine[] = [];
  const buckets = all("digitalocean:index/spacesBucket:SpacesBucket");
  if (buckets[0]) {
    const reason = buckets.length === 1 ? "subscription" : `subscription, ${buckets.length} buckets`;
    lines.push({ type: buckets[0].type, name: buckets[0].name ?? "", usd: spacesUsd, reason });
  }
  for (const { type, name = "" } of all("digitalocean:index/uptimeCheck:UptimeCheck").slice(1)) {
    lines.push({ type, name, usd: uptimeCheckUsd, reason: "from the second check on" });
  }
  return lines;
}

function appPrice(spec: unknown): { usd: number; reason: string } | undefined {
  const { services = [], workers = [] } = (spec ?? {}) as Record<string, unknown>;
  // Where a part holds a secret the engine shows none of it.
  if (!Array.isArray(services) || !Array.isArray(workers)) return undefined;
  const parts = [...services, ...workers].map((part: Record<string, unknown>) =>
    times(bySlug(appSizes, part["instanceSizeSlug"]), Number(part["instanceCount"] ?? 1), "instance"),
  );
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  const known = parts.filter((part) => part !== undefined);
  return {
    usd: cents(known.reduce((sum, part) => sum + part.usd, 0)),
    reason: known.map((part) => part.reason).join(" + "),
  };
}

function bySlug(table: Record<string, { usdPerMonth: number }>, slug: unknown) {
  const size = typeof slug === "string" ? table[slug] : undefined;
  return size && { usd: size.usdPerMonth, reason: String(slug) };
}

function times(price: { usd: number; reason: string } | undefined, count: number, unit: string) {
  if (!price || !Number.isFinite(count)) return undefined;
  return count === 1
    ? price
    : { usd: cents(price.usd * count), reason: `${count} × ${price.reason} ${unit}s` };
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;
