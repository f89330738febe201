import { Hono } from "hono";
import type { World } from "../world.ts";
import { account } from "./account.ts";
import { answerError, authenticate, breakages, headers, requireScope } from "./access.ts";
import type { Tokens } from "./access.ts";
import { actions, settle } from "./actions.ts";
import { appDeployments } from "./app-deployments.ts";
import { appLogs, logFiles } from "./app-logs.ts";
import { apps } from "./apps.ts";
import { billing } from "./billing.ts";
import { certificates } from "./certificates.ts";
import { Cloud } from "./cloud.ts";
import type { Settle } from "./cloud.ts";
import { databaseParts } from "./database-parts.ts";
import { databases } from "./databases.ts";
import { domainRecords } from "./domain-records.ts";
import { domains } from "./domains.ts";
import { dropletActions } from "./droplet-actions.ts";
import { droplets } from "./droplets.ts";
import { ApiError } from "./errors.ts";
import { firewalls } from "./firewalls.ts";
import { monitoring } from "./monitoring.ts";
import type { Operation } from "./operation.ts";
import { platform } from "./platform.ts";
import { projects } from "./projects.ts";
import { reservedIps } from "./reserved-ips.ts";
import { spacesKeys } from "./spaces-keys.ts";
import { sshKeys } from "./ssh-keys.ts";
import { tags } from "./tags.ts";
import { uptime } from "./uptime.ts";
import { volumes } from "./volumes.ts";
import { vpcs } from "./vpcs.ts";

export interface DigitalOceanOptions extends Tokens {
  /** How long things take, in milliseconds; all 0 in tests that do not want to wait. Defaults in cloud.ts. */
  settle?: Partial<Settle>;
  /** An account that somebody has made already, to look at it or to put machines behind it. */
  cloud?: Cloud;
}

/**
 * DigitalOcean's API v2 as far as the platform uses it: stateful, and faithful enough that the Terraform plugin, godo and
 * doctl work against it unchanged. What is not served answers 501 and is logged, never 404, which clients take for
 * "deleted".
 *
 * @see https://docs.digitalocean.com/reference/api/digitalocean/
 */
export function digitalOcean(
  world: World,
  { settle: times, cloud = new Cloud(world, times), ...tokens }: DigitalOceanOptions,
): Hono {
  const app = new Hono({ strict: false });

  app.use(headers(world.now));
  // Links to logs carry their own signature, as the vendor's do.
  app.get("/-/logs/:app/:deployment/:type", logFiles(cloud));
  app.use(breakages(world.faults), authenticate(tokens));
  app.use(async (c, next) => {
    if (settle(cloud)) await cloud.hardware?.follow();
    await next();
    // In force before the answer goes out: who is told that a port is shut may rely on it.
    if (c.req.method !== "GET") await cloud.hardware?.follow();
  });
  for (const { method, path, scope, handle } of operations(cloud))
    app.on(method, path, requireScope(scope), handle);

  app.notFound((c) => {
    world.log(`digitalocean: not served: ${c.req.method} ${c.req.path}`);
    return answerError(new ApiError("not_implemented"), c);
  });
  app.onError((error, c) => {
    if (!(error instanceof ApiError))
      world.log(`digitalocean: ${c.req.method} ${c.req.path}: ${error.stack}`);
    return answerError(error, c);
  });
  return app;
}

/** Everything that is served. */
export const operations = (cloud: Cloud): Operation[] => [
  ...account(),
  ...platform(),
  ...billing(cloud),
  ...actions(cloud),
  ...sshKeys(cloud),
  ...tags(cloud),
  ...vpcs(cloud),
  ...droplets(cloud),
  ...dropletActions(cloud),
  ...volumes(cloud),
  ...reservedIps(cloud),
  ...firewalls(cloud),
  ...projects(cloud),
  ...domains(cloud),
  ...domainRecords(cloud),
  ...certificates(cloud),
  ...databases(cloud),
  ...databaseParts(cloud),
  ...apps(cloud),
  ...appDeployments(cloud),
  ...appLogs(cloud),
  ...monitoring(cloud),
  ...uptime(cloud),
  ...spacesKeys(cloud),
];
