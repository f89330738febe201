import type { Context } from "hono";
import { z } from "zod";
import { getAction, listActions, showAction, start } from "./actions.ts";
import { freeReservedIp } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { isRegion, showRegion } from "./platform.ts";
import { assignToDefault, projectOf, release } from "./projects.ts";
import type { Action, Change, ReservedIp } from "./rows.ts";
import { showDroplet } from "./show-droplet.ts";

const creation = z.union(
  [
    z.object({ droplet_id: z.number().positive() }),
    z.object({ region: z.string().min(1), project_id: z.string().optional() }),
  ],
  "either a region or a droplet_id is required",
);

const request = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("assign"), droplet_id: z.number() }),
    z.object({ type: z.literal("unassign") }),
  ],
  "type must be assign or unassign",
);
type Request = z.infer<typeof request>;

/** Static addresses. The older name of the same thing, `/v2/floating_ips`, is not served. */
export const reservedIps = (cloud: Cloud): Operation[] => [
  operation("reservedIPs_list", "GET /v2/reserved_ips", "reserved_ip:read", (c) =>
    page(
      c,
      "reserved_ips",
      cloud.reservedIps.list().map((one) => show(cloud, one)),
    ),
  ),

  operation("reservedIPs_create", "POST /v2/reserved_ips", "reserved_ip:create", async (c) => {
    const asked = await input(c, creation);
    const droplet = "droplet_id" in asked ? cloud.droplets.get(asked.droplet_id) : undefined;
    if ("droplet_id" in asked && !droplet) throw invalid("Droplet not found");
    const region = droplet?.region ?? ("region" in asked ? asked.region : "");
    if (!isRegion(region)) throw invalid("You specified an invalid region.");
    const ip = freeReservedIp(cloud);
    const address = cloud.reservedIps.put(ip, { ip, region, droplet: null });
    assignToDefault(cloud, urn(ip), "project_id" in asked ? asked.project_id : undefined);
    if (!droplet) return c.json({ reserved_ip: show(cloud, address), links: {} }, 202);
    const action = begin(cloud, address, "assign_ip", droplet.id, {
      kind: "assign",
      ip,
      droplet: droplet.id,
    });
    return c.json({ reserved_ip: show(cloud, address), links: { actions: [link(c, ip, action)] } }, 202);
  }),

  operation("reservedIPs_get", "GET /v2/reserved_ips/:ip", "reserved_ip:read", (c) =>
    c.json({ reserved_ip: show(cloud, addressOf(c, cloud)) }),
  ),

  operation("reservedIPs_delete", "DELETE /v2/reserved_ips/:ip", "reserved_ip:delete", (c) => {
    const { ip } = addressOf(c, cloud);
    cloud.reservedIps.delete(ip);
    release(cloud, urn(ip));
    return noContent(c);
  }),

  operation("reservedIPsActions_list", "GET /v2/reserved_ips/:ip/actions", "reserved_ip:read", (c) => {
    const { ip } = addressOf(c, cloud);
    return listActions(c, cloud, (one) => one.subject === ip);
  }),

  operation(
    "reservedIPsActions_get",
    "GET /v2/reserved_ips/:ip/actions/:action_id",
    "reserved_ip:read",
    (c) => getAction(c, cloud, (one) => one.subject === param(c, "ip")),
  ),

  operation(
    "reservedIPsActions_post",
    "POST /v2/reserved_ips/:ip/actions",
    "reserved_ip:update",
    async (c) => {
      const address = addressOf(c, cloud);
      const asked = await input(c, request);
      const change = changeOf(cloud, address, asked);
      const droplet = change.kind === "assign" ? change.droplet : address.droplet;
      const action = begin(cloud, address, `${asked.type}_ip`, droplet, change);
      return c.json({ action: showAction(action) }, 201);
    },
  ),
];

/** How projects name an address, whichever name it was given by: see projects.ts. */
const urn = (ip: string): string => `do:floatingip:${ip}`;

function changeOf(cloud: Cloud, { ip, region, droplet: holder }: ReservedIp, asked: Request): Change {
  if (asked.type === "unassign") {
    if (holder === null) throw invalid("The reserved IP is not assigned to a Droplet.");
    return { kind: "unassign", ip };
  }
  const droplet = cloud.droplets.get(asked.droplet_id);
  if (!droplet) throw invalid("Droplet not found");
  if (droplet.region !== region) throw invalid("The reserved IP and the Droplet must be in the same region.");
  const other = cloud.reservedIps.find((one) => one.droplet === droplet.id && one.ip !== ip);
  if (other) throw invalid("Droplet already has a reserved IP assigned.");
  return { kind: "assign", ip, droplet: droplet.id };
}

function begin(
  cloud: Cloud,
  { ip, region }: ReservedIp,
  type: string,
  droplet: number | null,
  change: Change,
) {
  return start(cloud, { type, resource_type: "reserved_ip", subject: ip, droplet, region, change });
}

const addressOf = (c: Context, cloud: Cloud): ReservedIp => found(cloud.reservedIps.get(param(c, "ip")));

function show(cloud: Cloud, { ip, region, droplet }: ReservedIp) {
  const holder = droplet === null ? undefined : cloud.droplets.get(droplet);
  return {
    ip,
    region: showRegion(region),
    droplet: holder ? showDroplet(cloud, holder) : null,
    locked: cloud.actions.find((one) => one.subject === ip && one.status === "in-progress") !== undefined,
    project_id: projectOf(cloud, urn(ip)),
  };
}

const link = (c: Context, ip: string, { id }: Action) => ({
  id,
  rel: "assign_ip",
  href: new URL(`/v2/reserved_ips/${ip}/actions/${id}`, c.req.url).href,
});
