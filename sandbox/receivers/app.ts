import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import type { World } from "../world.ts";
import { receiverKeys } from "./keys.ts";
import { mattermost } from "./mattermost.ts";
import { messages } from "./messages.ts";
import { odoo } from "./odoo.ts";
import { pagerduty } from "./pagerduty.ts";
import { slack, type Said } from "./slack.ts";

/** No client waits for it; a socket that is cut ends it. */
const foreverMs = 600_000;

/**
 * Whoever the platform tells of its deployments, as real HTTP servers: Slack's and Mattermost's incoming webhooks, PagerDuty's
 * Events API, and the platform's module in Odoo. What has arrived is kept; `GET /messages` lists it.
 *
 * @param token at least 32 characters
 */
export function receivers(world: World, token: string): Hono {
  const app = new Hono();
  const keys = receiverKeys(token);
  app.use(async (context, next) => {
    const request = `${context.req.method} ${context.req.path}`;
    if (context.req.method !== "POST") return await next();
    if (world.faults.hits("no-answer", "receivers", request))
      await sleep(foreverMs, undefined, { ref: false });
    await world.faults.delay("receivers", request);
    if (world.faults.hits("server-error", "receivers", request)) return context.text("server_error", 500);
    if (world.faults.hits("rate-limit", "receivers", request)) {
      context.header("Retry-After", "1");
      return context.text("rate_limited", 429);
    }
    return await next();
  });
  app.post("/slack/services/:key{.+}", async ({ req }) => {
    const known =
      req.param("key") === keys.slack && !world.faults.hits("expired-token", "receivers", req.path);
    return respond(slack(world, known, await req.text()));
  });
  app.post("/mattermost/hooks/:key", async ({ req }) =>
    respond(mattermost(world, req.param("key") === keys.mattermost, await req.text())),
  );
  app.post("/pagerduty/v2/enqueue", async ({ req }) =>
    respond(pagerduty(world, keys.pagerduty, await req.text())),
  );
  app.post("/odoo/odoo_platform/:what{deployment|task}", async ({ req }) =>
    respond(
      odoo(world, {
        path: `/odoo_platform/${req.param("what")}`,
        body: await req.text(),
        timestamp: req.header("x-platform-timestamp"),
        signature: req.header("x-platform-signature"),
      }),
    ),
  );
  app.get("/messages", (context) => context.json({ messages: messages(world).list() }));
  app.notFound(({ req }) => {
    world.log(`receivers: not served: ${req.method} ${req.path}`);
    return new Response("not served", { status: 501 });
  });
  return app;
}

const respond = ({ status, body }: Said): Response =>
  typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status });
