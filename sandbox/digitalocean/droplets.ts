import type { Context } from "hono";
import { z } from "zod";
import { start } from "./actions.ts";
import { freePrivateIpv4, freePublicIpv4 } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { found, invalid, notFound } from "./errors.ts";
import { input, noContent, numberParam, operation, page } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { findImage, isRegion, isSize, isSizeIn, sizeOf } from "./platform.ts";
import { assignToDefault, release } from "./projects.ts";
import type { Action, Droplet } from "./rows.ts";
import { showDroplet } from "./show-droplet.ts";
import { findSshKey } from "./ssh-keys.ts";
import { ensureTags } from "./tags.ts";
import { defaultVpc } from "./vpcs.ts";

const hostname = z
  .string("Name can't be blank")
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
    "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)",
  )
  .max(255, "Name is too long (maximum is 255 characters)");

const flag = z.boolean().nullish();
const creation = z.object({
  name: hostname.optional(),
  names: z.array(hostname).max(10).nullish(),
  region: z.string().default("nyc3"),
  size: z.string(),
  image: z.union([z.string(), z.number()]),
  ssh_keys: z.array(z.union([z.string(), z.number()])).nullish(),
  backups: flag,
  ipv6: flag,
  monitoring: flag,
  with_droplet_agent: flag,
  user_data: z.string().max(65_536, "User data is limited to 64 KiB").nullish(),
  tags: z.array(z.string()).nullish(),
  volumes: z.array(z.string()).nullish(),
  vpc_uuid: z.string().nullish(),
});
type Creation = z.infer<typeof creation>;

export const droplets = (cloud: Cloud): Operation[] => [
  operation("droplets_list", "GET /v2/droplets", "droplet:read", (c) => {
    const [name, tag] = [c.req.query("name"), c.req.query("tag_name")];
    const list = cloud.droplets.list(
      (one) => (!name || one.name === name) && (!tag || one.tags.includes(tag)),
    );
    return page(
      c,
      "droplets",
      list.map((one) => showDroplet(cloud, one)),
    );
  }),

  operation("droplets_create", "POST /v2/droplets", "droplet:create", async (c) => {
    const asked = await input(c, creation);
    const names = asked.names ?? (asked.name === undefined ? [] : [asked.name]);
    if (names.length === 0) throw invalid("Name can't be blank");
    check(cloud, asked);
    const made = names.map((name) => create(c, cloud, asked, name));
    const links = { actions: made.map(({ action }) => link(c, action)) };
    const [first] = made;
    return asked.names || !first
      ? c.json({ droplets: made.map(({ droplet }) => showDroplet(cloud, droplet)), links }, 202)
      : c.json({ droplet: showDroplet(cloud, first.droplet), links }, 202);
  }),

  operation("droplets_get", "GET /v2/droplets/:droplet_id", "droplet:read", (c) =>
    c.json({ droplet: showDroplet(cloud, dropletOf(c, cloud)) }),
  ),

  operation("droplets_destroy", "DELETE /v2/droplets/:droplet_id", "droplet:delete", (c) => {
    destroy(cloud, dropletOf(c, cloud));
    return noContent(c);
  }),

  operation("droplets_destroy_byTag", "DELETE /v2/droplets", "droplet:delete", (c) => {
    const tag = c.req.query("tag_name");
    if (!tag) throw invalid("tag_name is required");
    for (const droplet of cloud.droplets.list((one) => one.tags.includes(tag))) destroy(cloud, droplet);
    return noContent(c);
  }),
];

/** The droplet that the path names, or 404. */
export const dropletOf = (c: Context, cloud: Cloud): Droplet =>
  found(cloud.droplets.get(numberParam(c, "droplet_id")));

/** The vendor names the first thing that is wrong, in these sentences. */
function check(cloud: Cloud, { region, size, image, vpc_uuid, volumes }: Creation): void {
  if (!isRegion(region)) throw invalid("You specified an invalid region for Droplet creation.");
  if (!isSize(size)) throw invalid("You specified an invalid size for Droplet creation.");
  if (!isSizeIn(region, size)) throw invalid("Size is not available in this region.");
  if (!findImage(image)) throw invalid("You specified an invalid image for Droplet creation.");
  if (vpc_uuid && cloud.vpcs.get(vpc_uuid)?.region !== region)
    throw invalid("The VPC was not found in the Droplet's region.");
  if (volumes?.some((id) => !isFree(cloud, id, region))) throw invalid("Invalid volume allocations");
}

