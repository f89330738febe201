import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as s3 from "@aws-sdk/client-s3";
import { trueVersions, versionTime } from "../../../sandbox/spaces/versions.ts";
import { startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

const Bucket = "backups";

describe("a version's own time", () => {
  it("is the one that its id begins with", () => {
    assert.equal(versionTime("01ARYZ6S41TSV4RRFFQ69G5FAV")?.toISOString(), "2016-07-30T22:36:16.385Z");
    assert.deepEqual(
      [versionTime("null"), versionTime("undefined"), versionTime("")],
      [undefined, undefined, undefined],
    );
  });

  it("stands in a list of versions, and what has no such id keeps the one it has", () => {
    const entry = (id: string, time: string) =>
      `<Version><Key>a</Key><LastModified>${time}</LastModified><VersionId>${id}</VersionId></Version>`;
    const moved = "2026-01-01T00:00:00Z";
    assert.equal(
      trueVersions(entry("01ARYZ6S41TSV4RRFFQ69G5FAV", moved) + entry("null", moved), null),
      entry("01ARYZ6S41TSV4RRFFQ69G5FAV", "2016-07-30T22:36:16.385Z") + entry("null", moved),
    );
  });
});

describe("a bucket with versions, as the backup's key sees it", () => {
  let storage: Storage;
  let client: s3.S3Client;
  before(async () => {
    storage = await startStorage();
    const enabled = { Bucket, VersioningConfiguration: { Status: "Enabled" as const } };
    await storage.client().send(new s3.PutBucketVersioningCommand(enabled));
    client = storage.client("WRITER");
  });
  after(() => storage.stop());

  const put = async (Key: string, Body: string) => {
    const began = Date.now();
    const { VersionId = "" } = await client.send(new s3.PutObjectCommand({ Bucket, Key, Body }));
    const written = Date.now();
    // Times are compared below.
    await sleep(30);
    return { id: VersionId, began, written };
  };
  const read = async (Key: string, VersionId: string) => {
    const answer = await client.send(new s3.GetObjectCommand({ Bucket, Key, VersionId }));
    return { text: await answer.Body?.transformToString(), time: answer.LastModified?.getTime() };
  };

  it("can be read as it was, after the same key has overwritten and deleted all of it", async () => {
    const [old, replaced] = [await put("set/a", "first"), await put("set/a", "second")];
    const other = await put("set/b", "kept");
    const before = new Date();
    await sleep(30);
    await put("set/a", "third");
    const Objects = [{ Key: "set/a" }, { Key: "set/b" }];
    await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const now = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: "set/" }));
    assert.equal(now.KeyCount, 0);

    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new s3.ListObjectVersionsCommand({ Bucket, Prefix: "set/" }),
    );
    assert.equal(DeleteMarkers.filter((one) => one.IsLatest).length, 2);
    const times = new Map(Versions.map((one) => [one.VersionId, one.LastModified?.getTime() ?? 0]));
    for (const { id, began, written } of [old, replaced, other]) {
      const said = times.get(id) ?? 0;
      assert.ok(
        began <= said && said <= written,
        `${id} is said to be written at ${said}, not in ${began} to ${written}`,
      );
    }
    const asOf = (key: string) =>
      Versions.filter((one) => one.Key === key && (one.LastModified ?? before) <= before).sort(
        (one, next) => Number(next.LastModified) - Number(one.LastModified),
      )[0]?.VersionId ?? "";
    assert.deepEqual([asOf("set/a"), asOf("set/b")], [replaced.id, other.id]);
    assert.equal((await read("set/a", replaced.id)).text, "second");
    assert.equal((await read("set/b", other.id)).text, "kept");
    const { time = 0 } = await read("set/a", old.id);
    assert.ok(Math.abs(time - old.written) < 1100, "the header says another time");
  });

  it("has an object again that is written after it was deleted, in one piece or in parts", async () => {
    const of = { Bucket, Key: "again/and again" };
    await put(of.Key, "first");
    await client.send(new s3.DeleteObjectCommand(of));
    const { id } = await put(of.Key, "second");
    assert.equal((await read(of.Key, id)).text, "second");
    await client.send(new s3.DeleteObjectCommand(of));
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(of));
    const { ETag } = await client.send(
      new s3.UploadPartCommand({ ...of, UploadId, PartNumber: 1, Body: "third" }),
    );
    await assert.rejects(client.send(new s3.GetObjectCommand(of)), { name: "NoSuchKey" });
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new s3.CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload }));
    const answer = await client.send(new s3.GetObjectCommand(of));
    assert.equal(await answer.Body?.transformToString(), "third");
    const listed = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: "again/" }));
    assert.equal(listed.KeyCount, 1);
    const all = await client.send(new s3.ListObjectVersionsCommand({ Bucket, Prefix: "again/" }));
    assert.deepEqual([all.Versions?.length, all.DeleteMarkers?.length], [3, 2]);
    await client.send(new s3.DeleteObjectCommand(of));
  });

  it("is listed page by page, with folders, and each version once", async () => {
    for (const key of ["many/x/1", "many/x/2", "many/y/1", "many/z"])
      for (const text of ["one", "two"]) await put(key, text);
    const seen: string[] = [];
    let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (from) {
      const page: s3.ListObjectVersionsCommandOutput = await client.send(
        new s3.ListObjectVersionsCommand({ Bucket, Prefix: "many/", MaxKeys: 3, ...from }),
      );
      seen.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      from = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    assert.deepEqual([seen.length, new Set(seen).size], [8, 8]);
    const top = await client.send(
      new s3.ListObjectVersionsCommand({ Bucket, Prefix: "many/", Delimiter: "/" }),
    );
    assert.deepEqual(
      top.CommonPrefixes?.map(({ Prefix }) => Prefix),
      ["many/x/", "many/y/"],
    );
    assert.deepEqual(
      top.Versions?.map(({ Key }) => Key),
      ["many/z", "many/z"],
    );
  });

  // What the vendor documents: "Read/Write/Delete", no key between, and no bucket policy beside such a key.
  it("lets that key delete a version too, and not switch versions off", async () => {
    const { id } = await put("gone", "for ever");
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "gone", VersionId: id }));
    await assert.rejects(read("gone", id), { name: "NoSuchVersion" });
    await assert.rejects(
      client.send(
        new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
      ),
      { name: "AccessDenied" },
    );
  });
});
