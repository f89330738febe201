import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as s3 from "@aws-sdk/client-s3";
import { type Entry, bringBack, entriesOf, lostSince } from "../../../operations/backups/bucket-as-of.ts";
import { type Storage, startStorage } from "../../sandbox/spaces/storage.ts";

const Bucket = "backups";
const at = (second: number): Date => new Date(Date.UTC(2026, 10, 26, 2, 0, second));
const entry = (key: string, second: number, version?: string, isLatest = false): Entry => ({
  key,
  version,
  at: at(second),
  isLatest,
});

describe("what was lost in a bucket since a time", () => {
  it("is what was deleted or overwritten after it, and nothing else", () => {
    const entries = [
      entry("deleted before", 1, "a"),
      entry("deleted before", 2, undefined, true),
      entry("deleted after", 3, "b"),
      entry("deleted after", 20, undefined, true),
      entry("deleted twice", 3, "c"),
      entry("deleted twice", 19),
      entry("deleted twice", 20, undefined, true),
      entry("overwritten", 4, "d"),
      entry("overwritten", 20, "e", true),
      entry("as it was", 5, "f", true),
      entry("new", 21, "g", true),
      entry("filestore/locks/1", 6, "h"),
      entry("filestore/locks/1", 7, undefined, true),
    ];
    assert.deepEqual(lostSince(entries, at(10)), [
      { key: "deleted after", version: "b", how: "deleted" },
      { key: "deleted twice", version: "c", how: "deleted" },
      { key: "overwritten", version: "d", how: "overwritten" },
    ]);
  });

  it("goes by the mark of the newest where two times are the same", () => {
    const entries = [entry("k", 5, "old"), entry("k", 5, undefined, true)];
    assert.deepEqual(lostSince(entries, at(10)), []);
  });
});

describe("a bucket that somebody has emptied with the machine's key", () => {
  let storage: Storage;
  before(async () => {
    storage = await startStorage();
    const enabled = { Bucket, VersioningConfiguration: { Status: "Enabled" as const } };
    await storage.client().send(new s3.PutBucketVersioningCommand(enabled));
  });
  after(() => storage.stop());

  it("holds again what it held", async () => {
    const [machine, account] = [storage.client("WRITER"), storage.client()];
    const put = (Key: string, Body: string) => machine.send(new s3.PutObjectCommand({ Bucket, Key, Body }));
    await put("database/a b+c", "first");
    await put("filestore/d", "second");
    await put("filestore/e", "third");
    await sleep(30);
    const time = new Date();
    await sleep(30);
    await put("filestore/e", "spoilt");
    for (const Key of ["database/a b+c", "filestore/d"])
      await machine.send(new s3.DeleteObjectCommand({ Bucket, Key }));
    const { signal } = new AbortController();
    const entries = await entriesOf(account, Bucket, () => {}, signal);
    await bringBack(account, Bucket, lostSince(entries, time), () => {}, signal);
    const { Contents = [] } = await account.send(new s3.ListObjectsV2Command({ Bucket }));
    const texts = Contents.map(async ({ Key = "" }) => {
      const { Body } = await account.send(new s3.GetObjectCommand({ Bucket, Key }));
      return [Key, await Body?.transformToString()];
    });
    assert.deepEqual(await Promise.all(texts), [
      ["database/a b+c", "first"],
      ["filestore/d", "second"],
      ["filestore/e", "third"],
    ]);
    const again = await entriesOf(account, Bucket, () => {}, signal);
    assert.deepEqual(lostSince(again, time), [], "a second time there is nothing to do");
  });
});
