import { DeleteObjectsCommand, ListObjectVersionsCommand, NoSuchBucket, S3Client } from "@aws-sdk/client-s3";
import { readRun } from "../sandbox/run.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import { UserError } from "../user-error.ts";
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
  signal: AbortSignal,
): Promise<number> {
  let gone = 0;
  for (const { inputs = {} } of buckets) {
    const { name, region } = inputs as { name: string; region: string };
    const client = spaces(stack, region);
    try {
      for (let more = true; more;) {
        signal.throwIfAborted();
        const list = await client.send(new ListObjectVersionsCommand({ Bucket: name }));
        const all = [...(list.Versions ?? []), ...(list.DeleteMarkers ?? [])];
        const Objects = all.map(({ Key, VersionId }) => ({ Key: Key ?? "", VersionId }));
        if (Objects.length > 0) await deleteAll(client, name, Objects);
        gone += Objects.length;
        tell(`${name}: ${gone} objects`);
        more = list.IsTruncated === true;
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

/** Refusals of single objects come in an answer that says 200. */
async function deleteAll(
  client: S3Client,
  bucket: string,
  Objects: { Key: string; VersionId: string | undefined }[],
): Promise<void> {
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
  );
  const [refused] = Errors;
  if (!refused) return;
  throw new UserError(
    "failed",
    `${bucket}: ${refused.Key ?? "an object"} cannot be deleted (${refused.Code ?? "refused"})`,
    {
      hint: "Does the Spaces key of the environment have full access? Nothing else was deleted.",
    },
  );
}

/** A client of Spaces, with the endpoint and the keys that the official plugin uses. */
export function spaces(stack: string, region: string): S3Client {
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
