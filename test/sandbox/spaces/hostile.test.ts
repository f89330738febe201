import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { spacesFront } from "../../../sandbox/spaces/front.ts";
import { memoryWorld } from "../../../sandbox/world.ts";

const rootAccess = { accessKey: "root", secretKey: "root" };

/** Sends a request as it stands, without a client that tidies it up, and returns what came back. */
async function send(
  path: string,
  method: string,
  host?: string,
): Promise<{ status: number | undefined; body: string }> {
  const front = createServer(
    spacesFront(memoryWorld(), { upstream: "http://127.0.0.1:9", rootAccess, keys: () => undefined }),
  );
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const asked = request(
        { port, host: "127.0.0.1", path, method, headers: { host: host ?? "127.0.0.1" } },
        (answer) => {
          let body = "";
          answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
          answer.on("end", () => resolve({ status: answer.statusCode, body }));
        },
      );
      asked.on("error", reject);
      asked.end();
    });
  } finally {
    front.close();
  }
}

describe("Spaces, asked by somebody hostile", () => {
  it("refuses what is no address, and lives on", async () => {
    for (const [path, host] of [
      ["//", "127.0.0.1"],
      ["/", "["],
    ] as const) {
      const { status, body } = await send(path, "GET", host);
      assert.equal(status, 400);
      assert.match(body, /<Code>InvalidURI<\/Code>/);
    }
  });

  it("takes no path for an upload's id, which the server behind would follow and delete", async () => {
    const { status, body } = await send("/bucket/key?uploadId=..%2f..%2f..%2felsewhere", "DELETE");
    assert.equal(status, 404);
    assert.match(body, /<Code>NoSuchUpload<\/Code>/);
  });
});
