import assert from "node:assert/strict";
import { receivers } from "../../../sandbox/receivers/app.ts";
import { receiverKeys } from "../../../sandbox/receivers/keys.ts";
import type { Message } from "../../../sandbox/receivers/messages.ts";
import { memoryWorld } from "../../../sandbox/world.ts";

const token = "0123456789abcdef0123456789abcdef";
const keys = receiverKeys(token);
const now = new Date("2026-11-26T13:00:00Z");

function started() {
  const world = memoryWorld({ now: () => now });
  const app = receivers(world, token);
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.request(path, { method: "POST", body: text, headers });
    return [response.status, await response.text()] as const;
  };
  const arrived = async (): Promise<Message[]> => {
    const answer = (await (await app.request("/messages")).json()) as { messages: Message[] };
    return answer.messages;
  };
  return { world, post, arrived };
}

describe("the sandbox's Slack", () => {
  const hook = `/slack/services/${keys.slack}`;

  it("takes a message as Slack does, and keeps it", async () => {
    const { post, arrived } = started();
    assert.deepEqual(await post(hook, { channel: "#incidents", text: "<!channel> it is down" }), [200, "ok"]);
    const [message] = await arrived();
    assert.deepEqual(
      [message?.channel, message?.to, message?.urgent, message?.text, message?.time],
      ["slack", "#incidents", true, "<!channel> it is down", now.toISOString()],
    );
  });

  const refused: [what: string, path: string, body: unknown, status: number, word: string][] = [
    ["another token", "/slack/services/T/B/x", { text: "x" }, 404, "no_service"],
    ["what is no JSON", hook, "{", 400, "invalid_payload"],
    ["no text", hook, { channel: "#x" }, 400, "no_text"],
    ["a block that is too long", hook, { blocks: [section("x".repeat(3001))] }, 400, "invalid_blocks"],
    ["a block of no known type", hook, { blocks: [{ type: "table-of-mine" }] }, 400, "invalid_blocks"],
    ["a channel that is none", hook, { text: "x", channel: "no channel" }, 404, "channel_not_found"],
  ];
  for (const [what, path, body, status, word] of refused)
    it(`refuses ${what} with ${word}, and keeps nothing`, async () => {
      const { post, arrived } = started();
      assert.deepEqual(await post(path, body), [status, word]);
      assert.deepEqual(await arrived(), []);
    });
});

function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

describe("the sandbox's PagerDuty", () => {
  const event = {
    routing_key: keys.pagerduty,
    event_action: "trigger",
    dedup_key: "prod",
    payload: { summary: "down", source: "erp.example.com", severity: "critical" },
  };

  it("triggers and resolves by the same key, without keeping the routing key", async () => {
    const { post, arrived } = started();
    const [status, body] = await post("/pagerduty/v2/enqueue", event);
    assert.deepEqual(
      [status, JSON.parse(body)],
      [202, { status: "success", message: "Event processed", dedup_key: "prod" }],
    );
    const resolve = { routing_key: keys.pagerduty, event_action: "resolve", dedup_key: "prod" };
    assert.equal((await post("/pagerduty/v2/enqueue", resolve))[0], 202);
    const all = await arrived();
    assert.deepEqual(
      all.map(({ to, urgent }) => [to, urgent]),
      [
        ["trigger", true],
        ["resolve", false],
      ],
    );
    assert.ok(!JSON.stringify(all).includes(keys.pagerduty));
  });

  const refused: [what: string, change: object, error: RegExp][] = [
    ["another service's key", { routing_key: "f".repeat(32) }, /Invalid routing key/],
    ["a key of another length", { routing_key: "f" }, /'routing_key' /],
    ["no summary", { payload: { source: "x", severity: "critical" } }, /'payload\.summary' /],
    ["a severity of one's own", { payload: { ...event.payload, severity: "bad" } }, /'payload\.severity' /],
    ["a resolve without a key", { event_action: "resolve", dedup_key: undefined }, /'dedup_key' /],
  ];
  for (const [what, change, error] of refused)
    it(`refuses ${what}`, async () => {
      const { post } = started();
      const [status, body] = await post("/pagerduty/v2/enqueue", { ...event, ...change });
      const { status: said, errors } = JSON.parse(body) as { status: string; errors: string[] };
      assert.deepEqual([status, said], [400, "invalid event"]);
      assert.match(errors.join(), error);
    });
});

describe("the sandbox's Mattermost", () => {
  const hook = `/mattermost/hooks/${keys.mattermost}`;

  it("takes a message, and refuses what Mattermost refuses", async () => {
    const { post, arrived } = started();
    assert.deepEqual(await post(hook, { text: "deployed", channel: "ops" }), [200, "ok"]);
    assert.deepEqual(
      (await arrived()).map(({ to }) => to),
      ["ops"],
    );
    assert.equal((await post(hook, { channel: "ops" }))[0], 400);
    assert.equal((await post(hook, { text: "x", channel: "#ops" }))[0], 404);
    assert.equal((await post("/mattermost/hooks/other", { text: "x" }))[0], 400);
  });
});

describe("the sandbox's module in Odoo", () => {
  const path = "/odoo/odoo_platform/deployment";
  const headers = {
    "x-platform-timestamp": String(now.getTime() / 1000),
    "x-platform-signature": `sha256=${"a".repeat(64)}`,
  };

  it("takes what is signed and new", async () => {
    const { post, arrived } = started();
    assert.equal((await post(path, { task_id: 7, state: "Deployed" }, headers))[0], 200);
    assert.deepEqual(
      (await arrived()).map(({ text }) => text),
      ["task 7: Deployed"],
    );
    assert.equal((await post(path, { task_id: 7 }))[0], 401);
    const old = { ...headers, "x-platform-timestamp": String(now.getTime() / 1000 - 301) };
    assert.equal((await post(path, { task_id: 7 }, old))[0], 401);
    assert.equal((await post(path, { task_id: 0 }, headers))[0], 400);
  });

  it("does not know a task when it is broken so", async () => {
    const { post, world } = started();
    world.faults.add({ name: "unknown-task" });
    assert.equal((await post("/odoo/odoo_platform/task", { task_id: 7 }, headers))[0], 404);
  });
});

describe("a receiver that is broken", () => {
  const hook = `/slack/services/${keys.slack}`;

  it("answers as it is told to, and only where it is told to", async () => {
    const { post, world } = started();
    world.faults.add({ name: "server-error", vendor: "receivers", match: "/mattermost/" });
    assert.equal((await post(hook, { text: "x" }))[0], 200);
    assert.equal((await post(`/mattermost/hooks/${keys.mattermost}`, { text: "x" }))[0], 500);
    world.faults.add({ name: "rate-limit", vendor: "receivers", times: 1 });
    assert.equal((await post(hook, { text: "x" }))[0], 429);
    assert.equal((await post(hook, { text: "x" }))[0], 200);
  });

  it("says 501 to what it does not serve", async () =>
    assert.equal((await started().post("/elsewhere", {}))[0], 501));
});
