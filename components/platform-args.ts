import * as pulumi from "@pulumi/pulumi";
import type { AppSizeSlug } from "../catalog/app-sizes.ts";
import type { DatabaseSizeSlug } from "../catalog/database-sizes.ts";
import type { DropletSizeSlug } from "../catalog/droplet-sizes.ts";
import type { RegionSlug } from "../catalog/regions.ts";
import type { DrillSchedule } from "./backup-service.ts";
import type { MailSettings } from "./droplet-server.ts";
import type { Environment } from "./project.ts";
import type { LastOutputs, Release, ReleaseChange } from "./release.ts";
import type { RepositoryArgs } from "./repository.ts";

type Secret = pulumi.Output<string>;

/** What a platform is made of. The sections are those of a stack's settings; docs/settings.md tells each field. */
export interface OdooPlatformArgs {
  platform: {
    name: string;
    environment: Environment;
    domain: string;
    zone: { name: string; owned: boolean };
    region: RegionSlug;
  };
  host:
    | {
        kind: "droplet";
        size: DropletSizeSlug;
        volumeGb: number;
        adminNetworks: string[];
        trustedCertificates: string[];
      }
    | { kind: "app"; size: AppSizeSlug; instances: number; cronSize: AppSizeSlug };
  database:
    | { kind: "droplet"; image?: string | undefined }
    | { kind: "managed"; version: string; size: DatabaseSizeSlug; standby: boolean };
  odoo: { series: string; workers: "auto" | number; modules: string[] };
  tls: { directory: string; contact: string };
  backups: { hour: string; retentionDays: number; timeZone: string; drill: DrillSchedule };
  mail: MailSettings;
  services: { n8n?: { domain: string; image?: string | undefined } | undefined };
  repositories: Pick<
    RepositoryArgs,
    "owner" | "name" | "owned" | "branch" | "requiredChecks" | "approvals" | "reviewers" | "protectable"
  >[];
  alerts: { email: string[]; slack?: { deployments: string; incidents: string } | undefined };
  /** Every secret of the settings, by its key. */
  secrets: Partial<Record<string, Secret>>;
  publicKeys: { sshPublicKey?: string; hostPublicKey?: string };
  secretsDigest: string;
  /** Folders of add-ons in the release's image. */
  addonsPath: string[];
  /** Name of the stack that declares it. */
  stack: string;
  /** What is kept on the machine for the way back. */
  deploy: { keepReleases: number; keepCopiesDays: number; copiesShareOfDisk: number };
  release: Release;
  last: LastOutputs;
}

/** What operations read of a running platform. */
export interface PlatformOutputs {
  url: string;
  /** Address that the domain points to: an IPv4 address, or the app's host name. */
  address: pulumi.Output<string>;
  hostKind: "droplet" | "app";
  /** Id of the droplet or the app at DigitalOcean. */
  hostId: pulumi.Output<string>;
  /** How the droplet is reached by SSH: its address, and the host key that it has to answer with (OpenSSH). */
  machine?: { address: pulumi.Output<string>; hostKey: pulumi.Output<string> };
  domains: { odoo: string; n8n?: string };
  mail: MailSettings["kind"];
  /** Authorities that the platform's own certificates may come from beside the public ones, PEM. */
  trustedCertificates: string[];
  backupBucket: pulumi.Output<string>;
  /** What serves. An update that failed before it came up leaves the one before, which the next update goes on with. */
  release: pulumi.Output<Release>;
  /** What the last change of it came to on the machine; an app has none. */
  change: pulumi.Output<ReleaseChange | undefined> | undefined;
  monthlyPriceUsd: number;
  secretsDigest: string;
}

/** One of the secrets that the settings must have brought. */
export function secretOf(args: OdooPlatformArgs, key: string): Secret {
  const secret = args.secrets[key];
  // Settings are complete before the program runs, so this is a bug in settings/secrets.ts.
  if (!secret) throw new Error(`secret ${key} is needed here, but settings/secrets.ts does not say so`);
  return secret;
}
