import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import * as s3 from "@aws-sdk/client-s3";
import { signedHeaders } from "../../../sandbox/spaces/signature.ts";
import { rootAccess, startStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";

describe("Spaces, with the real S3 server behind", () => {
  let storage: Storage;
  let client: Storage["client"];
  let port: number;
  before(async () => {
    storage = await startStorage();
    ({ client, port } = storage);
  });
  after(() => storage.stop());
  const named = (name: string) => ({ name });

  it("keeps what is put, byte for byte, under any name", async () => {
    for (const Key of ["a/b.txt", "with space + plus", "ümlaut/(1)*'!", "a//b", "%41"]) {
      await client().send(new s3.PutObjectCommand({ Bucket: "backups", Key, Body: `about ${Key}` }));
      const { Body } = await client().send(new s3.GetObjectCommand({ Bucket: "backups", Key }));
      assert.equal(await Body?.transformToString(), `about ${Key}`, Key);
      await client().send(new s3.DeleteObjectCommand({ Bucket: "backups", Key }));
    }
  });

  it("streams a large body in parts and in one piece", async () => {
    const part = Buffer.alloc(5 * 1024 * 1024, "x");
    const of = { Bucket: "backups", Key: "large" };
    const { UploadId } = await client().send(new s3.CreateMultipartUploadCommand(of));
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await client().send(
        new s3.UploadPartCommand({ ...of, UploadId, PartNumber, Body: part }),
      );
      Parts.push({ PartNumber, ETag });
    }
    await client().send(
      new s3.CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts } }),
    );
    const stream = Readable.from([part, part]);
    await client().send(
      new s3.PutObjectCommand({
        Bucket: "backups",
        Key: "piece",
        Body: stream,
        ContentLength: 2 * part.length,
      }),
    );
    const sums = await Promise.all(
      ["large", "piece"].map(async (Key) => {
        const { Body } = await client().send(new s3.GetObjectCommand({ Bucket: "backups", Key }));
        return createHash("sha256")
          .update((await Body?.transformToByteArray()) ?? "")
          .digest("hex");
      }),
    );
    assert.equal(sums[0], sums[1]);
  });

  it("unpacks a body that was signed chunk by chunk", async () => {
    const body = "2;chunk-signature=a\r\nhe\r\n3;chunk-signature=b\r\nllo\r\n0;chunk-signature=c\r\n\r\n";
    const url = new URL(`http://127.0.0.1:${port}/backups/chunked`);
    const headers = {
      host: url.host,
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": "5",
    };
    const signable = { method: "PUT", path: url.pathname, query: url.searchParams, headers };
    const signed = signedHeaders(signable, rootAccess, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", new Date());
    assert.equal((await fetch(url, { method: "PUT", headers: signed, body })).status, 200);
    const { Body } = await client().send(new s3.GetObjectCommand({ Bucket: "backups", Key: "chunked" }));
    assert.equal(await Body?.transformToString(), "hello");
  });

  it("says which region a bucket is in, and hides it from all others", async () => {
    assert.equal(
      (await client().send(new s3.GetBucketLocationCommand({ Bucket: "backups" }))).LocationConstraint,
      "sgp1",
    );
    assert.equal((await ask("GET", "http://sgp1.spaces.test/backups?location=")).status, 403);
    const elsewhere = await ask("HEAD", "http://backups.fra1.spaces.test/");
    assert.equal(elsewhere.status, 404);
  });

  /** An anonymous request as a client behind HTTP_PROXY sends it. */
  function ask(method: string, url: string): Promise<{ status: number; body: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    request(
      { port, host: "127.0.0.1", method, path: url, headers: { host: new URL(url).host } },
      (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    )
      .on("error", reject)
      .end();
    return promise;
  }

  it("lets an anonymous reader see what is public and nothing else", async () => {
    await client().send(new s3.CreateBucketCommand({ Bucket: "site", ACL: "public-read" }));
    await client().send(new s3.PutObjectCommand({ Bucket: "site", Key: "index.html", Body: "hello" }));
    assert.deepEqual(await ask("GET", "http://site.sgp1.spaces.test/index.html"), {
      status: 200,
      body: "hello",
    });
    await client().send(new s3.PutObjectCommand({ Bucket: "backups", Key: "private", Body: "no" }));
    assert.equal((await ask("GET", "http://backups.sgp1.spaces.test/private")).status, 403);
  });

  it("lets each key do what it was granted", async () => {
    const put = (key: string, Bucket = "backups") =>
      client(key).send(new s3.PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    const get = (key: string) => client(key).send(new s3.GetObjectCommand({ Bucket: "backups", Key: "k" }));
    await put("WRITER");
    await get("READER");
    await assert.rejects(put("READER"), named("AccessDenied"));
    await assert.rejects(put("WRITER", "site"), named("AccessDenied"));
    await assert.rejects(
      client("WRITER").send(new s3.DeleteBucketCommand({ Bucket: "backups" })),
      named("AccessDenied"),
    );
    await put("ADMIN", "site");
    await assert.rejects(get("NOBODY"), named("InvalidAccessKeyId"));
    const forged = client("READER", { credentials: { accessKeyId: "READER", secretAccessKey: "guess" } });
    await assert.rejects(
      forged.send(new s3.GetObjectCommand({ Bucket: "backups", Key: "k" })),
      named("SignatureDoesNotMatch"),
    );
  });

  it("refuses to drop a bucket that is not empty, and forgets one that is dropped", async () => {
    const Bucket = "short-lived";
    await client().send(
      new s3.CreateBucketCommand({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: "fra1" as never },
      }),
    );
    assert.equal(
      (await client().send(new s3.GetBucketLocationCommand({ Bucket }))).LocationConstraint,
      "fra1",
    );
    await client().send(new s3.PutObjectCommand({ Bucket, Key: "k", Body: "1" }));
    await assert.rejects(client().send(new s3.DeleteBucketCommand({ Bucket })), named("BucketNotEmpty"));
    await client().send(new s3.DeleteObjectCommand({ Bucket, Key: "k" }));
    await client().send(new s3.DeleteBucketCommand({ Bucket }));
    await assert.rejects(client().send(new s3.GetBucketLocationCommand({ Bucket })), named("NoSuchBucket"));
    await assert.rejects(client().send(new s3.HeadBucketCommand({ Bucket })), named("NotFound"));
  });

  it("takes the checksum of a region that is not passed on", async () => {
    const url = new URL(`http://127.0.0.1:${port}/summed`);
    const body =
      "<CreateBucketConfiguration><LocationConstraint>fra1</LocationConstraint></CreateBucketConfiguration>";
    const headers = { host: url.host, "content-md5": createHash("md5").update(body).digest("base64") };
    const signable = { method: "PUT", path: url.pathname, query: url.searchParams, headers };
    const signed = signedHeaders(signable, rootAccess, "UNSIGNED-PAYLOAD", new Date());
    assert.equal((await fetch(url, { method: "PUT", headers: signed, body })).status, 200);
  });

  it("breaks on purpose in S3's own form", async () => {
    const list = () => client().send(new s3.ListBucketsCommand({}));
    for (const [name, code] of [
      ["rate-limit", "SlowDown"],
      ["server-error", "InternalError"],
      ["expired-token", "InvalidAccessKeyId"],
      ["access-denied", "AccessDenied"],
    ] as const) {
      storage.world.faults.add({ name, vendor: "spaces", times: 1 });
      await assert.rejects(list(), named(code));
    }
    await list();
  });

  it("never answers where that is broken, and a client that gives up ends it", async () => {
    storage.world.faults.add({ name: "no-answer", vendor: "spaces", times: 1 });
    const impatient = client().send(new s3.ListBucketsCommand({}), {
      abortSignal: AbortSignal.timeout(300),
    });
    await assert.rejects(impatient, named("AbortError"));
    await client().send(new s3.ListBucketsCommand({}));
  });

  it("gives back a damaged object as if it were whole, and the right one once it is mended", async () => {
    const Body = Buffer.from("0123456789");
    const of = { Bucket: "backups", Key: "archive/damaged" };
    await client().send(new s3.PutObjectCommand({ ...of, Body }));
    await client().send(new s3.PutObjectCommand({ Bucket: "backups", Key: "other", Body }));
    // The vendor's client would find it by a checksum that other clients do not ask for.
    const trusting = client(undefined, { responseChecksumValidation: "WHEN_REQUIRED" });
    const read = async (more: Partial<s3.GetObjectCommandInput> = {}) => {
      const answer = await trusting.send(new s3.GetObjectCommand({ ...of, ...more }));
      const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      return [bytes.toString("latin1"), answer.ContentLength, answer.ContentRange];
    };
    const { faults } = storage.world;
    faults.add({ name: "flipped-byte", vendor: "spaces", match: "GET /backups/archive/" });
    const flipped = String.fromCharCode("5".charCodeAt(0) ^ 0xff);
    assert.deepEqual(await read(), [`01234${flipped}6789`, 10, undefined]);
    assert.deepEqual(await read({ Key: "other" }), ["0123456789", 10, undefined]);
    faults.clear();
    faults.add({ name: "truncated-object", vendor: "spaces" });
    assert.deepEqual(await read(), ["01234", 5, undefined]);
    assert.deepEqual(await read({ Range: "bytes=4-9" }), ["456", 3, "bytes 4-6/10"]);
    const { ContentLength } = await client().send(new s3.HeadObjectCommand(of));
    assert.equal(ContentLength, 10);
    faults.clear();
    assert.deepEqual(await read(), ["0123456789", 10, undefined]);
  });
});
