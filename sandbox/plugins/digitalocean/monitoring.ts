import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { bool, list, name, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { tags } from "./tags.ts";

const checkInputs: Shape = {
  name: name(),
  target: text({ required: true }),
  type: text({ default: "https", oneOf: ["ping", "http", "https"] }),
  regions: set(text()),
  enabled: bool({ default: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Uptime */
export const uptimeCheck: Resource<DigitalOcean> = {
  inputs: checkInputs,
  create: async (api, wanted) => {
    const { check } = await api.post<{ check: Found }>("/uptime/checks", checkRequest(wanted));
    return { id: String(check["id"]) };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<{ check: Found }>(`/uptime/checks/${segment(id)}`));
    return answer?.check["id"] === undefined ? undefined : fromVendor(checkInputs, answer.check);
  },
  update: async (api, { id, inputs }) => {
    await api.put(`/uptime/checks/${segment(id)}`, checkRequest(inputs));
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/uptime/checks/${segment(id)}`));
  },
};

const checkRequest = (wanted: Properties): Properties => ({
  regions: null,
  ...toVendor(checkInputs, wanted),
});

/** Who is told; the vendor's names for it are in the singular. */
const notifications: Shape = {
  emails: list(text(), { api: "email" }),
  slacks: list(object({ channel: text({ required: true, min: 1 }), url: text({ required: true, min: 1 }) }), {
    api: "slack",
  }),
};

const uptimeAlertInputs: Shape = {
  checkId: text({ required: true, writeOnly: true }),
  name: name(),
  type: text({ required: true, oneOf: ["latency", "down", "down_global", "ssl_expiry"] }),
  threshold: number(),
  comparison: text({ oneOf: ["greater_than", "less_than"] }),
  period: text({ oneOf: ["2m", "3m", "5m", "10m", "15m", "30m", "1h"] }),
  notifications: list(object(notifications), { required: true, single: true }),
};

/** An alert of an uptime check. */
export const uptimeAlert: Resource<DigitalOcean> = {
  inputs: uptimeAlertInputs,
  importId: (id) => {
    const [checkId = "", alert = ""] = id.split(",");
    return { id: alert, state: { checkId } };
  },
  create: async (api, wanted) => {
    const { alert } = await api.post<{ alert: Found }>(alertPath(wanted), uptimeAlertRequest(wanted));
    return { id: String(alert["id"]) };
  },
  read: async (api, id, state) => {
    const answer = await unlessMissing(api.get<{ alert: Found }>(alertPath(state, id)));
    return answer?.alert["id"] === undefined ? undefined : fromVendor(uptimeAlertInputs, answer.alert);
  },
  update: async (api, { id, inputs }) => {
    await api.put(alertPath(inputs, id), uptimeAlertRequest(inputs));
  },
  delete: async (api, id, state) => {
    await unlessMissing(api.delete(alertPath(state, id)));
  },
};

const alertPath = ({ checkId }: Properties, id?: string): string =>
  `/uptime/checks/${segment(checkId)}/alerts${id === undefined ? "" : `/${segment(id)}`}`;

function uptimeAlertRequest(wanted: Properties): Properties {
  const { check_id: _, notifications, ...alert } = toVendor(uptimeAlertInputs, wanted);
  return { ...alert, notifications: { email: [], slack: [], ...(notifications as Properties | undefined) } };
}

const monitorAlertInputs: Shape = {
  type: text({ required: true, min: 1 }),
  compare: text({ required: true, oneOf: ["GreaterThan", "LessThan"] }),
  description: text({ required: true }),
  value: number({ required: true, min: 0 }),
  window: text({ required: true, oneOf: ["5m", "10m", "30m", "1h"] }),
  enabled: bool({ default: true }),
  entities: set(text()),
  alerts: object(notifications, { required: true }),
  tags,
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Monitoring */
export const monitorAlert: Resource<DigitalOcean> = {
  inputs: monitorAlertInputs,
  outputs: ["uuid"],
  create: async (api, wanted) => {
    const { policy } = await api.post<{ policy: Found }>("/monitoring/alerts", monitorRequest(wanted));
    return { id: String(policy["uuid"]) };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<{ policy: Found }>(`/monitoring/alerts/${segment(id)}`));
    if (answer?.policy["uuid"] === undefined) return undefined;
    return { ...fromVendor(monitorAlertInputs, answer.policy), uuid: answer.policy["uuid"] };
  },
  update: async (api, { id, inputs }) => {
    await api.put(`/monitoring/alerts/${segment(id)}`, monitorRequest(inputs));
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/monitoring/alerts/${segment(id)}`));
  },
};

function monitorRequest(wanted: Properties): Properties {
  const { alerts, ...policy } = toVendor(monitorAlertInputs, wanted);
  return { entities: [], tags: [], ...policy, alerts: { email: [], slack: [], ...(alerts as Properties) } };
}

type Found = Properties;
