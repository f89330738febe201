import type { Inventory } from "./inventory.ts";

/** What the sandbox's two platforms are at the vendors, by collection: nothing more may be there, and nothing less. */
export const platforms = {
  droplet: {
    "digitalocean alert_policies": 6,
    "digitalocean domains": 1,
    "digitalocean droplets": 1,
    "digitalocean firewalls": 1,
    "digitalocean projects": 1,
    "digitalocean records": 4, // its own, and the three name servers of a new zone
    "digitalocean reserved_ips": 1,
    "digitalocean spaces_keys": 1,
    "digitalocean ssh_keys": 1,
    "digitalocean uptime_alerts": 2,
    "digitalocean uptime_checks": 1,
    "digitalocean volumes": 1,
    "digitalocean vpcs": 1,
    "github branchPolicies": 1,
    "github environments": 1,
    "github labels": 3,
    "github rulesets": 1,
    "github secrets": 1,
    "github variables": 2,
    "github webhooks": 1,
    buckets: 1,
  },
  // It does not own the repository, so what exists once there is not its own.
  app: {
    "digitalocean apps": 1,
    "digitalocean databases": 1,
    "digitalocean deployments": 1,
    "digitalocean domains": 1,
    "digitalocean projects": 1,
    "digitalocean records": 4,
    "digitalocean spaces_keys": 2,
    "digitalocean uptime_alerts": 2,
    "digitalocean uptime_checks": 1,
    "github branchPolicies": 1,
    "github environments": 1,
    "github secrets": 1,
    "github variables": 2,
    buckets: 2,
  },
} satisfies Record<string, Record<string, number>>;

export const counts = (inventory: Inventory): Record<string, number> =>
  Object.fromEntries(Object.entries(inventory).map(([table, names]) => [table, names.length]));

/** How many things there are in all. */
export const total = (inventory: Inventory): number => Object.values(inventory).flat().length;
