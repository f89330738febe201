import assert from "node:assert/strict";
import { type Notice, noticeEvent, tellNotice } from "../../../operations/announce/notice.ts";
import { receivers } from "../../../sandbox/receivers/app.ts";
import { messages } from "../../../sandbox/receivers/messages.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { served } from "../doctor/patient.ts";
import { everyChannel, readingAt, token, webhookSecret } from "./sample.ts";

const notice: Notice = {
  topic: "backups",
  state: "broken",
  title: "Backups of prod are not well",
  summary: "the last backup failed",
  facts: [["Stack", "prod (production)"]],
  links: [{ text: "Odoo", url: "https://erp.example.com" }],
};

describe("a notice", () => {
  const settings = everyChannel();
  const staging = { ...settings, platform: { ...settings.platform, environment: "staging" as const } };
  const eventOf = (change: Partial<Notice>, of = settings): Record<string, unknown> =>
    noticeEvent(readingAt(""), of, { ...notice, ...change });
  const severity = (change: Partial<Notice>, of = settings): unknown =>
    (eventOf(change, of)["payload"] as { severity?: unknown } | undefined)?.severity;

  it("is as bad in PagerDuty as it is, under a key that is not the deployments'", () => {
    assert.deepEqual(
      [severity({}), severity({ state: "urgent" }), severity({ state: "urgent" }, staging)],
      ["error", "critical", "warning"],
    );
    assert.equal(eventOf({})["dedup_key"], "odoo-platform/erp.example.com/prod/backups");
    const well = eventOf({ state: "well" });
    assert.deepEqual([well["event_action"], "payload" in well], ["resolve", false]);
  });

  it("tells no secret, and of a channel that is down only that", async () => {
    const world = memoryWorld();
    await served(receivers(world, token), async (origin) => {
      const reading = readingAt(origin);
      const down = new Map([...reading.secrets, ["mattermostWebhookUrl", "http://127.0.0.1:9/"]]);
      const quiet = { ...settings, alerts: { ...settings.alerts, pagerduty: false } };
      const summary = `the store refuses ${webhookSecret}`;
      const told = await tellNotice(
        { ...reading, secrets: down },
        quiet,
        { ...notice, summary, facts: [["Reason", webhookSecret]] },
        AbortSignal.timeout(20_000),
      );
      assert.deepEqual(told, [
        { channel: "Slack", ok: true },
        { channel: "Mattermost", ok: false, error: "Mattermost does not answer" },
      ]);
      const heard = JSON.stringify(messages(world).list());
      assert.match(heard, /the store refuses \*{5}/);
      assert.ok(!heard.includes(webhookSecret));
    });
  });
});
