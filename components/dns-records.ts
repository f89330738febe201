import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";

export interface DnsRecordsArgs {
  /** The zone at DigitalOcean. */
  zone: { name: string; owned: boolean };
  /** Names that must point to the host, each in the zone. */
  domains: string[];
  /** What they point to. */
  target: Host["dns"];
}

/** Long enough for resolvers to keep, short enough to move a platform within minutes. */
const ttlSeconds = 300;

/**
 * The platform's names, and the zone itself where this stack is its one owner.
 *
 * @example
 * new DnsRecords("odoo-prod", { zone: { name: "example.com", owned: true }, domains: ["erp.example.com"], target: host.dns });
 */
export class DnsRecords extends pulumi.ComponentResource {
  /** The zone, where this stack owns it. */
  readonly zone: digitalocean.Domain | undefined;
  readonly records: digitalocean.DnsRecord[];

  constructor(name: string, args: DnsRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:DnsRecords", name, {}, opts);
    this.zone = args.zone.owned ? createZone(name, args.zone.name, this) : undefined;
    this.records = args.domains.map((domain) => createRecord(name, domain, args, this.zone, this));
    this.registerOutputs({ domains: args.domains });
  }
}

function createZone(name: string, zone: string, parent: pulumi.Resource): digitalocean.Domain {
  // Its records would go with it, also those that other stacks and people have put there.
  return new digitalocean.Domain(`${name}-zone`, { name: zone }, { parent, protect: true });
}

function createRecord(
  name: string,
  domain: string,
  args: DnsRecordsArgs,
  zone: digitalocean.Domain | undefined,
  parent: pulumi.Resource,
): digitalocean.DnsRecord {
  const label = recordName(domain, args.zone.name);
  const { type, data } = args.target;
  return new digitalocean.DnsRecord(
    `${name}-record-${label === "@" ? "apex" : label}`,
    {
      domain: zone?.name ?? args.zone.name,
      name: label,
      type,
      // The vendor wants a host name with its dot at the end.
      value: type === "CNAME" ? pulumi.interpolate`${data}.` : data,
      ttl: ttlSeconds,
    },
    { parent },
  );
}

/** The name of a record within its zone: "@" for the zone itself. */
export function recordName(domain: string, zone: string): string {
  return domain === zone ? "@" : domain.slice(0, -zone.length - 1);
}
