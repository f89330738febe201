import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import * as digitalocean from "@pulumi/digitalocean";
import type { automation } from "@pulumi/pulumi";

import { testStack, type TestStack } from "./engine.ts";

/** Object storage of one bucket, as far as it is asked here. */
function storage() {
  const asked: string[] = [];
  const kept = new Map<string, string>();
  const objects = new Set<string>();
  const missing = (code: string): [number, string] => [404, `<Error><Code>${code}</Code></Error>`];
  const answer = (method: string, path: string, query: string, body: string): [number, string] => {
    const key = query.split("=")[0] as string;
    if (method === "PUT" && key !== "") kept.set(key, body);
    if (method === "DELETE" && key !== "") kept.delete(key);
    switch (`${method} ${key}`) {
      case "PUT ":
        kept.set("bucket", path);
        return [200, ""];
      case "HEAD ":
        return kept.has("bucket") ? [200, ""] : [404, ""];
      case "GET location":
        return [200, `<LocationConstraint>fra1</LocationConstraint>`];
      case "GET versioning":
        return [200, kept.get("versioning") ?? "<VersioningConfiguration/>"];
      case "GET lifecycle":
        return kept.has("lifecycle")
          ? [200, kept.get("lifecycle") as string]
          : missing("NoSuchLifecycleConfiguration");
      case "GET versions": {
        const versions = [...objects].map(
          (name) => `<Version><Key>${name}</Key><VersionId>1</VersionId></Version>`,
        );
        return [200, `<ListVersionsResult>${versions.join("")}</ListVersionsResult>`];
      }
      case "POST delete":
        for (const [, name] of body.matchAll(/<Key>(.*?)<\/Key>/g)) objects.delete(name as string);
        return [200, "<DeleteResult/>"];
      case "DELETE ":
        if (objects.size > 0) return [409, "<Error><Code>BucketNotEmpty</Code></Error>"];
        kept.delete("bucket");
        return [204, ""];
      default:
        return [200, ""];
    }
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, search } = new URL(request.url ?? "", "http://x");
      const query = search
        .slice(1)
        .replace(/&?x-id=\w+/, "")
        .replace(/=$/, "");
      asked.push(`${request.method} ${pathname.replace(/\/$/, "")}${query === "" ? "" : `?${query}`}`);
      const [status, body] = answer(String(request.method), pathname, query, await text(request));
      response.writeHead(status, { "content-type": "application/xml" }).end(body);
    })();
  });
  return { asked, objects, server };
}

describe("a bucket in Spaces", () => {
  const spaces = storage();
  let test: TestStack;

  before(async () => {
    await new Promise<void>((resolve) => spaces.server.listen(0, "127.0.0.1", resolve));
    const { port } = spaces.server.address() as AddressInfo;
    test = await testStack({
      env: {
        SPACES_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        SPACES_ACCESS_KEY_ID: "id",
        SPACES_SECRET_ACCESS_KEY: "key",
      },
    });
  });
  after(async () => {
    await test.close();
    await new Promise((resolve) => spaces.server.close(resolve));
  });

  const bucket =
    (days: number | undefined): automation.PulumiFn =>
    async () => {
      new digitalocean.SpacesBucket("backups", {
        name: "backups",
        region: "fra1",
        versioning: { enabled: true },
        forceDestroy: true,
        ...(days !== undefined && {
          lifecycleRules: [
            {
              enabled: true,
              prefix: "daily/",
              expiration: { days },
              noncurrentVersionExpiration: { days: 7 },
            },
          ],
        }),
      });
    };

  it("keeps versions and lets old ones go", async () => {
    assert.deepEqual(await test.up(bucket(30)), { create: 2 });
    const { endpoint, bucketDomainName, lifecycleRules } = await test.state("backups");
    assert.equal(endpoint, "fra1.digitaloceanspaces.com");
    assert.equal(bucketDomainName, "backups.fra1.digitaloceanspaces.com");
    assert.deepEqual((lifecycleRules as { expiration: object }[])[0]?.expiration, { days: 30 });
    const writes = spaces.asked.filter((request) => request.startsWith("PUT"));
    assert.deepEqual(writes, [
      "PUT /backups",
      "PUT /backups?acl",
      "PUT /backups?versioning",
      "PUT /backups?lifecycle",
    ]);
  });

  it("has nothing to do the second time, nor after a refresh", async () => {
    assert.deepEqual(await test.refresh(), { same: 2 });
    assert.deepEqual(await test.up(bucket(30)), { same: 2 });
  });

  it("changes only what has changed", async () => {
    const before = spaces.asked.length;
    assert.deepEqual(await test.up(bucket(60)), { update: 1, same: 1 });
    assert.deepEqual(await test.up(bucket(undefined)), { update: 1, same: 1 });
    const writes = spaces.asked.slice(before).filter((request) => /^(PUT|DELETE)/.test(request));
    assert.deepEqual(writes, ["PUT /backups?lifecycle", "DELETE /backups?lifecycle"]);
  });

  it("is emptied where that was asked for, and deleted", async () => {
    spaces.objects.add("daily/one");
    await test.destroy();
    assert.deepEqual([...spaces.objects], []);
    assert.equal(spaces.asked.at(-1), "DELETE /backups");
  });

  it("is refused without keys", async () => {
    const keyless = await testStack({ env: {} });
    try {
      await assert.rejects(keyless.up(bucket(30)), /Spaces credentials not configured/);
    } finally {
      await keyless.close();
    }
  });
});
