import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { found } from "./errors.ts";
import { notifications } from "./monitoring.ts";
import { input, noContent, omit, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { UptimeAlert, UptimeCheck } from "./service-rows.ts";

const regions = ["us_east", "us_west", "eu_west", "se_asia"] as const;
const check = z
  .object({
    name: z.string("name is required").min(1, "name is required"),
    type: z.enum(["ping", "http", "https"]).optional(),
    target: z.string("target is required").min(1, "target is required"),
    regions: z.array(z.enum(regions)).nullish(),
    enabled: z.boolean().default(true),
  })
  .transform((asked) => ({
    ...asked,
    type: asked.type ?? (asked.target.startsWith("https:") ? "https" : "http"),
    // Without regions the vendor picks them: a program that leaves them out has a difference on every run.
    regions: asked.regions?.length ? asked.regions : ["us_east", "eu_west"],
  }));

const alert = z.object({
  name: z.string("name is required").min(1, "name is required"),
  type: z.enum(["latency", "down", "down_global", "ssl_expiry"]),
  threshold: z.number().int().default(0),
  comparison: z.enum(["", "greater_than", "less_than"]).default("greater_than"),
  period: z.enum(["2m", "3m", "5m", "10m", "15m", "30m", "1h"]),
  notifications,
});

export const uptime = (cloud: Cloud): Operation[] => [
  operation("uptime_list_checks", "GET /v2/uptime/checks", "uptime:read", (c) =>
    page(c, "checks", cloud.uptimeChecks.list()),
  ),
  operation("uptime_create_check", "POST /v2/uptime/checks", "uptime:create", async (c) => {
    const id = cloud.uuid();
    return c.json({ check: cloud.uptimeChecks.put(id, { id, ...(await input(c, check)) }) }, 201);
  }),
  operation("uptime_get_check", "GET /v2/uptime/checks/:check_id", "uptime:read", (c) =>
    c.json({ check: checkOf(c, cloud) }),
  ),
  operation("uptime_update_check", "PUT /v2/uptime/checks/:check_id", "uptime:update", async (c) => {
    const { id } = checkOf(c, cloud);
    return c.json({ check: cloud.uptimeChecks.put(id, { id, ...(await input(c, check)) }) });
  }),
  operation("uptime_delete_check", "DELETE /v2/uptime/checks/:check_id", "uptime:delete", (c) => {
    const { id } = checkOf(c, cloud);
    cloud.uptimeChecks.delete(id);
    for (const one of cloud.uptimeAlerts.list((alert) => alert.check === id))
      cloud.uptimeAlerts.delete(one.id);
    return noContent(c);
  }),

  operation("uptime_list_alerts", "GET /v2/uptime/checks/:check_id/alerts", "uptime:read", (c) => {
    const { id } = checkOf(c, cloud);
    return page(c, "alerts", cloud.uptimeAlerts.list((one) => one.check === id).map(showAlert));
  }),
  operation("uptime_create_alert", "POST /v2/uptime/checks/:check_id/alerts", "uptime:create", async (c) => {
    const [id, { id: check }] = [cloud.uuid(), checkOf(c, cloud)];
    const made = cloud.uptimeAlerts.put(id, { id, check, ...(await input(c, alert)) });
    return c.json({ alert: showAlert(made) }, 201);
  }),
  operation("uptime_get_alert", "GET /v2/uptime/checks/:check_id/alerts/:alert_id", "uptime:read", (c) =>
    c.json({ alert: showAlert(alertOf(c, cloud)) }),
  ),
  operation(
    "uptime_update_alert",
    "PUT /v2/uptime/checks/:check_id/alerts/:alert_id",
    "uptime:update",
    async (c) => {
      const { id, check } = alertOf(c, cloud);
      return c.json({
        alert: showAlert(cloud.uptimeAlerts.put(id, { id, check, ...(await input(c, alert)) })),
      });
    },
  ),
  operation(
    "uptime_delete_alert",
    "DELETE /v2/uptime/checks/:check_id/alerts/:alert_id",
    "uptime:delete",
    (c) => {
      cloud.uptimeAlerts.delete(alertOf(c, cloud).id);
      return noContent(c);
    },
  ),
];

const checkOf = (c: Context, cloud: Cloud): UptimeCheck =>
  found(cloud.uptimeChecks.get(param(c, "check_id")));

function alertOf(c: Context, cloud: Cloud): UptimeAlert {
  const row = cloud.uptimeAlerts.get(param(c, "alert_id"));
  return found(row?.check === checkOf(c, cloud).id ? row : undefined);
}

const showAlert = (alert: UptimeAlert) => omit(alert, "check");
