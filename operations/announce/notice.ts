import type { Settings } from "../../settings/schema.ts";
import { redactor } from "../redact.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { chatsOf, mailTo } from "./channels.ts";
import type { Message } from "./message.ts";
import { tellPagerduty } from "./pagerduty.ts";
import { type Tell, tellAll, type Told } from "./tell-all.ts";

/** Something about a platform that is no deployment: it is not well in one respect, or is so again. */
export interface Notice {
  /** What it is about: the same name finds the same alarm again. */
  topic: "backups";
  state: "broken" | "urgent" | "well";
  title: string;
  /** One sentence. */
  summary: string;
  facts: [name: string, value: string][];
  links: { text: string; url: string }[];
}

const mostMs = 10_000;

/** Tells every channel that the stack's deployments are told by, all at once. Never throws; what is told holds no secret. */
export async function tellNotice(
  reading: PlatformReading,
  settings: Settings,
  notice: Notice,
  signal: AbortSignal,
): Promise<Told[]> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  const cover = redactor(reading.secrets.values());
  const summary = await cover(notice.summary);
  const facts = await Promise.all(
    notice.facts.map(async ([name, value]): Promise<[string, string]> => [name, await cover(value)]),
  );
  return await tellAll(channelsOfNotice(reading, settings, { ...notice, summary, facts }), bounded);
}

function channelsOfNotice(
  reading: PlatformReading,
  settings: Settings,
  notice: Notice,
): Record<string, Tell> {
  const { title, summary, facts, links, state } = notice;
  const message: Message = { title, summary, facts, links, urgent: state === "urgent", incident: true };
  const channels = {
    ...chatsOf({ settings, reading, message }),
    ...mailTo({ settings, reading, message }),
  };
  if (!settings.alerts.pagerduty) return channels;
  const event = noticeEvent(reading, settings, notice);
  return { ...channels, PagerDuty: (signal) => tellPagerduty(event, signal) };
}

/** What the Events API v2 is given. */
export function noticeEvent(
  { stack, secrets }: Pick<PlatformReading, "stack" | "secrets">,
  { platform }: Pick<Settings, "platform">,
  { topic, state, title, summary, facts, links }: Notice,
) {
  const common = {
    routing_key: secrets.get("pagerdutyRoutingKey") ?? "",
    dedup_key: `odoo-platform/${platform.domain}/${stack}/${topic}`.slice(0, 255),
  };
  if (state === "well") return { ...common, event_action: "resolve" };
  const urgent = state === "urgent" && platform.environment === "production";
  return {
    ...common,
    event_action: "trigger",
    payload: {
      summary: `${title}: ${summary}`.slice(0, 1024),
      source: platform.domain,
      severity: platform.environment !== "production" ? "warning" : urgent ? "critical" : "error",
      timestamp: new Date().toISOString(),
      component: "odoo",
      group: stack,
      class: topic,
      custom_details: Object.fromEntries(facts),
    },
    client: "odoo-platform",
    links: links.map(({ text, url }) => ({ href: url, text })),
  };
}
