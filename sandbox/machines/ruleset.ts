import type { Firewall, FirewallRule, Peers } from "../digitalocean/rows.ts";
import { network } from "./addresses.ts";

/** What stands in the network of the world: facts of the emulated account, and ports of the sandbox's own servers. */
export interface Topology {
  machines: readonly { id: number; address: string; tags: readonly string[] }[];
  /** Reserved address to droplet's address. */
  reserved: readonly { ip: string; address: string }[];
  firewalls: readonly Firewall[];
  /** Ports at the gateway's address. */
  ports: { dns: number; metadata: number; spaces: number };
}

/**
 * The nftables ruleset of a world, as one transaction: the vendor's firewalls, enforced between a droplet and everything else
 * as they are at the vendor (a droplet behind a firewall lets in what a rule names, and answers), reserved addresses, and
 * what the vendor's network answers itself.
 *
 * @see https://docs.digitalocean.com/products/networking/firewalls/
 */
export function ruleset({ machines, reserved, firewalls, ports }: Topology): string {
  const { gateway, metadata } = network;
  const guarded = machines.flatMap((machine) => {
    const own = firewalls.filter(
      ({ droplet_ids, tags }) =>
        droplet_ids.includes(machine.id) || tags.some((tag) => machine.tags.includes(tag)),
    );
    return own.length > 0 ? [{ ...machine, own }] : [];
  });
  const all = { machines, firewalls };
  const translated = reserved.map(({ ip, address }) => `ip daddr ${ip} dnat ip to ${address}`);
  return [
    "add table inet odoo_sandbox",
    "delete table inet odoo_sandbox",
    "table inet odoo_sandbox {",
    ...guarded.flatMap(({ id, own }) => [
      ...chain(`in_${id}`, [
        ...own.flatMap((one) => one.inbound_rules.flatMap((rule) => matches(rule, "saddr", all))),
        "drop",
      ]),
      ...chain(`out_${id}`, [
        ...own.flatMap((one) => one.outbound_rules.flatMap((rule) => matches(rule, "daddr", all))),
        "drop",
      ]),
    ]),
    ...chain("prerouting", [
      "type nat hook prerouting priority dstnat",
      ...translated,
      `iifname odoo-sandbox ip daddr ${metadata} tcp dport 80 dnat ip to ${gateway}:${ports.metadata}`,
      `iifname odoo-sandbox ip daddr ${gateway} udp dport 53 dnat ip to ${gateway}:${ports.dns}`,
      `iifname odoo-sandbox ip daddr ${gateway} tcp dport 53 dnat ip to ${gateway}:${ports.dns}`,
      `iifname odoo-sandbox ip daddr ${gateway} tcp dport 443 dnat ip to ${gateway}:${ports.spaces}`,
    ]),
    ...chain("output_nat", ["type nat hook output priority -100", ...translated]),
    ...chain("postrouting", [
      "type nat hook postrouting priority srcnat",
      "iifname odoo-sandbox oifname != odoo-sandbox masquerade",
      // A machine that calls its own reserved address would meet itself.
      ...machines.map(({ address }) => `ip saddr ${address} ip daddr ${address} masquerade`),
    ]),
    ...chain("forward", [
      "type filter hook forward priority filter",
      "ct state established,related accept",
      ...jumps(guarded),
    ]),
    ...chain("output", [
      "type filter hook output priority filter",
      "ct state established,related accept",
      ...inward(guarded),
    ]),
    "}",
    "",
  ].join("\n");
}

type Guarded = { id: number; address: string };

const inward = (guarded: readonly Guarded[]): string[] =>
  guarded.map(({ id, address }) => `oifname odoo-sandbox ip daddr ${address} goto in_${id}`);

// What leaves one machine may be on its way to another: both have their say.
const jumps = (guarded: readonly Guarded[]): string[] => [
  ...guarded.map(({ id, address }) => `iifname odoo-sandbox ip saddr ${address} jump out_${id}`),
  ...inward(guarded),
];

function chain(name: string, lines: string[]): string[] {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), "  }"];
}

/** One rule as nftables says it: a line for each kind of peer that it names. "return" leaves the last word to the other side. */
function matches(
  { protocol, ports, sources, destinations }: FirewallRule,
  side: "saddr" | "daddr",
  world: Pick<Topology, "machines">,
): string[] {
  const verdict = side === "saddr" ? "accept" : "return";
  const what =
    protocol === "icmp" ? "ip protocol icmp" : `${protocol} dport ${ports === "0" ? "1-65535" : ports}`;
  return peersOf(sources ?? destinations ?? {}, world).map((peer) =>
    peer === "0.0.0.0/0" ? `${what} ${verdict}` : `ip ${side} ${peer} ${what} ${verdict}`,
  );
}

/** Addresses of IPv4, which is all that the machines speak. */
function peersOf(
  { addresses = [], tags = [], droplet_ids = [] }: Peers,
  { machines }: Pick<Topology, "machines">,
): string[] {
  const named = machines.filter(
    (machine) => droplet_ids.includes(machine.id) || machine.tags.some((tag) => tags.includes(tag)),
  );
  return [...addresses.filter((address) => !address.includes(":")), ...named.map(({ address }) => address)];
}
