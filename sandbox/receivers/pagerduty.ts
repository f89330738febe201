import { z } from "zod";
import type { World } from "../world.ts";
import { keep } from "./messages.ts";
import { parsed, type Said } from "./slack.ts";

const details = z.object({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(["critical", "warning", "error", "info"]),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.unknown().optional(),
});
const common = {
  routing_key: z.string().length(32),
  client: z.string().optional(),
  client_url: z.url().optional(),
  links: z.array(z.object({ href: z.url(), text: z.string().optional() })).optional(),
};
const event = z.discriminatedUnion("event_action", [
  z.object({
    ...common,
    event_action: z.literal("trigger"),
    dedup_key: z.string().max(255).optional(),
    payload: details,
  }),
  z.object({ ...common, event_action: z.enum(["acknowledge", "resolve"]), dedup_key: z.string().max(255) }),
]);

/**
 * PagerDuty's Events API v2.
 * @param key the routing key of the one service that there is
 * @see https://developer.pagerduty.com/docs/send-alert-event
 */
export function pagerduty(world: World, key: string, body: string): Said {
  const payload = parsed(body);
  const checked = event.safeParse(payload);
  const errors = checked.success
    ? checked.data.routing_key === key
      ? []
      : ["Invalid routing key"]
    : checked.error.issues.map(({ path, message }) => `'${path.join(".")}' ${message}`);
  if (!payload || !checked.success || errors.length > 0)
    return { status: 400, body: { status: "invalid event", message: "Event object is invalid", errors } };
  const dedup_key = checked.data.dedup_key ?? String(world.store.nextId());
  const trigger = checked.data.event_action === "trigger" ? checked.data.payload : undefined;
  keep(world, {
    channel: "pagerduty",
    to: checked.data.event_action,
    urgent: trigger?.severity === "critical",
    text: trigger?.summary ?? dedup_key,
    payload: { ...payload, routing_key: "R…", dedup_key },
  });
  return { status: 202, body: { status: "success", message: "Event processed", dedup_key } };
}
