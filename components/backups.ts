import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { PricedResource } from "../catalog/prices.ts";

export interface BackupsArgs {
  /** Region slug of the bucket. Changing it replaces the bucket. */
  region: string;
  /** Where the platform answers. Bucket names are shared with the whole world, so the domain makes it unique. */
  domain: string;
  /** Days that a deleted or overwritten object can still be brought back. */
  retentionDays: number;
}

/**
 * The bucket that backups go to, and the only key that may write there.
 *
 * Versioning keeps what somebody deletes or overwrites for as long as backups are kept.
 *
 * @example
 * new Backups("odoo-prod", { region: "sgp1", domain: "erp.example.com", retentionDays: 30 });
 */
export class Backups extends pulumi.ComponentResource {
  readonly bucket: digitalocean.SpacesBucket;
  readonly key: digitalocean.SpacesKey;
  readonly priced: PricedResource[];

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Backups", name, {}, opts);
    this.bucket = createBucket(name, args, this);
    this.key = createBucketKey(`${name}-backups`, this.bucket, this);
    this.priced = [
      { type: "digitalocean:index/spacesBucket:SpacesBucket", name: `${name}-backups`, props: {} },
    ];
    this.registerOutputs({ bucket: this.bucket.name });
  }
}

/** A bucket's name from a domain: the world shares one name space. At most 63 characters, letters, digits and dashes. */
export function bucketName(domain: string, suffix: string): string {
  return `${domain.replaceAll(".", "-").slice(0, 62 - suffix.length)}-${suffix}`;
}

/** A key that may read and write this one bucket. */
export function createBucketKey(
  name: string,
  bucket: digitalocean.SpacesBucket,
  parent: pulumi.Resource,
): digitalocean.SpacesKey {
  return new digitalocean.SpacesKey(
    `${name}-key`,
    { name, grants: [{ bucket: bucket.name, permission: "readwrite" }] },
    { parent },
  );
}

function createBucket(name: string, args: BackupsArgs, parent: pulumi.Resource): digitalocean.SpacesBucket {
  return new digitalocean.SpacesBucket(
    `${name}-backups-bucket`,
    {
      name: bucketName(args.domain, "backups"),
      region: args.region,
      acl: "private",
      versioning: { enabled: true },
      lifecycleRules: [
        {
          id: "expire-old-versions",
          enabled: true,
          noncurrentVersionExpiration: { days: args.retentionDays },
          abortIncompleteMultipartUploadDays: 7,
        },
      ],
    },
    // A new name is no update: the provider would go on with a bucket that is not there. Protected, it is refused.
    { parent, protect: true, replaceOnChanges: ["name"] },
  );
}
