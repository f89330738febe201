import type { Context } from "hono";
import { z } from "zod";
import { getAction, listActions, showAction, start } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { isRegion, showRegion } from "./platform.ts";
import { assignToDefault, release } from "./projects.ts";
import type { Change, Volume } from "./rows.ts";
import { ensureTags } from "./tags.ts";

const gigabytes = z
  .number("size_gigabytes is required")
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(16_384, "must be at most 16384");

const creation = z.object({
  name: z
    .string("name is required")
    .regex(/^[a-z][a-z0-9-]{0,63}$/, "must be lowercase alphanumeric with dashes, and begin with a letter"),
  region: z.string("region is required"),
  size_gigabytes: gigabytes,
  description: z.string().default(""),
  filesystem_type: z.enum(["", "ext4", "xfs"], "must be ext4 or xfs").default(""),
  filesystem_label: z.string().max(16).default(""),
  tags: z.array(z.string()).nullish(),
});

const request = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("attach"), droplet_id: z.number() }),
    z.object({ type: z.literal("detach"), droplet_id: z.number().nullish() }),
    z.object({ type: z.literal("resize"), size_gigabytes: gigabytes }),
  ],
  "invalid action type",
);
type Request = z.infer<typeof request>;

export const volumes = (cloud: Cloud): Operation[] => [
  operation("volumes_list", "GET /v2/volumes", "block_storage:read", (c) => {
    const [name, region] = [c.req.query("name"), c.req.query("region")];
    const list = cloud.volumes.list(
      (one) => (!name || one.name === name) && (!region || one.region === region),
    );
    return page(c, "volumes", list.map(showVolume));
  }),

  operation("volumes_create", "POST /v2/volumes", "block_storage:create", async (c) => {
    const { tags, ...asked } = await input(c, creation);
    if (!isRegion(asked.region)) throw invalid("invalid region");
    const twin = cloud.volumes.find((one) => one.name === asked.name && one.region === asked.region);
    if (twin) throw new ApiError("conflict", "a volume with this name already exists in this region");
    const id = cloud.uuid();
    const volume = cloud.volumes.put(id, {
      id,
      ...asked,
      droplet: null,
      tags: ensureTags(cloud, tags ?? []),
      created_at: cloud.timestamp(),
    });
    assignToDefault(cloud, `do:volume:${id}`);
    return c.json({ volume: showVolume(volume) }, 201);
  }),

  operation("volumes_get", "GET /v2/volumes/:volume_id", "block_storage:read", (c) =>
    c.json({ volume: showVolume(volumeOf(c, cloud)) }),
  ),

  operation("volumes_delete", "DELETE /v2/volumes/:volume_id", "block_storage:delete", (c) => {
    const volume = volumeOf(c, cloud);
    if (volume.droplet !== null) throw new ApiError("conflict", "attached volume cannot be deleted");
    cloud.volumes.delete(volume.id);
    release(cloud, `do:volume:${volume.id}`);
    return noContent(c);
  }),

  operation("volumeActions_list", "GET /v2/volumes/:volume_id/actions", "block_storage_action:read", (c) => {
    const { id } = volumeOf(c, cloud);
    return listActions(c, cloud, (one) => one.subject === id);
  }),

  operation(
    "volumeActions_get",
    "GET /v2/volumes/:volume_id/actions/:action_id",
    "block_storage_action:read",
    (c) => getAction(c, cloud, (one) => one.subject === param(c, "volume_id")),
  ),

  operation(
    "volumeActions_post_byId",
    "POST /v2/volumes/:volume_id/actions",
    "block_storage_action:create",
    async (c) => {
      const volume = volumeOf(c, cloud);
      const asked = await input(c, request);
      const change = changeOf(cloud, volume, asked);
      const action = start(cloud, {
        type: asked.type === "resize" ? "resize" : `${asked.type}_volume`,
        resource_type: "volume",
        subject: volume.id,
        droplet: change.kind === "attach" ? change.droplet : volume.droplet,
        region: volume.region,
        change,
      });
      return c.json({ action: showAction(action) }, 202);
    },
  ),
];

/** What the action will do, or why it may not. */
function changeOf(cloud: Cloud, volume: Volume, asked: Request): Change {
  switch (asked.type) {
    case "attach": {
      const droplet = cloud.droplets.get(asked.droplet_id);
      if (!droplet) throw invalid("Droplet not found");
      if (droplet.region !== volume.region)
        throw invalid("The volume and the Droplet must be in the same region.");
      // A volume is on one droplet at a time. Making a new attachment before the old one is gone must fail here.
      if (volume.droplet !== null)
        throw invalid(
          `Volume is already attached to ${volume.droplet === droplet.id ? "this" : "another"} Droplet`,
        );
      return { kind: "attach", volume: volume.id, droplet: droplet.id };
    }
    case "detach":
      // Only from the droplet that holds it: a late detach must not take the volume off another.
      // The sentence is the vendor's: https://github.com/digitalocean/doctl/issues/207
      if (volume.droplet === null || (asked.droplet_id ?? volume.droplet) !== volume.droplet)
        throw invalid("Attachment not found");
      return { kind: "detach", volume: volume.id, droplet: volume.droplet };
    case "resize":
      break;
  }
  if (asked.size_gigabytes <= volume.size_gigabytes)
    throw invalid("size_gigabytes must be larger than the current size: volumes can only be expanded");
  return { kind: "grow", volume: volume.id, size_gigabytes: asked.size_gigabytes };
}

const volumeOf = (c: Context, cloud: Cloud): Volume => found(cloud.volumes.get(param(c, "volume_id")));

const showVolume = ({ droplet, region, ...rest }: Volume) => ({
  ...rest,
  region: showRegion(region),
  droplet_ids: droplet === null ? [] : [droplet],
});