const isFree = (cloud: Cloud, id: string, region: string): boolean => {
  const volume = cloud.volumes.get(id);
  return volume?.region === region && volume.droplet === null;
};

function create(
  c: Context,
  cloud: Cloud,
  asked: Creation,
  name: string,
): { droplet: Droplet; action: Action } {
  const { region, size } = asked;
  const keys = sshKeys(cloud, asked.ssh_keys ?? []);
  const vpc = (asked.vpc_uuid && cloud.vpcs.get(asked.vpc_uuid)) || defaultVpc(cloud, region);
  const image = found(findImage(asked.image));
  const stuck = cloud.world.faults.hits("stuck-droplet", "digitalocean", `${c.req.method} ${c.req.path}`);
  const id = cloud.nextId();
  const droplet = cloud.droplets.put(id, {
    id,
    name,
    status: "new",
    region,
    size,
    disk: sizeOf(size).diskGb,
    image: image.id,
    features: features(asked),
    tags: ensureTags(cloud, asked.tags ?? []),
    vpc_uuid: vpc.id,
    public_ipv4: freePublicIpv4(cloud),
    private_ipv4: freePrivateIpv4(cloud, vpc),
    user_data: asked.user_data ?? "",
    ssh_keys: keys,
    created_at: cloud.timestamp(),
  });
  for (const volume of asked.volumes ?? [])
    cloud.volumes.put(volume, { ...found(cloud.volumes.get(volume)), droplet: id });
  assignToDefault(cloud, `do:droplet:${id}`);
  const action = start(cloud, {
    type: "create",
    resource_type: "droplet",
    resource_id: id,
    subject: String(id),
    droplet: id,
    region,
    change: { kind: "power", droplet: id, on: true },
    takes: cloud.settle.dropletMs,
    stuck,
  });
  return { droplet, action };
}

const features = ({ backups, ipv6, monitoring, with_droplet_agent }: Creation): string[] => [
  ...(backups ? ["backups"] : []),
  ...(ipv6 ? ["ipv6"] : []),
  ...(monitoring ? ["monitoring"] : []),
  ...(with_droplet_agent === false ? [] : ["droplet_agent"]),
  "private_networking",
];

/** The numbers of the keys, which may be asked for by number or by fingerprint. */
function sshKeys(cloud: Cloud, asked: readonly (string | number)[]): number[] {
  const keys = asked.map((key) => findSshKey(cloud, String(key)));
  const unknown = asked.filter((_, index) => keys[index] === undefined);
  if (unknown.length > 0)
    throw invalid(`${unknown.join(", ")} are invalid key identifiers for Droplet creation.`);
  return keys.flatMap((key) => (key ? [key.id] : []));
}

/** Takes the droplet out of everything that names it; volumes and addresses stay, free. */
function destroy(cloud: Cloud, { id }: Droplet): void {
  if (!cloud.droplets.delete(id)) throw notFound();
  for (const volume of cloud.volumes.list((one) => one.droplet === id))
    cloud.volumes.put(volume.id, { ...volume, droplet: null });
  for (const address of cloud.reservedIps.list((one) => one.droplet === id))
    cloud.reservedIps.put(address.ip, { ...address, droplet: null });
  for (const firewall of cloud.firewalls.list((one) => one.droplet_ids.includes(id))) {
    const droplet_ids = firewall.droplet_ids.filter((one) => one !== id);
    cloud.firewalls.put(firewall.id, { ...firewall, droplet_ids });
  }
  for (const action of cloud.actions.list((one) => one.droplet === id && one.status === "in-progress"))
    cloud.actions.put(action.id, { ...action, status: "errored", completed_at: cloud.timestamp() });
  release(cloud, `do:droplet:${id}`);
}

const link = (c: Context, { id }: Action) => ({
  id,
  rel: "create",
  href: new URL(`/v2/actions/${id}`, c.req.url).href,
});
