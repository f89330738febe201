import { createHmac, randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Hub } from "./hub.ts";
import type { Delivery, Webhook } from "./rows/webhooks.ts";

/** How long GitHub waits for a receiver (https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks). */
const timeoutMs = 10_000;

/** Sends one event to one webhook in the background, and records how it went. It is tried once, as GitHub does. */
export function send(hub: Hub, hook: Webhook, event: string, payload: Record<string, unknown>): void {
  launch(hub, hook, { guid: randomUUID(), event, payload, redelivery: false });
}

/** Sends a recorded delivery again, under its old GUID. */
export function redeliver(hub: Hub, hook: Webhook, delivery: Delivery): void {
  const { guid, event } = delivery;
  launch(hub, hook, { guid, event, payload: delivery.request.payload, redelivery: true });
}

interface Message {
  guid: string;
  event: string;
  payload: Record<string, unknown>;
  redelivery: boolean;
}

function launch(hub: Hub, hook: Webhook, message: Message): void {
  deliver(hub, hook, message).catch((error: unknown) => {
    hub.world.log(`github: bug: delivery ${message.guid}: ${String(error)}`);
  });
}

async function deliver(hub: Hub, hook: Webhook, message: Message): Promise<void> {
  const { webhooks, deliveries } = hub.tables;
  const { body, headers } = request(hook, message);
  const delivered_at = hub.world.now().toISOString();
  const started = performance.now();
  const answer = await post(hook.config.url, headers, body, hub.options.webhookTimeoutMs ?? timeoutMs);
  const action = message.payload["action"];
  const id = hub.nextId();
  deliveries.put(id, {
    id,
    hook: hook.id,
    guid: message.guid,
    delivered_at,
    redelivery: message.redelivery,
    duration: Math.round(performance.now() - started) / 1000,
    status: answer.status,
    status_code: answer.code,
    event: message.event,
    action: typeof action === "string" ? action : null,
    repository: hook.repository,
    url: hook.config.url,
    request: { headers, payload: message.payload },
    response: { headers: answer.headers, payload: answer.body },
  });
  const now = webhooks.get(hook.id);
  const last_response = {
    code: answer.code || null,
    status: answer.code >= 200 && answer.code < 300 ? "active" : "failed",
    message: answer.status,
  };
  if (now) webhooks.put(hook.id, { ...now, last_response });
  hub.world.log(`github: delivered ${message.event} to hook ${hook.id}: ${answer.code} ${answer.status}`);
}

// https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
function request(hook: Webhook, message: Message): { body: string; headers: Record<string, string> } {
  const json = JSON.stringify(message.payload);
  const form = hook.config.content_type === "form";
  const body = form ? new URLSearchParams({ payload: json }).toString() : json;
  const sign = (algorithm: string): string =>
    `${algorithm}=${createHmac(algorithm, hook.config.secret ?? "")
      .update(body)
      .digest("hex")}`;
  const headers = {
    Accept: "*/*",
    "User-Agent": "GitHub-Hookshot/0000000",
    "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json",
    "X-GitHub-Delivery": message.guid,
    "X-GitHub-Event": message.event,
    "X-GitHub-Hook-ID": String(hook.id),
    "X-GitHub-Hook-Installation-Target-ID": String(hook.repository),
    "X-GitHub-Hook-Installation-Target-Type": "repository",
    ...(hook.config.secret !== undefined && {
      "X-Hub-Signature": sign("sha1"),
      "X-Hub-Signature-256": sign("sha256"),
    }),
  };
  return { body, headers };
}

interface Answered {
  code: number;
  status: string;
  headers: Record<string, string>;
  body: string;
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  timeout: number,
): Promise<Answered> {
  if (!isInside(url)) return { code: 0, status: "not sent: outside the sandbox", headers: {}, body: "" };
  try {
    const signal = AbortSignal.timeout(timeout);
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    const status = answer.ok ? "OK" : `Invalid HTTP Response: ${answer.status}`;
    return {
      code: answer.status,
      status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    };
  } catch (error) {
    const status = (error as Error).name === "TimeoutError" ? "timed out" : "failed to connect to host";
    return { code: 0, status, headers: {}, body: "" };
  }
}

/** This machine, and names that no resolver of the world knows (RFC 6761): the sandbox writes to nobody else. */
function isInside(url: string): boolean {
  const { hostname } = new URL(url);
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) || hostname.endsWith(".test");
}
