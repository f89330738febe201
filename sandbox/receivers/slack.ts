import { z } from "zod";
import type { World } from "../world.ts";
import { keep } from "./messages.ts";

/** An answer of a receiver: most tell in a word of plain text. */
export interface Said {
  status: number;
  body: string | object;
}

const text = z.object({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string().min(1).max(3000) });
/** https://docs.slack.dev/reference/block-kit/blocks, as far as an incoming webhook's messages use them. */
const block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text: text.extend({ text: z.string().min(1).max(150) }) }),
  z.object({
    type: z.literal("section"),
    text: text.optional(),
    fields: z
      .array(text.extend({ text: z.string().min(1).max(2000) }))
      .max(10)
      .optional(),
  }),
  z.object({ type: z.literal("context"), elements: z.array(text).min(1).max(10) }),
  z.object({ type: z.literal("divider") }),
  z.object({
    type: z.literal("actions"),
    elements: z
      .array(z.object({ type: z.string() }))
      .min(1)
      .max(25),
  }),
]);
const message = z.object({
  text: z.string().max(40_000).optional(),
  channel: z.string().optional(),
  blocks: z.array(z.unknown()).max(50).optional(),
  attachments: z.array(z.record(z.string(), z.unknown())).max(100).optional(),
});

/**
 * Slack's incoming webhook, with its words for what is wrong.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 */
export function slack(world: World, known: boolean, body: string): Said {
  if (!known) return { status: 404, body: "no_service" };
  const payload = parsed(body);
  const checked = message.safeParse(payload);
  if (!payload || !checked.success) return { status: 400, body: "invalid_payload" };
  const { text: said, blocks = [], attachments = [], channel = "#general" } = checked.data;
  if (!said && blocks.length === 0 && attachments.length === 0) return { status: 400, body: "no_text" };
  if (!z.array(block).safeParse(blocks).success) return { status: 400, body: "invalid_blocks" };
  if (!/^[#@][\w-]+$/.test(channel)) return { status: 404, body: "channel_not_found" };
  keep(world, {
    channel: "slack",
    to: channel,
    urgent: body.includes("<!channel>"),
    text: said ?? "",
    payload,
  });
  return { status: 200, body: "ok" };
}

/** A JSON object, or undefined. */
export function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
