import { createServer } from "node:http";
import { join } from "node:path";
import type { World } from "../world.ts";
import { spacesFront } from "./front.ts";
import { startGateway } from "./gateway.ts";
import { spacesKeyring } from "../digitalocean/spaces-keys.ts";

export interface SpacesServerOptions {
  /** The sandbox's folder; the objects lie below it. */
  dir: string;
  port: number;
  /** Path of versitygw. */
  versitygw: string;
  credentials: { spacesAccessKeyId: string; spacesSecretAccessKey: string };
}

/**
 * Starts Spaces on loopback: the S3 server, and the front before it.
 * @param cloud where DigitalOcean's API keeps the keys that were made through it
 */
export async function startSpaces(
  world: World,
  cloud: World,
  { dir, port, versitygw, credentials }: SpacesServerOptions,
): Promise<{ close: () => Promise<void> }> {
  const rootAccess = {
    accessKey: credentials.spacesAccessKeyId,
    secretKey: credentials.spacesSecretAccessKey,
  };
  const gateway = await startGateway({ binary: versitygw, directory: join(dir, "spaces"), rootAccess });

  const front = createServer(
    spacesFront(world, { upstream: gateway.url, rootAccess, keys: spacesKeyring(cloud) }),
  );
  await new Promise<void>((resolve, reject) => {
    front.once("error", reject);
    front.listen(port, "127.0.0.1", resolve);
  });
  return {
    close: async () => {
      front.closeAllConnections();
      front.close();
      await gateway.stop();
    },
  };
}
