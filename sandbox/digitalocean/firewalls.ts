import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { dropletOf } from "./droplets.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { Firewall, FirewallRule } from "./rows.ts";
import { ensureTags } from "./tags.ts";

const peers = z.object({
  addresses: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], "is no address")).optional(),
  tags: z.array(z.string()).optional(),
  droplet_ids: z.array(z.number()).optional(),
  load_balancer_uids: z.array(z.string()).optional(),
  kubernetes_ids: z.array(z.string()).optional(),
});
const rule = z
  .object({ protocol: z.enum(["tcp", "udp", "icmp"]), ports: z.string().optional() })
  // The vendor answers "0" where all ports are meant, whether "all", "0" or nothing was sent.
  .transform(({ protocol, ports }) => ({
    protocol,
    ports: ports === undefined || ports === "all" ? "0" : ports || "0",
  }));
const ports = /^(0|[1-9]\d{0,4})(-[1-9]\d{0,4})?$/;

const inbound = z.array(z.intersection(rule, z.object({ sources: peers }))).nullish();
const outbound = z.array(z.intersection(rule, z.object({ destinations: peers }))).nullish();
const body = z.object({
  name: z
    .string("name is required")
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/,
      "must begin with an alphanumeric character and hold only alphanumerics, . and -",
    ),
  inbound_rules: inbound,
  outbound_rules: outbound,
  droplet_ids: z.array(z.number()).nullish(),
  tags: z.array(z.string()).nullish(),
});

export const firewalls = (cloud: Cloud): Operation[] => [
  operation("firewalls_list", "GET /v2/firewalls", "firewall:read", (c) =>
    page(c, "firewalls", cloud.firewalls.list().map(show)),
  ),

  operation("firewalls_create", "POST /v2/firewalls", "firewall:create", async (c) => {
    const asked = await facts(c, cloud);
    if (cloud.firewalls.find((one) => one.name === asked.name))
      throw new ApiError("conflict", "duplicate name");
    const id = cloud.uuid();
    const firewall = cloud.firewalls.put(id, { id, ...asked, created_at: cloud.timestamp() });
    return c.json({ firewall: show(firewall) }, 202);
  }),

  operation("firewalls_get", "GET /v2/firewalls/:firewall_id", "firewall:read", (c) =>
    c.json({ firewall: show(firewallOf(c, cloud)) }),
  ),

  operation("firewalls_update", "PUT /v2/firewalls/:firewall_id", "firewall:update", async (c) => {
    const firewall = firewallOf(c, cloud);
    const asked = await facts(c, cloud);
    return c.json({ firewall: show(cloud.firewalls.put(firewall.id, { ...firewall, ...asked })) });
  }),

  operation("firewalls_delete", "DELETE /v2/firewalls/:firewall_id", "firewall:delete", (c) => {
    cloud.firewalls.delete(firewallOf(c, cloud).id);
    return noContent(c);
  }),

  operation(
    "firewalls_assign_droplets",
    "POST /v2/firewalls/:firewall_id/droplets",
    "firewall:update",
    async (c) => {
      const firewall = firewallOf(c, cloud);
      const { droplet_ids } = await input(c, z.object({ droplet_ids: z.array(z.number()) }));
      refuseUnknown(cloud, droplet_ids);
      return put(c, cloud, firewall, [...new Set([...firewall.droplet_ids, ...droplet_ids])]);
    },
  ),

  operation(
    "firewalls_delete_droplets",
    "DELETE /v2/firewalls/:firewall_id/droplets",
    "firewall:update",
    async (c) => {
      const firewall = firewallOf(c, cloud);
      const { droplet_ids } = await input(c, z.object({ droplet_ids: z.array(z.number()) }));
      return put(
        c,
        cloud,
        firewall,
        firewall.droplet_ids.filter((id) => !droplet_ids.includes(id)),
      );
    },
  ),

  operation("droplets_list_firewalls", "GET /v2/droplets/:droplet_id/firewalls", "firewall:read", (c) => {
    const { id, tags } = dropletOf(c, cloud);
    const guards = cloud.firewalls.list(
      (one) => one.droplet_ids.includes(id) || one.tags.some((tag) => tags.includes(tag)),
    );
    return page(c, "firewalls", guards.map(show));
  }),
];

const firewallOf = (c: Context, cloud: Cloud): Firewall =>
  found(cloud.firewalls.get(param(c, "firewall_id")));

/** What the caller asks the whole firewall to be, checked. */
async function facts(c: Context, cloud: Cloud): Promise<Omit<Firewall, "id" | "created_at">> {
  const asked = await input(c, body);
  const inbound_rules: FirewallRule[] = (asked.inbound_rules ?? []).map((one) => tidy(one));
  const outbound_rules: FirewallRule[] = (asked.outbound_rules ?? []).map((one) => tidy(one));
  if (inbound_rules.length + outbound_rules.length === 0) throw invalid("must have at least one rule");
  const droplet_ids = asked.droplet_ids ?? [];
  refuseUnknown(cloud, droplet_ids);
  return {
    name: asked.name,
    inbound_rules,
    outbound_rules,
    droplet_ids,
    tags: ensureTags(cloud, asked.tags ?? []),
  };
}

function tidy(rule: FirewallRule): FirewallRule {
  if (!ports.test(rule.ports)) throw invalid(`invalid port range "${rule.ports}"`);
  return rule;
}

function refuseUnknown(cloud: Cloud, ids: readonly number[]): void {
  const unknown = ids.find((id) => cloud.droplets.get(id) === undefined);
  if (unknown !== undefined) throw invalid(`droplet ${unknown} does not exist`);
}

function put(c: Context, cloud: Cloud, firewall: Firewall, droplet_ids: number[]): Response {
  cloud.firewalls.put(firewall.id, { ...firewall, droplet_ids });
  return noContent(c);
}

const show = (firewall: Firewall) => ({ ...firewall, status: "succeeded", pending_changes: [] });
