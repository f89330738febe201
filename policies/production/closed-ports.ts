import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { isWorld } from "./networks.ts";
import { listOf, objectsOf, violation } from "./platform.ts";

const guards = {
  "digitalocean:index/droplet:Droplet": "digitalocean:index/firewall:Firewall",
  "digitalocean:index/databaseCluster:DatabaseCluster":
    "digitalocean:index/databaseFirewall:DatabaseFirewall",
} as const;

/**
 * The whole internet reaches 80 and 443 by TCP and nothing else. Outbound traffic is free. A droplet or a managed
 * database without a firewall is open to all, so there has to be one.
 */
export const closedPorts: ResourceValidationPolicy & StackValidationPolicy = {
  name: "production/closed-ports",
  description: "Only ports 80 and 443 are open to the world.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    const fix = "list the networks that need it (host.adminNetworks), or close it";
    for (const fault of openings(type, props)) report(violation({ name, type }, fault, fix));
  },
  validateStack: ({ resources }, report) => {
    const types = new Set(resources.map(({ type }) => type));
    for (const [guarded, guard] of Object.entries(guards)) {
      if (types.has(guard)) continue;
      for (const resource of resources.filter(({ type }) => type === guarded)) {
        const fix = `declare a ${guard.split(":").at(-1)} for it`;
        report(violation(resource, "no firewall stands before it", fix), resource.urn);
      }
    }
  },
};

function openings(type: string, props: Record<string, unknown>): string[] {
  if (type === "digitalocean:index/firewall:Firewall") return firewallOpenings(props);
  if (type === "digitalocean:index/databaseFirewall:DatabaseFirewall") return databaseOpenings(props);
  return [];
}

interface InboundRule {
  readonly protocol?: string;
  readonly portRange?: string | number;
  readonly sourceAddresses?: string[];
}

function firewallOpenings({ inboundRules }: { inboundRules?: unknown }): string[] {
  return objectsOf<InboundRule>(inboundRules).flatMap((rule) => {
    const addresses = listOf(rule.sourceAddresses);
    if (!isWorld(addresses) || isWebPort(rule)) return [];
    return `${rule.protocol ?? "everything"} ${portsOf(rule)} is open to the world (${addresses.join(", ")})`;
  });
}

function databaseOpenings({ rules }: { rules?: unknown }): string[] {
  const addresses = objectsOf<{ type?: string; value?: string }>(rules).flatMap(({ type, value }) =>
    type === "ip_addr" && value !== undefined ? value : [],
  );
  return isWorld(addresses) ? [`the database is open to the world (${addresses.join(", ")})`] : [];
}

function isWebPort({ protocol, portRange }: InboundRule): boolean {
  return protocol === "tcp" && ["80", "443"].includes(String(portRange));
}

/** Every port is written as nothing, "0", "all" or "1-65535". */
function portsOf({ portRange = "all" }: InboundRule): string {
  return ["", "0", "all", "1-65535"].includes(String(portRange)) ? "on every port" : `port ${portRange}`;
}
