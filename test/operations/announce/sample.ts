import type { Announcement } from "../../../operations/announce/announce.ts";
import type { PlatformReading } from "../../../operations/stack-reader.ts";
import { checkSettings } from "../../../settings/check.ts";
import type { Settings } from "../../../settings/schema.ts";
import { receiverKeys } from "../../../sandbox/receivers/keys.ts";
import { leastSettings } from "../../settings/sample.ts";

export const token = "0123456789abcdef0123456789abcdef";
export const webhookSecret = "webhook-secret-of-the-tests";
const keys = receiverKeys(token);

const release = { registry: "ghcr.io", repository: "acme/odoo", tag: "1.2.0" };
export const previous = { ...release, tag: "1.1.0" };

/** A dispatch as it was accepted. */
export const dispatch = {
  branch: "main",
  commit_message: "feat(expense): approval <!channel> @everyone",
  task_id: 1234,
  environment: "production",
  image_tag: "1.2.0",
  initiated_by: "Ada Lovelace",
  nonce: "0".repeat(32),
  expires: "2026-11-26T14:00:00Z",
  signature: "a".repeat(64),
};

export const announcement = (change: Partial<Announcement> = {}): Announcement => ({
  kind: "failed",
  stack: "prod",
  environment: "production",
  url: "https://erp.example.com",
  release,
  previous,
  actor: "Ada Lovelace",
  summary: "1.2.0 did not come: /web/login answers 500. 1.1.0 serves again.",
  evidence: "/project/.platform/evidence/20261126-1300",
  dispatch,
  ...change,
});

/** Settings with every channel but mail, which has a test of its own. */
export function everyChannel(): Settings {
  const alerts = { slack: {}, mattermost: { channel: "ops" }, pagerduty: true };
  const repositories = [{ owner: "acme", name: "erp", owned: true }];
  const values = { ...leastSettings(), alerts, repositories };
  const { settings, faults } = checkSettings({ values, encrypted: new Set(), githubOwner: "acme" });
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return settings as Settings;
}

/** What the stack knows where all receivers are at one address. */
export const readingAt = (receivers: string): PlatformReading => ({
  stack: "prod",
  outputs: { url: "https://erp.example.com", address: "127.0.0.1", hostKind: "droplet", hostId: "1" },
  secrets: new Map([
    ["slackWebhookUrl", `${receivers}/slack/services/${keys.slack}`],
    ["mattermostWebhookUrl", `${receivers}/mattermost/hooks/${keys.mattermost}`],
    ["pagerdutyRoutingKey", keys.pagerduty],
    ["webhookSecret", webhookSecret],
  ]),
});
