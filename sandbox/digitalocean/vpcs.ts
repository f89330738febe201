import type { Context } from "hono";
import { z } from "zod";
import { isVpcRange, overlap } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { isRegion } from "./platform.ts";
import type { Vpc } from "./rows.ts";

const name = z
  .string("name is required")
  .regex(/^[a-zA-Z0-9.-]+$/, "may only contain alphanumeric characters, dashes, and periods")
  .max(255, "must be at most 255 characters");
const description = z.string().max(255).optional();
const creation = z.object({ name, region: z.string(), description, ip_range: z.string().nullish() });
// The vendor clears a description that a PUT leaves out; a PATCH keeps it.
const update = z.object({ name, description: description.default(""), default: z.boolean().nullish() });
const change = update.extend({ description }).partial();

export const vpcs = (cloud: Cloud): Operation[] => [
  operation("vpcs_list", "GET /v2/vpcs", "vpc:read", (c) => page(c, "vpcs", cloud.vpcs.list().map(showVpc))),

  operation("vpcs_create", "POST /v2/vpcs", "vpc:create", async (c) => {
    const asked = await input(c, creation);
    if (!isRegion(asked.region)) throw invalid("region is invalid");
    // The account is one in use: each region has its default already. (In a fresh one the first network of a region
    // becomes the default, and can then not be deleted.)
    defaultVpc(cloud, asked.region);
    refuseTaken(cloud, asked.name);
    if (asked.ip_range && !isVpcRange(asked.ip_range))
      throw invalid("ip_range must be a private network of a size between /16 and /28, e.g. 10.10.10.0/24");
    refuseOverlap(cloud, asked.ip_range);
    return c.json({ vpc: showVpc(add(cloud, asked.name, asked.region, asked, false)) }, 201);
  }),

  operation("vpcs_get", "GET /v2/vpcs/:vpc_id", "vpc:read", (c) => c.json({ vpc: showVpc(vpcOf(c, cloud)) })),

  operation("vpcs_update", "PUT /v2/vpcs/:vpc_id", "vpc:update", async (c) =>
    edit(c, cloud, await input(c, update)),
  ),
  operation("vpcs_patch", "PATCH /v2/vpcs/:vpc_id", "vpc:update", async (c) =>
    edit(c, cloud, await input(c, change)),
  ),

  operation("vpcs_delete", "DELETE /v2/vpcs/:vpc_id", "vpc:delete", (c) => {
    const vpc = vpcOf(c, cloud);
    if (vpc.default) throw new ApiError("forbidden", "Can not delete default VPCs");
    // The Terraform plugin waits on a 403 and a 409 alike: members take a while to leave.
    if (membersOf(cloud, vpc).length > 0) throw new ApiError("forbidden", "Can not delete VPC with members");
    cloud.vpcs.delete(vpc.id);
    return noContent(c);
  }),

  operation("vpcs_list_members", "GET /v2/vpcs/:vpc_id/members", "vpc:read", (c) => {
    const type = c.req.query("resource_type");
    const members = membersOf(cloud, vpcOf(c, cloud));
    return page(
      c,
      "members",
      members.filter((one) => !type || one.urn.startsWith(`do:${type}:`)),
    );
  }),
];

/** The network of a region that things are put in when none is named; the vendor makes it on first use. */
export function defaultVpc(cloud: Cloud, region: string): Vpc {
  const present = cloud.vpcs.find((one) => one.region === region && one.default);
  return present ?? add(cloud, `default-${region}`, region, {}, true);
}

const vpcOf = (c: Context, cloud: Cloud): Vpc => found(cloud.vpcs.get(param(c, "vpc_id")));

const membersOf = (cloud: Cloud, { id }: Vpc) => [
  ...cloud.droplets
    .list((one) => one.vpc_uuid === id)
    .map((one) => ({ name: one.name, urn: `do:droplet:${one.id}`, created_at: one.created_at })),
  ...cloud.databases
    .list((one) => one.private_network_uuid === id)
    .map((one) => ({ name: one.name, urn: `do:dbaas:${one.id}`, created_at: one.created_at })),
];

function add(
  cloud: Cloud,
  name: string,
  region: string,
  asked: { description?: string | undefined; ip_range?: string | null | undefined },
  isDefault: boolean,
): Vpc {
  const id = cloud.uuid();
  return cloud.vpcs.put(id, {
    id,
    name,
    description: asked.description ?? "",
    region,
    ip_range: asked.ip_range || freeRange(cloud),
    default: isDefault,
    created_at: cloud.timestamp(),
  });
}

function edit(c: Context, cloud: Cloud, asked: z.infer<typeof change>): Response {
  const vpc = vpcOf(c, cloud);
  if (asked.name !== undefined && asked.name !== vpc.name) refuseTaken(cloud, asked.name);
  if (asked.default)
    for (const one of cloud.vpcs.list((other) => other.region === vpc.region && other.default))
      cloud.vpcs.put(one.id, { ...one, default: false });
  const edited: Vpc = {
    ...vpc,
    name: asked.name ?? vpc.name,
    description: asked.description ?? vpc.description,
    // A region always has a default: it can be moved, not taken away.
    default: vpc.default || asked.default === true,
  };
  return c.json({ vpc: showVpc(cloud.vpcs.put(vpc.id, edited)) });
}

function refuseTaken(cloud: Cloud, name: string): void {
  if (cloud.vpcs.find((one) => one.name === name)) throw invalid("name must be unique among your VPCs");
}

function refuseOverlap(cloud: Cloud, range: string | null | undefined): void {
  const other = range && cloud.vpcs.find((one) => overlap(one.ip_range, range));
  if (other)
    throw invalid(
      `This range/size overlaps with another VPC network in your account: ${other.ip_range}. Update the range/size to continue.`,
    );
}

function freeRange(cloud: Cloud): string {
  const taken = cloud.vpcs.list().map((one) => one.ip_range);
  for (let second = 100; second < 256; second += 1)
    for (let third = 0; third < 256; third += 16) {
      const range = `10.${second}.${third}.0/20`;
      if (!taken.some((one) => overlap(one, range))) return range;
    }
  throw invalid("There is no free private range left.");
}

const showVpc = (vpc: Vpc) => ({ ...vpc, urn: `do:vpc:${vpc.id}` });
