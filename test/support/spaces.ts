import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { World } from "./world.ts";

/** A bucket of a world's Spaces that a stack's state is kept in, and what plain `pulumi` needs to keep it there. */
export async function stateBucket(world: World, bucket: string): Promise<NodeJS.ProcessEnv> {
  const { ports, credentials } = world.run();
  const endpoint = `http://127.0.0.1:${ports.spaces}`;
  const { spacesAccessKeyId: accessKeyId, spacesSecretAccessKey: secretAccessKey } = credentials;
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  const options = new URLSearchParams({
    endpoint,
    region: "us-east-1",
    s3ForcePathStyle: "true",
    disableSSL: "true",
  });
  return {
    PULUMI_BACKEND_URL: `s3://${bucket}?${options.toString()}`,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
