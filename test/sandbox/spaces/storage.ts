import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as s3 from "@aws-sdk/client-s3";
import { spacesFront } from "../../../sandbox/spaces/front.ts";
import { startGateway } from "../../../sandbox/spaces/gateway.ts";
import type { Grant } from "../../../sandbox/spaces/grants.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import type { World } from "../../../sandbox/world.ts";

/** Put there by the set-up. */
export const binary = fileURLToPath(new URL("../../../node_modules/.bin/versitygw", import.meta.url));

export const rootAccess = { accessKey: "DO00ACCOUNT", secretKey: ["account", "secret"].join("-") };

/** Keys besides the account's own. */
const limited: Record<string, Grant[]> = {
  READER: [{ bucket: "backups", permission: "read" }],
  WRITER: [{ bucket: "backups", permission: "readwrite" }],
  ADMIN: [{ bucket: "", permission: "fullaccess" }],
};
const secretOf = (accessKey: string): string =>
  accessKey === rootAccess.accessKey ? rootAccess.secretKey : `secret-${accessKey}`;

/** Emulated Spaces with the real server behind, in a folder of its own. */
export interface Storage {
  world: World;
  folder: string;
  port: number;
  /** The vendor's client, path-style, with one of the keys or the account's. */
  client: (accessKey?: string, more?: s3.S3ClientConfig) => s3.S3Client;
  stop: () => Promise<void>;
}

/** Starts it with one bucket, `backups` in sgp1. */
export async function startStorage(): Promise<Storage> {
  const world = memoryWorld();
  const folder = mkdtempSync(join(tmpdir(), "spaces-"));
  const gateway = await startGateway({ binary, directory: folder, rootAccess });
  const keys = (name: string) => limited[name] && { secret_key: secretOf(name), grants: limited[name] };
  const front = createServer(
    spacesFront(world, { upstream: gateway.url, written: gateway.written, rootAccess, keys }),
  );
  await new Promise<void>((resolve) => void front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  const client: Storage["client"] = (accessKey = rootAccess.accessKey, more = {}) =>
    new s3.S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: "sgp1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretOf(accessKey) },
      ...more,
    });
  await client().send(new s3.CreateBucketCommand({ Bucket: "backups" }));
  const stop = async (): Promise<void> => {
    front.closeAllConnections();
    front.close();
    await gateway.stop();
    rmSync(folder, { recursive: true });
  };
  return { world, folder, port, client, stop };
}
