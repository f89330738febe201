import { z } from "zod";
import { getAction, listActions, showAction, start } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { dropletOf } from "./droplets.ts";
import { invalid } from "./errors.ts";
import { input, numberParam, operation } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { isSizeIn, sizeOf } from "./platform.ts";
import type { Change, Droplet } from "./rows.ts";

/** The actions that are served, each with the fields it takes. */
const request = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("rename"), name: z.string().min(1, "Name can't be blank") }),
    z.object({ type: z.literal("resize"), size: z.string(), disk: z.boolean().default(false) }),
    z.object({ type: z.enum(["power_on", "power_off", "shutdown", "reboot", "power_cycle"]) }),
    z.object({
      type: z.enum(["enable_backups", "disable_backups", "enable_ipv6", "enable_private_networking"]),
    }),
  ],
  "You specified an invalid action type.",
);
type Request = z.infer<typeof request>;

export const dropletActions = (cloud: Cloud): Operation[] => [
  operation("dropletActions_list", "GET /v2/droplets/:droplet_id/actions", "droplet:read", (c) => {
    const { id } = dropletOf(c, cloud);
    return listActions(c, cloud, (one) => one.droplet === id);
  }),

  operation("dropletActions_get", "GET /v2/droplets/:droplet_id/actions/:action_id", "droplet:read", (c) => {
    const id = numberParam(c, "droplet_id");
    return getAction(c, cloud, (one) => one.droplet === id);
  }),

  operation("dropletActions_post", "POST /v2/droplets/:droplet_id/actions", "droplet:update", async (c) => {
    const droplet = dropletOf(c, cloud);
    const asked = await input(c, request);
    const action = start(cloud, {
      type: asked.type,
      resource_type: "droplet",
      resource_id: droplet.id,
      subject: String(droplet.id),
      droplet: droplet.id,
      region: droplet.region,
      change: changeOf(droplet, asked),
    });
    return c.json({ action: showAction(action) }, 201);
  }),
];

/** What the action will do, or why it may not. */
function changeOf({ id, status, size, disk, region }: Droplet, asked: Request): Change {
  switch (asked.type) {
    case "rename":
      return { kind: "rename", droplet: id, name: asked.name };
    case "resize":
      if (status !== "off") throw invalid("Droplet must be powered off before it can be resized.");
      if (!isSizeIn(region, asked.size)) throw invalid("You specified an invalid size for Droplet resize.");
      if (asked.size === size) throw invalid("This Droplet is already the size you have selected.");
      // A disk never shrinks, so neither does the droplet that has grown onto it.
      if (sizeOf(asked.size).diskGb < disk)
        throw invalid("This size is not available because it has a smaller disk.");
      return {
        kind: "resize",
        droplet: id,
        size: asked.size,
        disk: asked.disk ? sizeOf(asked.size).diskGb : null,
      };
    case "power_off":
    case "shutdown":
      // The Terraform plugin matches on this sentence and goes on.
      if (status === "off") throw invalid("Droplet is already powered off.");
      return { kind: "power", droplet: id, on: false };
    case "power_on":
      if (status === "active") throw invalid("Droplet is already powered on.");
      return { kind: "power", droplet: id, on: true };
    case "reboot":
    case "power_cycle":
      if (status === "off") throw invalid("Droplet is currently powered off.");
      return { kind: "none" };
    case "enable_backups":
    case "disable_backups":
      return { kind: "feature", droplet: id, feature: "backups", on: asked.type === "enable_backups" };
    case "enable_ipv6":
      return { kind: "feature", droplet: id, feature: "ipv6", on: true };
    case "enable_private_networking":
      break;
  }
  return { kind: "feature", droplet: id, feature: "private_networking", on: true };
}
