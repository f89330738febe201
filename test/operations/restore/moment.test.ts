import assert from "node:assert/strict";
import { argumentOf, momentText, parseMoment } from "../../../operations/restore/moment.ts";
import { refusalOf } from "../../support/user-error.ts";

const now = new Date("2026-11-26T18:00:00Z");

describe("the moment that is restored", () => {
  for (const [text, argument] of [
    ["2026-11-26T14:05:07Z", "2026-11-26T14:05:07Z"],
    ["2026-11-26 14:05:07", "2026-11-26T14:05:07Z"],
    ["2026-11-26 14:05 UTC", "2026-11-26T14:05:00Z"],
    ["2026-11-26T14:05:07+08:00", "2026-11-26T06:05:07Z"],
    ["2026-11-26T14:05:07+0800", "2026-11-26T06:05:07Z"],
    ["20261126-020000", "20261126-020000"],
    ["latest", "latest"],
  ] as const)
    it(`is ${argument} for "${text}"`, () => assert.equal(argumentOf(parseMoment(text, now)), argument));

  it("is the second of its restore point", () => {
    assert.deepEqual(parseMoment("20261126-020003", now), {
      kind: "point",
      id: "20261126-020003",
      at: new Date("2026-11-26T02:00:03Z"),
    });
  });

  for (const [text, message] of [
    ["yesterday", /^--to: "yesterday" is no moment; write it like 2026-11-26T14:05:00Z/],
    // Its begin, or its end?
    ["2026-11-26", /is no moment/],
    ["2026-02-30T10:00:00Z", /is no moment/],
    ["2026-11-26T25:00:00Z", /is no moment/],
    ["20261399-020000", /is no moment/],
    [
      "2026-11-26T18:00:01Z",
      /^--to: 2026-11-26T18:00:01Z lies in the future; it is 2026-11-26T18:00:00Z now/,
    ],
  ] as const)
    it(`is not "${text}"`, async () => {
      const refusal = await refusalOf(() => parseMoment(text, now));
      assert.equal(refusal.exit, "badInput");
      assert.match(refusal.message, message);
    });

  it("is told in UTC and in the stack's own zone, which may have another date", () => {
    const text = momentText(parseMoment("2026-11-25T18:05:07Z", now), "Asia/Singapore");
    assert.equal(text, "2026-11-25 18:05:07 UTC (2026-11-26 02:05:07 Asia/Singapore)");
  });
});
