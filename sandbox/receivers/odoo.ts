import { z } from "zod";
import type { World } from "../world.ts";
import { keep } from "./messages.ts";
import { parsed, type Said } from "./slack.ts";

export interface SignedCall {
  path: string;
  body: string;
  timestamp: string | undefined;
  signature: string | undefined;
}

const task = z.object({ task_id: z.int().min(1) });
const oldestSeconds = 300;

/**
 * What the platform's module in Odoo answers to a signed call. It keeps the signature and does not verify it: the secret is
 * a stack's, and the sandbox knows no stack.
 */
export function odoo(world: World, { path, body, timestamp, signature }: SignedCall): Said {
  const age = Math.abs(world.now().getTime() / 1000 - Number(timestamp ?? Number.NaN));
  const isSigned = /^sha256=[0-9a-f]{64}$/.test(signature ?? "") && age <= oldestSeconds;
  if (!isSigned || signature === undefined || timestamp === undefined)
    return { status: 401, body: { error: "not signed, or too old" } };
  const payload = parsed(body);
  const checked = task.safeParse(payload);
  if (!payload || !checked.success) return { status: 400, body: { error: "no task_id" } };
  const { task_id } = checked.data;
  if (world.faults.hits("unknown-task", "receivers", `POST ${path}`))
    return { status: 404, body: { error: "unknown task", task_id } };
  const state = payload["state"];
  keep(world, {
    channel: "odoo",
    to: path,
    urgent: false,
    text: `task ${task_id}${typeof state === "string" ? `: ${state}` : "?"}`,
    payload,
    signature: { timestamp, value: signature, body },
  });
  return { status: 200, body: path.endsWith("/task") ? { task_id, approved: true } : { task_id } };
}
