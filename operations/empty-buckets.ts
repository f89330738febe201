import { DeleteObjectsCommand, ListObjectVersionsCommand, NoSuchBucket, S3Client } from "@aws-sdk/client-s3";
import { readRun } from "../sandbox/run.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import type { StateResource } from "./state.ts";

/**
 * Empties buckets that are about to be deleted, every version of every object: a bucket that holds something is refused,
 * and none may say `forceDestroy`, so only the typed name of `destroy` comes here.
 *
 * @returns the number of object versions that are gone
 */
export async function emptyBuckets(
  stack: string,
  buckets: StateResource[],
  tell: (text: string) => void,
): Promise<number> {
  let gone = 0;
  for (const { inputs = {} } of buckets) {
    const { name, region } = inputs as { name: string; region: string };
    const client = spaces(stack, region);
    try {
      for (let more = true; more;) {
        const {
          Versions = [],
          DeleteMarkers = [],
          IsTruncated,
        } = await client.send(new ListObjectVersionsCommand({ Bucket: name }));
        const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
          Key: Key ?? "",
          VersionId,
        }));
        if (Objects.length > 0)
          await client.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }));
        gone += Objects.length;
        tell(`${name}: ${gone} objects`);
        more = IsTruncated === true;
      }
    } catch (error) {
      // Somebody was faster; the engine finds that out by itself.
      if (!(error instanceof NoSuchBucket)) throw error;
    } finally {
      client.destroy();
    }
  }
  return gone;
}

/** A client of Spaces, with the endpoint and the keys that the official plugin uses. */
function spaces(stack: string, region: string): S3Client {
  const {
    SPACES_ENDPOINT_URL: template = "https://{{.Region}}.digitaloceanspaces.com",
    SPACES_ACCESS_KEY_ID: accessKeyId = "",
    SPACES_SECRET_ACCESS_KEY: secretAccessKey = "",
  } = process.env;
  // The sandbox's host names are known to its proxy alone; its port takes paths too.
  const run = isSandbox(stack) ? readRun(sandboxDir()) : undefined;
  const endpoint = run
    ? `http://127.0.0.1:${run.ports.spaces}`
    : template.replaceAll(/\{\{\s*\.Region\s*\}\}/g, region);
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
}
