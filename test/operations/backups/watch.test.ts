import assert from "node:assert/strict";
import { alarmOf, issueBody, memoryIn } from "../../../operations/backups/alarm.ts";
import { watchBackups } from "../../../operations/backups/watch.ts";
import { receivers } from "../../../sandbox/receivers/app.ts";
import { messages } from "../../../sandbox/receivers/messages.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { everyChannel, readingAt, token } from "../announce/sample.ts";
import { served } from "../doctor/patient.ts";
import { emulatedRepository } from "../../support/emulated-github.ts";
import { hoursAgo, now } from "./sample.ts";

describe("the alarm of the backups", () => {
  const memory = (hours: number, toldHours: number | null, level: "broken" | "urgent" = "broken") => ({
    since: hoursAgo(hours),
    toldAt: toldHours === null ? null : hoursAgo(toldHours),
    level,
  });

  it("is raised at once, not each hour, louder after a day, and each day again", () => {
    assert.deepEqual(alarmOf("fail", undefined, now), {
      level: "broken",
      tell: true,
      since: now.toISOString(),
    });
    assert.equal(alarmOf("fail", memory(1, 1), now).tell, false);
    assert.deepEqual(alarmOf("fail", memory(24, 24), now), {
      level: "urgent",
      tell: true,
      since: hoursAgo(24),
    });
    assert.equal(alarmOf("fail", memory(30, 6, "urgent"), now).tell, false);
    assert.equal(alarmOf("fail", memory(48, 24, "urgent"), now).tell, true);
  });

  it("is tried again when nobody could be told", () => {
    assert.equal(alarmOf("fail", memory(1, null), now).tell, true);
  });

  it("ends, and only an alarm that was raised is told to have ended", () => {
    for (const state of ["ok", "warn", "off"] as const) {
      assert.deepEqual(
        [alarmOf(state, undefined, now).tell, alarmOf(state, memory(3, 3), now).tell],
        [false, true],
      );
    }
  });

  it("is remembered in the issue, by stack, whatever people make of its text", () => {
    const kept = memory(5, 5);
    const body = issueBody("prod", "the last backup failed: <!-- 403 -->", kept, now);
    assert.deepEqual(memoryIn(body, "prod", hoursAgo(5)), kept);
    assert.equal(memoryIn(body, "staging", hoursAgo(5)), undefined);
    assert.match(body, /not well since 2026-11-26 00:00 UTC \(5 h\)/);
    const broken = body.replace('"since"', '"sinc');
    assert.deepEqual(memoryIn(broken, "prod", hoursAgo(5)), { ...kept, toldAt: null });
  });
});

describe("the watch over the backups", () => {
  const bad = { state: "fail", detail: "the last backup failed: the store answers 403" } as const;
  const good = { state: "ok", detail: "the newest 1 h ago, proven 2 days ago" } as const;

  /** One look each, so many hours after the first; what Slack heard, and the issues afterwards. */
  async function scene(
    looks: { hours: number; found: typeof bad | typeof good; down?: boolean }[],
  ): Promise<{ heard: string[]; urgent: boolean[]; alarms: unknown[]; issues: Row[]; told: unknown[] }> {
    const { repository } = emulatedRepository();
    const world = memoryWorld();
    const told: unknown[] = [];
    return await served(receivers(world, token), async (origin) => {
      const before = process.env["PAGERDUTY_EVENTS_URL"];
      process.env["PAGERDUTY_EVENTS_URL"] = `${origin}/pagerduty`;
      try {
        for (const { hours, found, down = false } of looks) {
          const reading = readingAt(down ? "http://127.0.0.1:9" : origin);
          const at = new Date(now.getTime() + hours * 3_600_000);
          const signal = AbortSignal.timeout(20_000);
          const settings = down ? quiet(everyChannel()) : everyChannel();
          const watched = await watchBackups({ repository, reading, settings, found, now: at, signal });
          told.push(watched.told.map(({ channel, ok }) => `${channel} ${ok}`));
        }
      } finally {
        if (before === undefined) delete process.env["PAGERDUTY_EVENTS_URL"];
        else process.env["PAGERDUTY_EVENTS_URL"] = before;
      }
      const slack = messages(world).list((one) => one.channel === "slack");
      const alarms = messages(world).list((one) => one.channel === "pagerduty");
      const { data } = await repository.octokit.rest.issues.listForRepo({
        owner: "acme",
        repo: "erp",
        state: "all",
      });
      return {
        heard: slack.map(({ text }) => text),
        urgent: slack.map(({ urgent }) => urgent),
        alarms: alarms.map(({ payload }) => [payload["event_action"], payload["dedup_key"]]),
        issues: data.map(({ title, state, comments, labels }) => ({
          title,
          state,
          comments,
          labels: labels.map((one) => (typeof one === "string" ? one : one.name)),
        })),
        told,
      };
    });
  }
  type Row = Record<string, unknown>;
  const quiet = (settings: ReturnType<typeof everyChannel>) => ({
    ...settings,
    alerts: { ...settings.alerts, pagerduty: false },
  });

  it("tells everywhere at once, and then is silent until a day is over", async () => {
    const { heard, urgent, issues, told, alarms } = await scene([
      { hours: 0, found: bad },
      { hours: 1, found: bad },
      { hours: 2, found: bad },
      { hours: 25, found: bad },
    ]);
    const every = ["Slack true", "Mattermost true", "PagerDuty true"];
    assert.deepEqual(told, [every, [], [], every]);
    assert.deepEqual(urgent, [false, true]);
    assert.match(
      heard[0] ?? "",
      /Backups of prod are not well\. the last backup failed: the store answers 403/,
    );
    assert.match(heard[1] ?? "", /still not well, for 25 h/);
    assert.deepEqual(issues, [
      {
        title: "Backups of prod are not well",
        state: "open",
        comments: 0,
        labels: ["platform: incident", "urgent"],
      },
    ]);
    const key = "odoo-platform/erp.example.com/prod/backups";
    assert.deepEqual(alarms, [
      ["trigger", key],
      ["trigger", key],
    ]);
  });

  it("says when they are well again, closes the issue, and then says nothing", async () => {
    const { heard, issues, alarms, told } = await scene([
      { hours: 0, found: bad },
      { hours: 3, found: good },
      { hours: 4, found: good },
    ]);
    assert.match(heard.at(-1) ?? "", /Backups of prod are well again/);
    assert.deepEqual(
      issues.map(({ state, comments }) => [state, comments]),
      [["closed", 1]],
    );
    assert.deepEqual(
      (alarms as string[][]).map(([action]) => action),
      ["trigger", "resolve"],
    );
    assert.deepEqual(
      (told as string[][]).map((one) => one.length),
      [3, 3, 0],
    );
  });

  it("tells again in the next hour when nobody took it, and has opened the issue all the same", async () => {
    const { told, issues } = await scene([
      { hours: 0, found: bad, down: true },
      { hours: 1, found: bad },
    ]);
    assert.deepEqual(told, [
      ["Slack false", "Mattermost false"],
      ["Slack true", "Mattermost true", "PagerDuty true"],
    ]);
    assert.equal(issues.length, 1);
  });

  it("opens nothing while they are well", async () => {
    const { issues, heard } = await scene([{ hours: 0, found: good }]);
    assert.deepEqual([issues, heard], [[], []]);
  });
});
