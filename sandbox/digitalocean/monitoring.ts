import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { found } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { AlertPolicy } from "./service-rows.ts";

/** Where an alert goes; both lists are always answered, because the Terraform plugin reads them unasked. */
export const notifications = z
  .object({
    email: z.array(z.string()).nullish(),
    slack: z.array(z.object({ channel: z.string(), url: z.string() })).nullish(),
  })
  .transform(({ email, slack }) => ({ email: email ?? [], slack: slack ?? [] }));

const metric =
  /^v1\/(insights\/droplet\/(load_1|load_5|load_15|memory_utilization_percent|disk_utilization_percent|cpu|disk_read|disk_write|public_outbound_bandwidth|public_inbound_bandwidth|private_outbound_bandwidth|private_inbound_bandwidth)|insights\/lbaas\/\w+|dbaas\/alerts\/\w+|droplet\/autoscale_alerts\/\w+)$/;

const policy = z.object({
  type: z.string().regex(metric, "is not a known metric"),
  description: z.string().default(""),
  compare: z.enum(["GreaterThan", "LessThan"]),
  value: z.number().min(0),
  window: z.enum(["5m", "10m", "30m", "1h"]),
  entities: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  tags: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  alerts: notifications,
  enabled: z.boolean().default(true),
});

/** Alert policies. They watch nothing here: the sandbox's own `health` does. */
export const monitoring = (cloud: Cloud): Operation[] => [
  operation("monitoring_list_alertPolicy", "GET /v2/monitoring/alerts", "monitoring:read", (c) =>
    page(c, "policies", cloud.alertPolicies.list()),
  ),
  operation("monitoring_create_alertPolicy", "POST /v2/monitoring/alerts", "monitoring:create", async (c) => {
    const uuid = cloud.uuid();
    return c.json({ policy: cloud.alertPolicies.put(uuid, { uuid, ...(await input(c, policy)) }) });
  }),
  operation("monitoring_get_alertPolicy", "GET /v2/monitoring/alerts/:uuid", "monitoring:read", (c) =>
    c.json({ policy: policyOf(c, cloud) }),
  ),
  operation(
    "monitoring_update_alertPolicy",
    "PUT /v2/monitoring/alerts/:uuid",
    "monitoring:update",
    async (c) => {
      const { uuid } = policyOf(c, cloud);
      return c.json({ policy: cloud.alertPolicies.put(uuid, { uuid, ...(await input(c, policy)) }) });
    },
  ),
  operation(
    "monitoring_delete_alertPolicy",
    "DELETE /v2/monitoring/alerts/:uuid",
    "monitoring:delete",
    (c) => {
      cloud.alertPolicies.delete(policyOf(c, cloud).uuid);
      return noContent(c);
    },
  ),
];

const policyOf = (c: Context, cloud: Cloud): AlertPolicy => found(cloud.alertPolicies.get(param(c, "uuid")));
