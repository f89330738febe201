import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import { appSizes } from "../../catalog/app-sizes.ts";
import { regions } from "../../catalog/regions.ts";
import { componentsOf, parseSpec, sealSecrets } from "./app-spec.ts";
import type { Cloud } from "./cloud.ts";
import { activeOf, deploy, deploymentsOf, isUnderWay, phaseOf, showDeployment } from "./deployments.ts";
import { ApiError, found } from "./errors.ts";
import { input, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { assignToDefault, projectOf, release } from "./projects.ts";
import type { App, AppSpec } from "./service-rows.ts";

const body = z.object({ spec: z.unknown(), project_id: z.string().optional() });
const destinations = z.object({
  emails: z.array(z.string()).nullish(),
  slack_webhooks: z.array(z.unknown()).nullish(),
});

export const apps = (cloud: Cloud): Operation[] => [
  operation("apps_list_instanceSizes", "GET /v2/apps/tiers/instance_sizes", "app:read", (c) =>
    c.json({ instance_sizes: Object.keys(appSizes).map(showSize) }),
  ),
  operation("apps_get_instanceSize", "GET /v2/apps/tiers/instance_sizes/:slug", "app:read", (c) => {
    const slug = param(c, "slug");
    return c.json({ instance_size: showSize(found(Object.hasOwn(appSizes, slug) ? slug : undefined)) });
  }),
  operation("apps_list_regions", "GET /v2/apps/regions", "app:read", (c) =>
    c.json({ regions: appRegions.map(showRegion) }),
  ),

  operation("apps_list", "GET /v2/apps", "app:read", (c) =>
    page(
      c,
      "apps",
      cloud.apps.list().map((one) => showApp(cloud, one)),
    ),
  ),

  operation("apps_create", "POST /v2/apps", "app:create", async (c) => {
    const asked = await input(c, body);
    const spec = parseSpec(asked.spec);
    refuseTaken(cloud, spec.name);
    const [id, key, now] = [cloud.uuid(), randomBytes(32).toString("hex"), cloud.timestamp()];
    const host = `${spec.name}-${key.slice(0, 5)}.ondigitalocean.app`;
    const sealed = sealSecrets(spec, key);
    assignToDefault(cloud, `do:app:${id}`, asked.project_id);
    const app: App = {
      id,
      spec: sealed,
      host,
      key,
      pinned: null,
      alerts: alerts(cloud, sealed, []),
      created_at: now,
      updated_at: now,
    };
    cloud.apps.put(id, app);
    deploy(cloud, app, sealed, "initial deployment");
    return c.json({ app: showApp(cloud, app) });
  }),

  operation("apps_get", "GET /v2/apps/:app_id", "app:read", (c) =>
    c.json({ app: showApp(cloud, appOf(c, cloud)) }),
  ),

  operation("apps_update", "PUT /v2/apps/:app_id", "app:update", async (c) => {
    const app = appOf(c, cloud);
    refusePinned(app);
    const spec = parseSpec((await input(c, body)).spec);
    if (spec.name !== app.spec.name) refuseTaken(cloud, spec.name);
    const sealed = sealSecrets(spec, app.key);
    const edited = {
      ...app,
      spec: sealed,
      alerts: alerts(cloud, sealed, app.alerts),
      updated_at: cloud.timestamp(),
    };
    cloud.apps.put(app.id, edited);
    // Every update deploys, also one that changes nothing: the vendor cannot compare what it has sealed.
    deploy(cloud, edited, sealed, "app spec updated");
    return c.json({ app: showApp(cloud, edited) });
  }),

  operation("apps_delete", "DELETE /v2/apps/:app_id", "app:delete", (c) => {
    const app = appOf(c, cloud);
    for (const { id } of deploymentsOf(cloud, app)) cloud.deployments.delete(id);
    cloud.apps.delete(app.id);
    release(cloud, `do:app:${app.id}`);
    return c.json({ id: app.id });
  }),

  operation("apps_list_alerts", "GET /v2/apps/:app_id/alerts", "app:read", (c) =>
    c.json({ alerts: appOf(c, cloud).alerts.map(showAlert) }),
  ),
  operation(
    "apps_assign_alertDestinations",
    "POST /v2/apps/:app_id/alerts/:alert_id/destinations",
    "app:update",
    async (c) => {
      const app = appOf(c, cloud);
      const present = found(app.alerts.find((one) => one.id === param(c, "alert_id")));
      const asked = await input(c, destinations);
      const alert = { ...present, emails: asked.emails ?? [], slack_webhooks: asked.slack_webhooks ?? [] };
      cloud.apps.put(app.id, {
        ...app,
        alerts: app.alerts.map((one) => (one.id === alert.id ? alert : one)),
      });
      return c.json({ alert: showAlert(alert) });
    },
  ),
];

/** The app that the path names, or 404. */
export const appOf = (c: Context, cloud: Cloud): App => found(cloud.apps.get(param(c, "app_id")));

/** A rollback holds the app until it is committed or reverted. */
export function refusePinned(app: App): void {
  if (app.pinned !== null)
    throw new ApiError(
      "conflict",
      "app is pinned to a rollback deployment: commit or revert the rollback first",
    );
}

/** An app as the vendor shows it. */
function showApp(cloud: Cloud, app: App) {
  const { id, spec, host, pinned, created_at, updated_at } = app;
  const all = deploymentsOf(cloud, app);
  const active = activeOf(cloud, app);
  const next = all.find((one) => isUnderWay(cloud, one));
  const isPending = next !== undefined && phaseOf(cloud, next).startsWith("PENDING_BUILD");
  const held = pinned === null ? undefined : cloud.deployments.get(pinned);
  const primary = spec.domains?.find((one) => one.type === "PRIMARY") ?? spec.domains?.[0];
  const live = primary?.domain ?? host;
  return {
    id,
    owner_uuid: "b6f189dbf6d9156cace5f3c78dc9851d957381ef",
    spec,
    created_at,
    updated_at,
    last_deployment_created_at: all[0]?.created_at ?? created_at,
    project_id: projectOf(cloud, `do:app:${id}`),
    tier_slug: "basic",
    region: showRegion(appRegions.find((slug) => spec.region?.startsWith(slug)) ?? "nyc"),
    domains: (spec.domains ?? []).map((domain) => showDomain(domain, active !== undefined)),
    ...(active && {
      active_deployment: showDeployment(cloud, active),
      default_ingress: `https://${host}`,
      live_url: `https://${live}`,
      live_url_base: `https://${live}`,
      live_domain: live,
    }),
    ...(next && {
      [isPending ? "pending_deployment" : "in_progress_deployment"]: showDeployment(cloud, next),
    }),
    ...(held && { pinned_deployment: showDeployment(cloud, held) }),
  };
}

function refuseTaken(cloud: Cloud, name: string): void {
  if (cloud.apps.find((one) => one.spec.name === name))
    throw new ApiError("conflict", `app name "${name}" is already in use`);
}

/** One for each rule of the spec; where it stays, so do its destinations. */
const alerts = (cloud: Cloud, spec: AppSpec, present: App["alerts"]): App["alerts"] =>
  [
    ...(spec.alerts ?? []).map((rule) => ({ rule, component: "" })),
    ...componentsOf(spec).flatMap(({ name, alerts }) =>
      (alerts ?? []).map((rule) => ({ rule, component: name })),
    ),
  ].map(({ rule, component }) => {
    const old = present.find((one) => one.component === component && one.spec.rule === rule.rule);
    if (old) return { ...old, spec: rule };
    return { id: cloud.uuid(), component, spec: rule, emails: [], slack_webhooks: [] };
  });

const showAlert = ({ component, ...alert }: App["alerts"][number]) => ({
  ...alert,
  phase: "ACTIVE",
  component_name: component,
});

const showDomain = (spec: { domain: string }, isLive: boolean) => ({
  id: spec.domain,
  spec,
  phase: isLive ? "ACTIVE" : "CONFIGURING",
});

const appRegions = [...new Set(Object.values(regions).map((one) => one.app))];

function showRegion(slug: string) {
  const centers = Object.entries(regions).filter(([, one]) => one.app === slug);
  return {
    slug,
    label: centers[0]?.[1].city ?? slug,
    data_centers: centers.map(([center]) => center),
    disabled: false,
  };
}

function showSize(slug: string) {
  const { vcpus, memoryMb, scalable, usdPerMonth } = appSizes[slug as keyof typeof appSizes];
  return {
    slug,
    name: slug,
    cpu_type: slug.startsWith("apps-d-") ? "DEDICATED" : "SHARED",
    cpus: String(vcpus),
    memory_bytes: String(memoryMb * 1024 * 1024),
    usd_per_month: usdPerMonth.toFixed(2),
    usd_per_second: (usdPerMonth / (28 * 24 * 3600)).toFixed(10),
    tier_slug: "basic",
    single_instance_only: !scalable,
    scalable: slug.startsWith("apps-d-"),
  };
}
