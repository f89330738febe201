import { readFileSync } from "node:fs";
import { type RequestListener, type Server, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import type { World } from "../world.ts";
import { spacesFront } from "./front.ts";
import { startGateway } from "./gateway.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { spacesKeyring } from "../digitalocean/spaces-keys.ts";

interface TlsAddress {
  address: string;
  port: number;
  certificate: string;
  key: string;
}

export interface SpacesServerOptions {
  /** The sandbox's folder; the objects lie below it. */
  dir: string;
  port: number;
  /** Path of versitygw. */
  versitygw: string;
  credentials: { spacesAccessKeyId: string; spacesSecretAccessKey: string };
  /** Where machines reach it, by TLS: the files of its certificate are PEM. */
  tls?: TlsAddress | undefined;
}

/**
 * Starts Spaces, on loopback and where machines reach it: the S3 server, the front before it, and the hourly look at what has expired.
 * @param cloud where DigitalOcean's API keeps the keys that were made through it
 */
export async function startSpaces(
  world: World,
  cloud: World,
  { dir, port, versitygw, credentials, tls }: SpacesServerOptions,
): Promise<{ close: () => Promise<void> }> {
  const rootAccess = {
    accessKey: credentials.spacesAccessKeyId,
    secretKey: credentials.spacesSecretAccessKey,
  };
  const gateway = await startGateway({ binary: versitygw, directory: join(dir, "spaces"), rootAccess });

  const front = spacesFront(world, {
    upstream: gateway.url,
    written: gateway.written,
    rootAccess,
    keys: spacesKeyring(cloud),
  });
  const servers = [await listen(createServer(front), port, "127.0.0.1")];
  if (tls) servers.push(await listen(tlsServer(front, tls), tls.port, tls.address));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    region: "us-east-1",
    credentials: { accessKeyId: rootAccess.accessKey, secretAccessKey: rootAccess.secretKey },
  });
  const expire = async (): Promise<void> => {
    const expired = await applyLifecycle(client, world.now());
    for (const { bucket, key, why } of expired) world.log(`spaces: expired ${why} ${bucket}/${key}`);
  };
  const hourly = setInterval(() => {
    expire().catch((error: unknown) => world.log(`spaces: lifecycle: ${String(error)}`));
  }, 3_600_000);
  hourly.unref();
  return {
    close: async () => {
      clearInterval(hourly);
      client.destroy();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await gateway.stop();
    },
  };
}

const tlsServer = (front: RequestListener, { certificate, key }: TlsAddress) =>
  createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, front);

function listen<S extends Server>(server: S, port: number, address: string): Promise<S> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => resolve(server));
  });
}
