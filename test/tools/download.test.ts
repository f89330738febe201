import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromRelease, reach } from "../../tools/setup/download.mjs";
import { Unavailable } from "../../tools/setup/errors.mjs";

describe("taking a tool from its release", () => {
  const silent = (): void => {};
  let folder: string;
  let archive: Buffer;
  let server: Server;
  let url: string;

  before(async () => {
    folder = fs.mkdtempSync(join(tmpdir(), "release-"));
    fs.mkdirSync(join(folder, "thing_v1"));
    fs.writeFileSync(join(folder, "thing_v1", "thing"), "#!/bin/sh\n", { mode: 0o755 });
    execFileSync("tar", ["-czf", "thing.tar.gz", "thing_v1"], { cwd: folder });
    archive = fs.readFileSync(join(folder, "thing.tar.gz"));
    server = createServer((request, response) => {
      if (request.url === "/half") {
        response.writeHead(200, { "content-length": archive.length }).write(archive.subarray(0, 10));
        setTimeout(() => response.destroy(), 20);
      } else if (request.url === "/thing.tar.gz") response.end(archive);
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(folder, { recursive: true });
  });

  const release = (path: string, sha256 = createHash("sha256").update(archive).digest("hex")) =>
    fromRelease(
      { url: `${url}${path}`, sha256, member: "thing_v1/thing" },
      join(folder, "place", "thing"),
      silent,
    );

  it("puts the one file into place, ready to run", async () => {
    const file = await release("/thing.tar.gz");
    assert.equal(fs.statSync(file).mode & 0o111, 0o111);
    assert.deepEqual(fs.readdirSync(join(folder, "place")), ["thing"]);
    fs.rmSync(file);
  });

  it("takes nothing whose digest is not the pinned one", async () => {
    await assert.rejects(
      release("/thing.tar.gz", "0".repeat(64)),
      /has the SHA-256 [0-9a-f]{64}, not the pinned one$/,
    );
    assert.deepEqual(fs.readdirSync(join(folder, "place")), []);
  });

  for (const [path, reason] of [
    ["/gone", /answers 404$/],
    ["/half", /cannot be reached/],
  ] as const) {
    it(`leaves the next way open when the site fails (${path})`, async () => {
      await assert.rejects(release(path), (error) => {
        assert.ok(error instanceof Unavailable);
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it("says why a site is out of reach", async () => {
    await assert.rejects(reach("http://127.0.0.1:1/"), /^Error: 127\.0\.0\.1:1 cannot be reached \(/);
  });
});
