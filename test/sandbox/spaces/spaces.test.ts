import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as s3 from "@aws-sdk/client-s3";
import { createServer, request } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { spacesFront } from "../../../sandbox/spaces/front.ts";
import { startGateway } from "../../../sandbox/spaces/gateway.ts";
import type { Gateway } from "../../../sandbox/spaces/gateway.ts";
import type { Grant } from "../../../sandbox/spaces/grants.ts";
import { applyLifecycle } from "../../../sandbox/spaces/lifecycle.ts";
import { signedHeaders } from "../../../sandbox/spaces/signature.ts";
import { memoryWorld } from "../../../sandbox/world.ts";

/** Put there by the set-up. */
const binary = fileURLToPath(new URL("../../../node_modules/.bin/versitygw", import.meta.url));

describe("Spaces, with the real S3 server behind", function () {
  this.timeout(60_000);
  const rootAccess = { accessKey: "DO00ACCOUNT", secretKey: ["account", "secret"].join("-") };
  const limited: Record<string, Grant[]> = {
    READER: [{ bucket: "backups", permission: "read" }],
    WRITER: [{ bucket: "backups", permission: "readwrite" }],
    ADMIN: [{ bucket: "", permission: "fullaccess" }],
  };
  const secretOf = (accessKey: string): string =>
    accessKey === rootAccess.accessKey ? rootAccess.secretKey : `secret-${accessKey}`;
  const world = memoryWorld();
  let folder: string;
  let gateway: Gateway;
  let front: Server;
  let port: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spaces-"));
    gateway = await startGateway({ binary, directory: folder, rootAccess });
    const keys = (name: string) => limited[name] && { secret_key: secretOf(name), grants: limited[name] };
    front = createServer(spacesFront(world, { upstream: gateway.url, rootAccess, keys }));
    await new Promise<void>((resolve) => void front.listen(0, "127.0.0.1", resolve));
    ({ port } = front.address() as AddressInfo);
    await client().send(new s3.CreateBucketCommand({ Bucket: "backups" }));
  });
  after(async () => {
    front.closeAllConnections();
    front.close();
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  function client(accessKey = rootAccess.accessKey, more: s3.S3ClientConfig = {}): s3.S3Client {
    return new s3.S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: "sgp1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretOf(accessKey) },
      ...more,
    });
  }
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
    ] as const) {
      world.faults.add({ name, vendor: "spaces", times: 1 });
      await assert.rejects(list(), named(code));
    }
    await list();
  });

  it("says why the server behind does not start", async () => {
    await assert.rejects(
      startGateway({ binary: "/nowhere/versitygw", directory: join(folder, "other"), rootAccess }),
      /\/nowhere\/versitygw did not start: .*ENOENT/,
    );
  });
});
