import { createHash } from "node:crypto";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { PricedResource } from "../catalog/prices.ts";
import { type AppSpecArgs, type AppEnv, appSpec, secretPaths } from "./app-spec.ts";
import { bucketName, createBucketKey } from "./backups.ts";
import type { Host } from "./host.ts";
import type { Postgres } from "./postgres.ts";
import { type Environment, createProject } from "./project.ts";

export interface AppPlatformHostArgs extends Omit<AppSpecArgs, "name" | "database"> {
  environment: Environment;
  /** The managed cluster that the app uses. */
  postgres: Postgres;
  /** Postgres version of that cluster. */
  databaseVersion: string;
  /** Digest of every secret setting: it changes when one of them does. Says nothing about them. */
  secretsDigest: string;
  /** What the last update's `secretsDigest` output was. */
  lastSecretsDigest: unknown;
}

/**
 * Odoo on App Platform: no machine to look after, several instances, the filestore in a bucket.
 *
 * @example
 * const host = new AppPlatformHost("odoo-prod", { size: "apps-s-1vcpu-2gb", instances: 2, postgres, ... });
 */
export class AppPlatformHost extends pulumi.ComponentResource implements Host {
  readonly filestore: digitalocean.SpacesBucket;
  readonly filestoreKey: digitalocean.SpacesKey;
  readonly app: digitalocean.App;
  readonly project: digitalocean.Project;
  readonly dns: Host["dns"];
  readonly databaseClient: Host["databaseClient"];
  readonly dropletIds: pulumi.Output<string>[] = [];
  readonly priced: PricedResource[];
  /** Changes when a secret does, or another one is sent; the next update compares it. */
  readonly secretsDigest: string;

  constructor(name: string, args: AppPlatformHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:AppPlatformHost", name, {}, opts);
    this.filestore = createFilestore(name, args, this);
    this.filestoreKey = createBucketKey(`${name}-filestore`, this.filestore, this);
    const spec = specOf(name, args, this.filestore, this.filestoreKey);
    this.secretsDigest = sentDigest(args.secretsDigest, spec.envs);
    this.app = createApp(name, args, spec, this.secretsDigest, this);
    this.project = createProject(name, args.environment, [this.app.appUrn], this);
    this.dns = { type: "CNAME", data: this.app.defaultIngress.apply(hostOf) };
    this.databaseClient = { type: "app", value: this.app.id };
    this.priced = [
      { type: "digitalocean:index/app:App", name, props: { spec } },
      { type: "digitalocean:index/spacesBucket:SpacesBucket", name: `${name}-filestore`, props: {} },
    ];
    this.registerOutputs({ ingress: this.app.defaultIngress });
  }
}

function createFilestore(
  name: string,
  args: AppPlatformHostArgs,
  parent: pulumi.Resource,
): digitalocean.SpacesBucket {
  return new digitalocean.SpacesBucket(
    `${name}-filestore-bucket`,
    {
      name: bucketName(args.domain, "filestore"),
      region: args.region,
      acl: "private",
      versioning: { enabled: true },
    },
    // A new name is no update: the provider would go on with a bucket that is not there. Protected, it is refused.
    { parent, protect: true, replaceOnChanges: ["name"] },
  );
}

function specOf(
  name: string,
  args: AppPlatformHostArgs,
  filestore: digitalocean.SpacesBucket,
  key: digitalocean.SpacesKey,
) {
  const { connection, cluster } = args.postgres;
  const filestoreEnv: AppEnv[] = [
    { key: "FILESTORE_BUCKET", value: filestore.name, secret: false },
    { key: "FILESTORE_REGION", value: args.region, secret: false },
    { key: "FILESTORE_ACCESS_KEY_ID", value: key.accessKey, secret: true },
    { key: "FILESTORE_SECRET_ACCESS_KEY", value: key.secretKey, secret: true },
  ];
  return appSpec({
    ...args,
    name,
    env: [...args.env, ...filestoreEnv],
    database: {
      clusterName: cluster?.name ?? `${name}-database`,
      version: args.databaseVersion,
      name: connection.database,
      user: connection.user,
    },
  });
}

function createApp(
  name: string,
  args: AppPlatformHostArgs,
  spec: ReturnType<typeof appSpec>,
  digest: string,
  parent: pulumi.Resource,
): digitalocean.App {
  // While no value has changed, its encrypted answer is no difference; when one has, all of them are sent again.
  const unchanged = digest === args.lastSecretsDigest;
  return new digitalocean.App(
    `${name}-app`,
    { spec },
    { parent, dependsOn: args.postgres.parts, ignoreChanges: unchanged ? secretPaths(spec) : [] },
  );
}

const hostOf = (ingress: string): string => ingress.replace(/^https?:\/\//, "").replace(/\/$/, "");

/** What is sent as secrets: their values by the settings' digest, and which they are. */
function sentDigest(secretsDigest: string, envs: unknown): string {
  const keys = (envs as { key: string }[]).map(({ key }) => key).toSorted();
  return createHash("sha256")
    .update([secretsDigest, ...keys].join("\n"))
    .digest("hex");
}
