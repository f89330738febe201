import type { Context } from "hono";
import { z } from "zod";
import { appOf, refusePinned } from "./apps.ts";
import { componentsOf } from "./app-spec.ts";
import type { Cloud } from "./cloud.ts";
import { deploy, deploymentsOf, isUnderWay, phaseOf, showDeployment } from "./deployments.ts";
import { ApiError, found, invalid } from "./errors.ts";
import { input, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { App, Deployment } from "./service-rows.ts";

const request = z.object({
  deployment_id: z.string("deployment_id is required"),
  skip_pin: z.boolean().default(false),
});

/** Deployments of an app, and the way back to an earlier one. */
export const appDeployments = (cloud: Cloud): Operation[] => [
  operation("apps_list_deployments", "GET /v2/apps/:app_id/deployments", "app:read", (c) =>
    page(
      c,
      "deployments",
      deploymentsOf(cloud, appOf(c, cloud)).map((one) => showDeployment(cloud, one)),
    ),
  ),

  operation("apps_create_deployment", "POST /v2/apps/:app_id/deployments", "app:update", (c) => {
    const app = appOf(c, cloud);
    refusePinned(app);
    return answer(c, cloud, deploy(cloud, app, app.spec, "manual"));
  }),

  operation("apps_get_deployment", "GET /v2/apps/:app_id/deployments/:deployment_id", "app:read", (c) =>
    answer(c, cloud, deploymentOf(c, cloud)),
  ),

  operation(
    "apps_cancel_deployment",
    "POST /v2/apps/:app_id/deployments/:deployment_id/cancel",
    "app:update",
    (c) => {
      const deployment = deploymentOf(c, cloud);
      if (!isUnderWay(cloud, deployment)) throw invalid("deployment is not in progress");
      return answer(c, cloud, cloud.deployments.put(deployment.id, { ...deployment, ended: "CANCELED" }));
    },
  ),

  operation("apps_create_rollback", "POST /v2/apps/:app_id/rollback", "app:update", async (c) => {
    const app = appOf(c, cloud);
    const { deployment_id, skip_pin } = await input(c, request);
    const target = targetOf(cloud, app, deployment_id);
    const { error } = verdict(cloud, app, target);
    if (error) throw invalid(error.message);
    const made = deploy(cloud, app, target.spec, "rollback", target);
    // Until it is committed the app's own spec stays what it was, so that a revert can go back to it.
    cloud.apps.put(app.id, skip_pin ? { ...app, spec: target.spec } : { ...app, pinned: made.id });
    return answer(c, cloud, made);
  }),

  operation("apps_validate_rollback", "POST /v2/apps/:app_id/rollback/validate", "app:update", async (c) => {
    const app = appOf(c, cloud);
    const { deployment_id } = await input(c, request);
    return c.json(verdict(cloud, app, targetOf(cloud, app, deployment_id)));
  }),

  operation("apps_commit_rollback", "POST /v2/apps/:app_id/rollback/commit", "app:update", (c) => {
    const app = appOf(c, cloud);
    cloud.apps.put(app.id, {
      ...app,
      spec: pinnedOf(cloud, app).spec,
      pinned: null,
      updated_at: cloud.timestamp(),
    });
    return c.json({});
  }),

  operation("apps_revert_rollback", "POST /v2/apps/:app_id/rollback/revert", "app:update", (c) => {
    const app = appOf(c, cloud);
    pinnedOf(cloud, app);
    const free = cloud.apps.put(app.id, { ...app, pinned: null });
    return answer(c, cloud, deploy(cloud, free, free.spec, "revert rollback"));
  }),
];

/** The deployment that the path names, of the app that it names, or 404. */
export const deploymentOf = (c: Context, cloud: Cloud): Deployment =>
  targetOf(cloud, appOf(c, cloud), param(c, "deployment_id"));

function targetOf(cloud: Cloud, app: App, id: string): Deployment {
  const deployment = cloud.deployments.get(id);
  return found(deployment?.app === app.id ? deployment : undefined);
}

function pinnedOf(cloud: Cloud, { pinned }: App): Deployment {
  const deployment = pinned === null ? undefined : cloud.deployments.get(pinned);
  if (!deployment) throw new ApiError("precondition_failed", "app has no rollback in progress");
  return deployment;
}

/** How many earlier deployments a paid tier can go back to. */
const revisions = 10;

/** Whether an app can go back to a deployment, and what is not ideal about it. */
function verdict(cloud: Cloud, app: App, target: Deployment) {
  const error = failing(cloud, app, target);
  if (error) return { valid: false, error };
  const loose = componentsOf(target.spec).filter((one) => one.image && !one.image.digest);
  if (loose.length === 0) return { valid: true };
  const warning = {
    code: "image_source_missing_digest",
    message:
      "one or more components are missing an image digest and are not guaranteed rollback to the old version.",
    components: loose.map((one) => one.name),
  };
  return { valid: true, warnings: [warning] };
}

function failing(cloud: Cloud, app: App, target: Deployment): { code: string; message: string } | undefined {
  if (app.pinned !== null)
    return { code: "app_pinned", message: "a rollback is already in progress and the app is pinned" };
  if (isUnderWay(cloud, target))
    return {
      code: "incompatible_phase",
      message: `deployment phase "${phaseOf(cloud, target)}" is unsuitable for rollback`,
    };
  if (target.ended || target.fails)
    return { code: "incompatible_result", message: 'deployment result "failed" is unsuitable for rollback' };
  if (target.spec.region !== app.spec.region)
    return {
      code: "region_conflict",
      message: "the deployment's region differs from the current app region",
    };
  const age = deploymentsOf(cloud, app).findIndex((one) => one.id === target.id);
  if (age > revisions)
    return {
      code: "exceeded_revision_limit",
      message: `the deployment is past the maximum historical revision limit of ${revisions} for the "basic" app tier`,
    };
  return undefined;
}

const answer = (c: Context, cloud: Cloud, deployment: Deployment): Response =>
  c.json({ deployment: showDeployment(cloud, deployment) });
