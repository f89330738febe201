import type { Announcement } from "./announce.ts";
import { isWell, type Message, runOf } from "./message.ts";
import { post } from "./post.ts";

/** Of a service in the EU: https://events.eu.pagerduty.com. */
const eventsUrl = (): string =>
  (process.env["PAGERDUTY_EVENTS_URL"] ?? "https://events.pagerduty.com").replace(/\/$/, "");

/** The same for every failure of a stack, so that there is one alert of it, and recovery finds it. */
const dedupKey = ({ url, stack }: Announcement): string =>
  `odoo-platform/${new URL(url).hostname}/${stack}/deployment`.slice(0, 255);

/** What the Events API v2 is given; undefined for what is nobody's alarm. */
export function pagerdutyEvent(what: Announcement, message: Message, routingKey: string) {
  const common = { routing_key: routingKey, dedup_key: dedupKey(what) };
  if (isWell(what)) return { ...common, event_action: "resolve" };
  if (what.kind !== "failed") return undefined;
  return {
    ...common,
    event_action: "trigger",
    payload: {
      summary: `${message.title}: ${what.summary}`.slice(0, 1024),
      source: new URL(what.url).hostname,
      severity: severityOf(what),
      timestamp: new Date().toISOString(),
      component: "odoo",
      group: what.stack,
      class: "deployment",
      custom_details: { ...Object.fromEntries(message.facts), run: runOf(what) },
    },
    client: "odoo-platform",
    ...(what.runUrl !== undefined && { client_url: what.runUrl }),
    links: message.links.map(({ text, url }) => ({ href: url, text })),
  };
}

/** An older release that serves is no outage. */
function severityOf({ environment, serves }: Announcement): "critical" | "error" | "warning" {
  if (environment !== "production") return "warning";
  return serves ? "error" : "critical";
}

export async function tellPagerduty(event: object, signal: AbortSignal): Promise<void> {
  await post("PagerDuty", `${eventsUrl()}/v2/enqueue`, event, signal);
}
