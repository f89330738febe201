import assert from "node:assert/strict";
import { manifestChat, manifestMarkdown, urgencyOf } from "../../../operations/manifest/status.ts";

const now = new Date("2026-11-26T00:00:00Z");
const findings = [
  {
    rule: "manifest/pinned",
    path: "queue.version",
    fault: "is not pinned",
    fix: "write the wheel's version",
  },
];
const ago = (hours: number) => ({ findings, now, lastSuccess: new Date(now.getTime() - hours * 3_600_000) });

describe("a broken manifest", () => {
  it("is told after a day, louder after two, and at once when it was never in order", () => {
    assert.equal(urgencyOf({ ...ago(100), findings: [] }), "well");
    assert.equal(urgencyOf(ago(23.9)), "fresh");
    assert.equal(urgencyOf(ago(24)), "broken");
    assert.equal(urgencyOf(ago(47.9)), "broken");
    assert.equal(urgencyOf(ago(48)), "urgent");
    assert.equal(urgencyOf({ findings, now, lastSuccess: null }), "broken");
  });

  it("is told with since when, and with the fix", () => {
    const text = manifestMarkdown(ago(30));
    assert.match(text, /broken since 2026-11-24 18:00 UTC \(30 h\)/);
    assert.match(text, /\*\*Fix:\*\* write the wheel's version/);
    assert.equal(
      manifestChat(ago(50), "https://issue"),
      "🚨 Still broken since 2026-11-23 22:00 UTC (50 h): queue.version is not pinned. Fix: write the wheel's version. https://issue",
    );
  });
});
