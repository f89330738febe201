import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

import { S3Client } from "@aws-sdk/client-s3";

import type { Environment } from "./client.ts";

/**
 * Object storage, at `SPACES_ENDPOINT_URL`: a template in which `{{.Region}}` is the region. Buckets are names before
 * the host, as with the official plugin; only a host that is an address has them in the path.
 */
export function spacesClient(
  settings: Record<string, string>,
  env: Environment,
): (region: string) => S3Client {
  return (region) => {
    const accessKeyId = settings["spacesAccessId"] || env["SPACES_ACCESS_KEY_ID"];
    const secretAccessKey = settings["spacesSecretKey"] || env["SPACES_SECRET_ACCESS_KEY"];
    if (!accessKeyId || !secretAccessKey) throw new Error("Spaces credentials not configured");
    const template =
      settings["spacesEndpoint"] ||
      env["SPACES_ENDPOINT_URL"] ||
      "https://{{.Region}}.digitaloceanspaces.com";
    return new S3Client({
      endpoint: template.replaceAll(/\{\{\s*\.Region\s*\}\}/g, region.toLowerCase()),
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: {
        httpAgent: new HttpAgent({ lookup: local }),
        httpsAgent: new HttpsAgent({ lookup: local }),
      },
    });
  };
}

/** Names under `localhost` are this machine (RFC 6761, 6.3), which the C library of most Linux systems denies. */
function local(
  host: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
): void {
  if (host !== "localhost" && !host.endsWith(".localhost")) return lookup(host, options, callback);
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
}
