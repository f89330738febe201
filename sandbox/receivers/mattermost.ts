import { z } from "zod";
import type { World } from "../world.ts";
import { keep } from "./messages.ts";
import { parsed, type Said } from "./slack.ts";

const message = z.object({
  text: z.string().max(16_383).optional(),
  channel: z.string().optional(),
  username: z.string().optional(),
  attachments: z.array(z.record(z.string(), z.unknown())).optional(),
  priority: z.object({ priority: z.enum(["", "standard", "important", "urgent"]) }).optional(),
});

const refused = (status: number, id: string, said: string): Said => ({
  status,
  body: { id, message: said, detailed_error: "", request_id: "", status_code: status },
});

/**
 * Mattermost's incoming webhook.
 * @see https://developers.mattermost.com/integrate/webhooks/incoming/
 */
export function mattermost(world: World, known: boolean, body: string): Said {
  if (!known) return refused(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.");
  const payload = parsed(body);
  const checked = message.safeParse(payload);
  if (!payload || !checked.success)
    return refused(400, "web.incoming_webhook.parse.app_error", "Unable to parse incoming data.");
  const { text = "", attachments = [], channel = "town-square", priority } = checked.data;
  if (text === "" && attachments.length === 0)
    return refused(400, "web.incoming_webhook.text.app_error", "No text specified.");
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(channel))
    return refused(404, "web.incoming_webhook.channel.app_error", "Couldn't find the channel.");
  const urgent = priority?.priority === "urgent";
  keep(world, { channel: "mattermost", to: channel, urgent, text, payload });
  return { status: 200, body: "ok" };
}
