import assert from "node:assert/strict";
import type { LifecycleRule } from "@aws-sdk/client-s3";
import { judge } from "../../../sandbox/spaces/lifecycle.ts";

const day = 24 * 3_600_000;
const now = new Date("2026-11-21T08:00:00Z");
const entry = (VersionId: string, age: number, isMarker = false) => ({
  Key: "wal/1",
  VersionId,
  isMarker,
  LastModified: new Date(now.getTime() - age * day),
});
const rule = (fields: Partial<LifecycleRule>): LifecycleRule => ({
  Status: "Enabled",
  Filter: { Prefix: "wal/" },
  ...fields,
});
const due = (history: ReturnType<typeof entry>[], ...rules: LifecycleRule[]): string[] =>
  judge("b", history, rules, now).map((one) => [one.why, one.version].filter(Boolean).join(" "));

describe("the lifecycle rules of a bucket", () => {
  it("expire a current version by its age or on a date, below their prefix only", () => {
    const thirty = rule({ Expiration: { Days: 30 } });
    assert.deepEqual(due([entry("v1", 30)], thirty), ["current"]);
    assert.deepEqual(due([entry("v1", 29.9)], thirty), []);
    assert.deepEqual(due([entry("v1", 30)], { ...thirty, Filter: { Prefix: "base/" } }), []);
    assert.deepEqual(due([entry("v1", 30)], { ...thirty, Filter: undefined, Prefix: "" }), ["current"]);
    assert.deepEqual(
      due([entry("v1", 1)], rule({ Expiration: { Date: new Date("2026-11-21T00:00:00Z") } })),
      ["current"],
    );
  });

  it("expire a noncurrent version by the time since it was replaced, not by its own age", () => {
    const seven = rule({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } });
    assert.deepEqual(due([entry("v3", 1), entry("v2", 7), entry("v1", 40)], seven), ["noncurrent v1"]);
    assert.deepEqual(due([entry("v2", 6), entry("v1", 400)], seven), []);
    assert.deepEqual(due([entry("m", 8, true), entry("v1", 9)], seven), ["noncurrent v1"]);
  });

  it("take away a delete marker once nothing is behind it", () => {
    const clean = rule({ Expiration: { ExpiredObjectDeleteMarker: true } });
    assert.deepEqual(due([entry("m", 1, true)], clean), ["delete-marker m"]);
    assert.deepEqual(due([entry("m", 1, true), entry("v1", 2)], clean), []);
    assert.deepEqual(due([entry("m", 31, true)], rule({ Expiration: { Days: 30 } })), ["delete-marker m"]);
    assert.deepEqual(due([entry("m", 1, true)], rule({ Expiration: { Days: 30 } })), []);
  });
});
