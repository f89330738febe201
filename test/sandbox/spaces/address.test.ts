import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { readAddress, upstreamPath } from "../../../sandbox/spaces/address.ts";

const read = (url: string, host: string) => readAddress({ url, headers: { host } } as IncomingMessage);

describe("the address of a Spaces request", () => {
  for (const [scene, url, host, expected] of [
    ["virtual-hosted", "/a/b%20c", "backups.sgp1.spaces.test", ["backups", "a/b%20c", "sgp1"]],
    [
      "virtual-hosted, with dots in the bucket",
      "/",
      "my.old.bucket.fra1.spaces.test:81",
      ["my.old.bucket", "", "fra1"],
    ],
    ["path-style on a region's host", "/backups?location=", "sgp1.spaces.test", ["backups", "", "sgp1"]],
    [
      "path-style on a host without a region",
      "/backups/a/b",
      "127.0.0.1:9000",
      ["backups", "a/b", undefined],
    ],
    [
      "through a proxy, with the whole URL",
      "http://backups.sgp1.spaces.test/a?acl=",
      "backups.sgp1.spaces.test",
      ["backups", "a", "sgp1"],
    ],
    ["the service itself", "/", "sgp1.spaces.test", ["", "", "sgp1"]],
    ["a bucket with a last slash", "/backups/", "localhost", ["backups", "", undefined]],
  ] as const)
    it(`is read ${scene}`, () => {
      const { bucket, key, region } = read(url, host);
      assert.deepEqual([bucket, key, region], expected);
    });

  it("becomes a path of the server behind, without the signature of a presigned URL", () => {
    const address = read(
      "/a%2Bb?X-Amz-Signature=1&X-Amz-Credential=x&versionId=a%2Fb&acl",
      "backups.sgp1.spaces.test",
    );
    assert.equal(upstreamPath(address), "/backups/a%2Bb?versionId=a%2Fb&acl=");
    assert.equal(upstreamPath(read("/", "sgp1.spaces.test")), "/");
  });
});
