import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { list, number, object, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { appSpec } from "./app-spec.ts";
import { setDestinations } from "./app-alerts.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  spec: appSpec,
  projectId: text({ computed: true, replaces: true }),
  dedicatedIps: list(object({ id: text(), ip: text(), status: text() }), { computed: true }),
  deploymentPerPage: number({ default: 20, writeOnly: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Apps */
export const app: Resource<DigitalOcean> = {
  inputs,
  outputs: [
    "activeDeploymentId",
    "appUrn",
    "createdAt",
    "defaultIngress",
    "liveDomain",
    "liveUrl",
    "updatedAt",
  ],
  create: async (api, wanted) => {
    const { app } = await api.post<Answer>("/apps", { spec: spec(wanted), project_id: wanted["projectId"] });
    return { id: app.id };
  },
  settle: async (api, id, wanted) => {
    const answer = await api.get<Answer>(`/apps/${segment(id)}`);
    await deployed(api, answer.app);
    await setDestinations(api, id, wanted["spec"] as Properties);
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/apps/${segment(id)}`));
    if (!answer) return undefined;
    const { app } = answer;
    if (!app.active_deployment)
      api.call.warn(`No active deployment found for app: ${String(app.spec["name"])} (${id})`);
    return {
      ...fromVendor(inputs, { ...app }),
      activeDeploymentId: app.active_deployment?.id ?? "",
      appUrn: `do:app:${app.id}`,
      createdAt: app.created_at,
      updatedAt: app.updated_at,
      defaultIngress: app.default_ingress ?? "",
      liveDomain: app.live_domain ?? "",
      liveUrl: app.live_url ?? "",
    };
  },
  update: async (api, { id, inputs, changed }) => {
    if (!changed.has("spec")) return;
    const request = { spec: spec(inputs), update_all_source_versions: false };
    const { app } = await api.put<Answer>(`/apps/${segment(id)}`, request);
    await deployed(api, app);
    await setDestinations(api, id, inputs["spec"] as Properties);
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/apps/${segment(id)}`));
  },
};

const spec = (wanted: Properties): unknown => toVendor(inputs, wanted)["spec"];

/** Waits for a deployment: the one that an answer names, else the latest. */
async function deployed(api: DigitalOcean, { id, pending_deployment }: App): Promise<void> {
  const path = `/apps/${segment(id)}/deployments`;
  const look = async (): Promise<Deployment | undefined> => {
    if (pending_deployment?.id)
      return (await api.get<{ deployment: Deployment }>(`${path}/${segment(pending_deployment.id)}`))
        .deployment;
    const { deployments } = await api.get<{ deployments: Deployment[] | null }>(`${path}?per_page=20`);
    return deployments?.[0];
  };
  await api.until(`app ${id} is deployed`, async () => {
    const deployment = await look();
    const { steps = [], error_steps = 0 } = deployment?.progress ?? {};
    if (deployment && steps.every(({ status }) => status === "SUCCESS")) return true;
    if (deployment && error_steps > 0)
      throw new Error(
        `error deploying app (${id}) (deployment ID: ${deployment.id}): ${failedSteps(steps) || deployment.phase}`,
      );
    return undefined;
  });
}

const failedSteps = (steps: readonly Step[]): string =>
  steps
    .filter(({ status }) => status === "ERROR")
    .map(({ name, reason }) => [name, reason?.message].filter(Boolean).join(": "))
    .join("; ");

interface Answer {
  readonly app: App;
}

interface App {
  readonly id: string;
  readonly spec: Properties;
  readonly created_at: string;
  readonly updated_at: string;
  readonly default_ingress?: string;
  readonly live_domain?: string;
  readonly live_url?: string;
  readonly active_deployment?: { id: string } | null;
  readonly pending_deployment?: { id: string } | null;
}

interface Deployment {
  readonly id: string;
  readonly phase: string;
  readonly progress?: { steps?: Step[]; error_steps?: number };
}

interface Step {
  readonly name: string;
  readonly status: string;
  readonly reason?: { message?: string };
}
