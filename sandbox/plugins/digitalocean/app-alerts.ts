import type { Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";

/** Says who is told of an app's alerts. Alerts are found by their rule, whichever component has them. */
export async function setDestinations(api: DigitalOcean, app: string, spec: Properties): Promise<void> {
  const declared = alertsOf(spec).filter(({ destinations }) => destinations !== undefined);
  if (declared.length === 0) return;
  const path = `/apps/${segment(app)}/alerts`;
  const { alerts } = await api.get<{ alerts: { id: string; spec: { rule: string } }[] | null }>(path);
  for (const { rule, destinations } of declared)
    for (const alert of alerts ?? [])
      if (alert.spec.rule === rule)
        await api.post(`${path}/${segment(alert.id)}/destinations`, {
          emails: destinations?.["emails"] ?? [],
          slack_webhooks: destinations?.["slackWebhooks"] ?? [],
        });
}

function alertsOf(spec: Properties): Alert[] {
  const components = ["services", "workers", "jobs"].flatMap(
    (kind) => (spec[kind] as Properties[] | undefined) ?? [],
  );
  return [spec, ...components].flatMap(({ alerts }) => (alerts as Alert[] | undefined) ?? []);
}

interface Alert {
  readonly rule: string;
  readonly destinations?: Properties;
}
