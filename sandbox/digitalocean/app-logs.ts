import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context, Handler } from "hono";
import { deploymentOf } from "./app-deployments.ts";
import { appOf } from "./apps.ts";
import { componentsOf } from "./app-spec.ts";
import type { Cloud } from "./cloud.ts";
import { activeOf, progressOf } from "./deployments.ts";
import { ApiError, found } from "./errors.ts";
import { operation, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { App, Deployment } from "./service-rows.ts";

const types = ["BUILD", "DEPLOY", "RUN", "RUN_RESTARTED"];

/**
 * Logs are answered as links that need no token, as the vendor does. `live_url` is given only with `follow=true` and is
 * plain HTTP; the vendor's is a websocket.
 */
export const appLogs = (cloud: Cloud): Operation[] => [
  operation("apps_get_logs_active_deployment_aggregate", "GET /v2/apps/:app_id/logs", "app:read", (c) =>
    active(c, cloud),
  ),
  operation(
    "apps_get_logs_active_deployment",
    "GET /v2/apps/:app_id/components/:component/logs",
    "app:read",
    (c) => active(c, cloud),
  ),
  operation(
    "apps_get_logs_aggregate",
    "GET /v2/apps/:app_id/deployments/:deployment_id/logs",
    "app:read",
    (c) => links(c, appOf(c, cloud), deploymentOf(c, cloud)),
  ),
  operation(
    "apps_get_logs",
    "GET /v2/apps/:app_id/deployments/:deployment_id/components/:component/logs",
    "app:read",
    (c) => links(c, appOf(c, cloud), deploymentOf(c, cloud)),
  ),
];

/** Serves what the links lead to; outside of `/v2`, without a token, by the signature in the link. */
export const logFiles =
  (cloud: Cloud): Handler =>
  (c) => {
    const app = found(cloud.apps.get(param(c, "app")));
    const deployment = found(cloud.deployments.get(param(c, "deployment")));
    const given = Buffer.from(c.req.query("signature") ?? "");
    const right = Buffer.from(signature(app, deployment, param(c, "type")));
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw new ApiError("unauthorized");
    return c.text(
      lines(cloud, deployment, param(c, "type"), c.req.query("component")).join("\n").concat("\n"),
    );
  };

const active = (c: Context, cloud: Cloud): Response => {
  const app = appOf(c, cloud);
  return links(c, app, found(activeOf(cloud, app)));
};

function links(c: Context, app: App, deployment: Deployment): Response {
  const type = c.req.query("type") ?? "RUN";
  if (!types.includes(type)) throw new ApiError("bad_request", `type must be one of ${types.join(", ")}`);
  const component = c.req.param("component");
  if (component !== undefined) found(componentsOf(deployment.spec).find((one) => one.name === component));
  const url = new URL(`/-/logs/${app.id}/${deployment.id}/${type}`, c.req.url);
  url.searchParams.set("signature", signature(app, deployment, type));
  if (component !== undefined) url.searchParams.set("component", component);
  return c.json({
    live_url: c.req.query("follow") === "true" ? url.href : "",
    historic_urls: [url.href],
  });
}

const signature = (app: App, deployment: Deployment, type: string): string =>
  createHmac("sha256", Buffer.from(app.key, "hex")).update(`${deployment.id} ${type}`).digest("base64url");

/** `COMPONENT TIME TEXT`, one line for each step that this kind of log is about. */
function lines(cloud: Cloud, deployment: Deployment, type: string, only: string | undefined): string[] {
  const step = progressOf(cloud, deployment).steps.find(
    (one) => one.name === (type === "BUILD" ? "build" : "deploy"),
  );
  if (!step?.started_at || (type.startsWith("RUN") && step.status !== "SUCCESS")) return [];
  const verb = type.startsWith("RUN") ? "started" : step.message_base.toLowerCase();
  const end =
    type.startsWith("RUN") || !step.ended_at ? undefined : (step.reason?.message ?? `${step.name} complete`);
  return componentsOf(deployment.spec)
    .filter(({ name }) => only === undefined || name === only)
    .flatMap(({ name }) => [
      `${name} ${step.started_at} ${verb} ${name}`,
      ...(end === undefined ? [] : [`${name} ${step.ended_at} ${end}`]),
    ]);
}
