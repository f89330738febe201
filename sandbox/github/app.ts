import { Hono } from "hono";
import { etag } from "hono/etag";
import { randomBytes } from "node:crypto";
import type { World } from "../world.ts";
import { authenticate, hourlyLimit } from "./access.ts";
import { Call, type Env } from "./call.ts";
import { graphQL } from "./graphql/app.ts";
import { Hub } from "./hub.ts";
import { faulty, quotaHeaders, Quotas } from "./limits.ts";
import type { Answer, Operation } from "./operation.ts";
import type { GitHubOptions } from "./options.ts";
import { Refusal } from "./refusals.ts";
import { packages } from "./packages.ts";
import { operations } from "./rest/operations.ts";
import { seed } from "./seed.ts";

/**
 * The emulated GitHub: REST under `/api/v3` (Enterprise Server's place, where the official plugin and go-github look)
 * and under the root (where Octokit looks), GraphQL at `/api/graphql` and `/graphql`. What is not served answers 501
 * and leaves a line in the world's log; a 404 always means that the thing does not exist.
 */
export function gitHub(world: World, options: GitHubOptions): Hono<Env> {
  const app = new Hono<Env>();
  const quotas = new Quotas(world.now);

  // ghcr.io is a host of its own, with its own log-in.
  app.route("/", packages(world, options));

  // Where the API sends those who ask for logs and artifacts: no token goes there.
  app.get(
    "/_downloads/:key",
    ({ req }) => options.runner?.downloads.take(req.param("key")) ?? new Response("", { status: 404 }),
  );

  app.use(async (context, next) => {
    const hub = new Hub(world, options, new URL(context.req.url).origin);
    seed(hub);
    context.set("hub", hub);
    await next();
    context.header("X-GitHub-Request-Id", randomBytes(16).toString("hex").toUpperCase());
    context.header("X-GitHub-Media-Type", "github.v3; format=json");
    context.header("X-GitHub-Api-Version-Selected", "2022-11-28");
  });
  app.use(faulty(world));
  app.use(async (context, next) => {
    const actor = authenticate(context.get("hub"), context.req.header("authorization"));
    context.set("actor", actor);
    const free = context.req.path.endsWith("/rate_limit");
    const limit = hourlyLimit(options, actor.token);
    const quota = quotas.spend(actor.token?.value ?? "", limit, free ? 0 : 1);
    context.set("quota", quota);
    const headers = { ...quotaHeaders(quota), ...actor.headers };
    if (quota.used > limit) throw new Refusal("rate-limit", { headers });
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });
  app.use(etag({ weak: true }));

  for (const operation of Object.values(operations).sort(closestFirst)) {
    const method = operation.route.slice(0, operation.route.indexOf(" "));
    for (const path of paths(operation))
      app.on(method, [path, `/api/v3${path}`], async (context) => {
        const call = new Call(context);
        const aboutRepository = operation.route.includes("{repo}");
        call.actor.demand(operation.needs, aboutRepository ? call.repository : undefined);
        return respond(await operation.answer(call));
      });
  }
  for (const path of ["/graphql", "/api/graphql"])
    app.post(path, async (context) => {
      const call = new Call(context);
      return respond(await graphQL(call));
    });

  app.notFound((context) => {
    const request = `${context.req.method} ${context.req.path}`;
    world.log(`github: not served: ${request}`);
    return respond(
      new Refusal("not-served", { message: `The emulated GitHub does not serve ${request}` }).answer,
    );
  });
  app.onError((error) => {
    if (error instanceof Refusal) return respond(error.answer);
    world.log(`github: bug: ${error.stack ?? error.message}`);
    return respond(new Refusal("server-error").answer);
  });
  return app;
}

// Hono lets the first route that matches answer: `/user/repos` must stand before `/user/{account_id}`, and
// `commits/{ref}/status` before `commits/{ref}`, whose ref may hold slashes.
function closestFirst({ route: one }: Operation, { route: other }: Operation): number {
  return one.split("{").length - other.split("{").length || other.length - one.length;
}

/** The places where Hono looks for an operation: GitHub serves all of a repository under its number too. */
function paths(operation: Operation): string[] {
  const path = operation.route.slice(operation.route.indexOf(" ") + 1);
  const forms = [path, path.replace("/repos/{owner}/{repo}", "/repositories/{repository_id}")];
  // Refs and paths of files hold slashes; the path of the root folder may be left out.
  return [...new Set(forms)].map((form) =>
    form
      .replace("/{path}", "/:path{.*}?")
      .replace("{ref}", ":ref{.+}")
      .replace(/\{(\w+)\}/g, ":$1"),
  );
}

function respond({ status, body, headers }: Answer): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { ...(body !== undefined && { "Content-Type": "application/json; charset=utf-8" }), ...headers },
  });
}
