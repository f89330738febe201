import * as s3 from "@aws-sdk/client-s3";

import type { Resource } from "../protocol/plugin.ts";
import { bool, ignoringCase, list, name, number, object, text, type Shape } from "../protocol/schema.ts";
import { asText, type Properties } from "../protocol/values.ts";
import type { DigitalOcean } from "./client.ts";
import { fromS3, toS3, lifecycleRule } from "./spaces-lifecycle.ts";

const inputs: Shape = {
  name: name(),
  region: text({ default: "nyc3", replaces: true, same: ignoringCase }),
  // Neither is read back: what is changed there by hand is not noticed.
  acl: text({ default: "private", writeOnly: true }),
  corsRules: list(
    object({
      allowedMethods: list(text(), { required: true }),
      allowedOrigins: list(text(), { required: true }),
      allowedHeaders: list(text()),
      maxAgeSeconds: number(),
    }),
    { writeOnly: true },
  ),
  versioning: object({ enabled: bool({ default: false }) }, { computed: true }),
  lifecycleRules: list(object(lifecycleRule)),
  forceDestroy: bool({ default: false, writeOnly: true }),
};

/** https://docs.digitalocean.com/reference/api/spaces/ */
export const spacesBucket: Resource<DigitalOcean> = {
  inputs,
  outputs: ["bucketDomainName", "bucketUrn", "endpoint"],
  importId: (id) => {
    const [region = "", bucket = ""] = id.split(",");
    return { id: bucket, state: { region } };
  },
  create: async (api, wanted) => {
    const Bucket = String(wanted["name"]);
    await storage(api, wanted).send(
      new s3.CreateBucketCommand({ Bucket, ACL: acl(wanted), ...placed(wanted) }),
    );
    return { id: Bucket };
  },
  settle: async (api, id, wanted) => {
    const client = storage(api, wanted);
    await client.send(new s3.HeadBucketCommand({ Bucket: id }));
    await client.send(new s3.PutBucketAclCommand({ Bucket: id, ACL: acl(wanted) }));
    if (wanted["versioning"]) await setVersioning(client, id, wanted);
    if (wanted["lifecycleRules"]) await setLifecycle(client, id, wanted);
    if (wanted["corsRules"]) await setCors(client, id, wanted);
  },
  read: async (api, id, state) => {
    const client = storage(api, state);
    const there = await unless(
      ["NotFound", "NoSuchBucket"],
      client.send(new s3.HeadBucketCommand({ Bucket: id })),
    );
    if (!there) return undefined;
    const location = await client.send(new s3.GetBucketLocationCommand({ Bucket: id }));
    const versioning = await client.send(new s3.GetBucketVersioningCommand({ Bucket: id }));
    const lifecycle = await unless(
      ["NoSuchLifecycleConfiguration"],
      client.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket: id })),
    );
    const region = location.LocationConstraint || asText(state["region"], "nyc3");
    // Built in, whatever the endpoint is, as with the official plugin.
    const endpoint = `${region}.digitaloceanspaces.com`;
    return {
      // A new name changes nothing but the state; see `update`.
      name: state["name"] ?? id,
      region,
      versioning: { enabled: versioning.Status === "Enabled" },
      lifecycleRules: (lifecycle?.Rules ?? []).map(fromS3),
      bucketUrn: `do:space:${id}`,
      bucketDomainName: `${id}.${endpoint}`,
      endpoint,
    };
  },
  // A changed name is taken into the state and the bucket keeps its own: buckets cannot be renamed, and the official
  // plugin neither replaces it nor says so.
  update: async (api, { id, inputs, changed }) => {
    const client = storage(api, inputs);
    if (changed.has("acl")) await client.send(new s3.PutBucketAclCommand({ Bucket: id, ACL: acl(inputs) }));
    if (changed.has("corsRules")) await setCors(client, id, inputs);
    if (changed.has("versioning")) await setVersioning(client, id, inputs);
    if (changed.has("lifecycleRules")) await setLifecycle(client, id, inputs);
  },
  delete: async (api, id, state) => {
    const client = storage(api, state);
    const remove = (): Promise<unknown> =>
      unless(["NoSuchBucket"], client.send(new s3.DeleteBucketCommand({ Bucket: id })));
    try {
      await remove();
    } catch (error) {
      if (!(isNamed(error, ["BucketNotEmpty"]) && state["forceDestroy"])) throw error;
      await empty(client, id);
      await remove();
    }
  },
};

const storage = (api: DigitalOcean, { region }: Properties): s3.S3Client =>
  api.spaces(asText(region, "nyc3"));

const acl = (wanted: Properties): s3.BucketCannedACL => wanted["acl"] as s3.BucketCannedACL;

async function setVersioning(client: s3.S3Client, Bucket: string, wanted: Properties): Promise<void> {
  const { enabled } = (wanted["versioning"] ?? {}) as { enabled?: boolean };
  const Status = enabled ? "Enabled" : "Suspended";
  await client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

async function setLifecycle(client: s3.S3Client, Bucket: string, wanted: Properties): Promise<void> {
  const rules = (wanted["lifecycleRules"] as Properties[] | undefined) ?? [];
  if (rules.length === 0) await client.send(new s3.DeleteBucketLifecycleCommand({ Bucket }));
  else {
    const LifecycleConfiguration = { Rules: rules.map(toS3) };
    await client.send(new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  }
}

async function setCors(client: s3.S3Client, Bucket: string, wanted: Properties): Promise<void> {
  const rules = (wanted["corsRules"] as Properties[] | undefined) ?? [];
  if (rules.length === 0) await client.send(new s3.DeleteBucketCorsCommand({ Bucket }));
  else {
    const CORSRules = rules.map((rule) => ({
      AllowedMethods: rule["allowedMethods"] as string[],
      AllowedOrigins: rule["allowedOrigins"] as string[],
      AllowedHeaders: rule["allowedHeaders"] as string[] | undefined,
      MaxAgeSeconds: rule["maxAgeSeconds"] as number | undefined,
    }));
    await client.send(new s3.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  }
}

/** Deletes every version of every object, a page at a time. */
async function empty(client: s3.S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const page = await client.send(new s3.ListObjectVersionsCommand({ Bucket }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (Objects.length === 0) return;
    const { Errors = [] } = await client.send(
      new s3.DeleteObjectsCommand({
        Bucket,
        Delete: { Objects, Quiet: true },
      }),
    );
    if (Errors[0]) throw new Error(`${Bucket}/${Errors[0].Key}: ${Errors[0].Message}`);
  }
}

/** The answer, or undefined for errors of these names. */
async function unless<T>(names: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, names)) return undefined;
    throw error;
  }
}

const isNamed = (error: unknown, names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/**
 * The official plugin says the region in the host name. Where the endpoint is a bare address, as in the sandbox, there is
 * no such name, so the request says it.
 */
const placed = (wanted: Properties): Pick<s3.CreateBucketCommandInput, "CreateBucketConfiguration"> => ({
  CreateBucketConfiguration: {
    LocationConstraint: String(wanted["region"]).toLowerCase() as s3.BucketLocationConstraint,
  },
});
