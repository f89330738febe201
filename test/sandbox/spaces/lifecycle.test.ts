import assert from "node:assert/strict";
import * as s3 from "@aws-sdk/client-s3";
import type { LifecycleRule } from "@aws-sdk/client-s3";
import { applyLifecycle, judge } from "../../../sandbox/spaces/lifecycle.ts";
import { startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

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

describe("the lifecycle of a real bucket", () => {
  let storage: Storage;
  let client: Storage["client"];
  before(async () => {
    storage = await startStorage();
    ({ client } = storage);
  });
  after(() => storage.stop());
  const named = (name: string) => ({ name });

  it("has no lifecycle until one is put, which is an error of its own and not a missing bucket", async () => {
    const get = () => client().send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket: "backups" }));
    await assert.rejects(get(), named("NoSuchLifecycleConfiguration"));
    const rule: s3.LifecycleRule = {
      ID: "thirty",
      Status: "Enabled",
      Filter: { Prefix: "" },
      Expiration: { Days: 30 },
    };
    await client().send(
      new s3.PutBucketLifecycleConfigurationCommand({
        Bucket: "backups",
        LifecycleConfiguration: { Rules: [rule] },
      }),
    );
    assert.deepEqual((await get()).Rules, [rule]);
    await client().send(new s3.DeleteBucketLifecycleCommand({ Bucket: "backups" }));
    await assert.rejects(get(), named("NoSuchLifecycleConfiguration"));
    await assert.rejects(
      client().send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket: "none" })),
      named("NoSuchBucket"),
    );
  });

  it("expires versions by its rules when their time has come", async () => {
    const Bucket = "aging";
    await client().send(new s3.CreateBucketCommand({ Bucket }));
    await client().send(
      new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    for (const Body of ["old", "new"])
      await client().send(new s3.PutObjectCommand({ Bucket, Key: "wal/1", Body }));
    await client().send(new s3.PutObjectCommand({ Bucket, Key: "base/1", Body: "kept" }));
    await client().send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "wal/2" }));
    const rule: s3.LifecycleRule = {
      ID: "wal",
      Status: "Enabled",
      Filter: { Prefix: "wal/" },
      Expiration: { Days: 30 },
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    };
    await client().send(
      new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }),
    );
    const after = async (days: number) =>
      (await applyLifecycle(client(), new Date(Date.now() + days * 24 * 3_600_000)))
        .map((one) => one.why)
        .sort();
    assert.deepEqual(await after(0.5), []);
    assert.deepEqual(await after(8), ["noncurrent", "upload"]);
    assert.deepEqual(await after(31), ["current"]);
    const { KeyCount, Contents } = await client().send(new s3.ListObjectsV2Command({ Bucket }));
    assert.deepEqual([KeyCount, Contents?.[0]?.Key], [1, "base/1"]);
    // Behind the delete marker the version is still there, until its own time as noncurrent is over.
    assert.deepEqual(await after(38), ["noncurrent"]);
    assert.deepEqual(await after(70), ["delete-marker"]);
  });
});
