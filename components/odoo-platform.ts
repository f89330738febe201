import * as pulumi from "@pulumi/pulumi";
import type { AppSizeSlug } from "../catalog/app-sizes.ts";
import type { DatabaseSizeSlug } from "../catalog/database-sizes.ts";
import type { DropletSizeSlug } from "../catalog/droplet-sizes.ts";
import { monthlyPrice } from "../catalog/prices.ts";
import type { RegionSlug } from "../catalog/regions.ts";
import type { AlertTargets } from "./alert-targets.ts";
import { type AppEnv } from "./app-spec.ts";
import { AppPlatformHost } from "./app-platform-host.ts";
import type { DrillSchedule } from "./backup-service.ts";
import { Backups } from "./backups.ts";
import { DnsRecords } from "./dns-records.ts";
import { DropletHost } from "./droplet-host.ts";
import { DropletServer, type MailSettings } from "./droplet-server.ts";
import type { Host } from "./host.ts";
import { Monitoring } from "./monitoring.ts";
import { Postgres } from "./postgres.ts";
import type { Environment } from "./project.ts";
import type { LastOutputs, Release, ReleaseChange } from "./release.ts";
import { Repository, type RepositoryArgs } from "./repository.ts";

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

/**
 * A whole Odoo platform on DigitalOcean and GitHub.
 *
 * @example
 * new OdooPlatform("odoo-prod", { ...settings, stack: "prod", release, last });
 */
export class OdooPlatform extends pulumi.ComponentResource {
  readonly postgres: Postgres;
  readonly host: DropletHost | AppPlatformHost;
  readonly dns: DnsRecords;
  /** What the droplet becomes over SSH; there is none on App Platform. */
  readonly server: DropletServer | undefined;
  readonly backups: Backups;
  readonly monitoring: Monitoring;
  readonly repositories: Repository[];
  readonly outputs: PlatformOutputs;

  constructor(name: string, args: OdooPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    // The policies read the settings off this component's inputs, so they stand there, without the secrets.
    super("odoo-platform:index:OdooPlatform", name, settingsOf(args), opts);
    const { host, managed } = createHost(name, args, this);
    this.host = host;
    managed?.admit(host.databaseClient);
    this.dns = new DnsRecords(
      name,
      { ...args.platform, domains: domainsOf(args), target: host.dns },
      at(this),
    );
    this.backups = new Backups(name, { ...args.platform, ...args.backups }, at(this));
    this.server = host instanceof DropletHost ? createServer(name, args, host, managed, this) : undefined;
    this.postgres = postgresOf(this.server, managed);
    this.monitoring = new Monitoring(name, monitoringOf(args, this.host), at(this));
    this.repositories = createRepositories(name, args, this);
    this.outputs = outputsOf(args, this);
    this.registerOutputs({ url: this.outputs.url, monthlyPriceUsd: this.outputs.monthlyPriceUsd });
  }
}

const at = (parent: pulumi.Resource): pulumi.ComponentResourceOptions => ({ parent });

function settingsOf(args: OdooPlatformArgs): pulumi.Inputs {
  const { secrets: _, publicKeys: __, secretsDigest: ___, last: ____, ...settings } = args;
  return settings;
}

function createHost(name: string, args: OdooPlatformArgs, parent: pulumi.Resource) {
  return args.host.kind === "droplet"
    ? onDroplet(name, args, args.host, parent)
    : onApp(name, args, args.host, parent);
}

function onDroplet(
  name: string,
  args: OdooPlatformArgs,
  settings: Extract<OdooPlatformArgs["host"], { kind: "droplet" }>,
  parent: pulumi.Resource,
) {
  const { sshPublicKey = "", hostPublicKey = "" } = args.publicKeys;
  const hostKey = { privateKey: secretOf(args, "hostPrivateKey"), publicKey: hostPublicKey };
  const host = new DropletHost(name, { ...args.platform, ...settings, sshPublicKey, hostKey }, at(parent));
  const { database } = args;
  const managed =
    database.kind === "managed"
      ? new Postgres(name, { ...database, region: args.platform.region, vpcId: host.vpc.id }, at(parent))
      : undefined;
  return { host, managed };
}

function createServer(
  name: string,
  args: OdooPlatformArgs,
  host: DropletHost,
  managedPostgres: Postgres | undefined,
  platform: OdooPlatform,
): DropletServer {
  if (args.host.kind !== "droplet") throw new Error("a droplet was made for settings that ask for none");
  const { odoo, addonsPath, release, mail, tls, database } = args;
  const { hour, retentionDays, drill, timeZone } = args.backups;
  const { bucket, key } = platform.backups;
  return new DropletServer(
    name,
    {
      host,
      managedPostgres,
      postgresImage: database.kind === "droplet" ? database.image : undefined,
      ...args.host,
      domain: args.platform.domain,
      odoo,
      addonsPath,
      release,
      keep: {
        releases: args.deploy.keepReleases,
        copiesDays: args.deploy.keepCopiesDays,
        copiesShareOfDisk: args.deploy.copiesShareOfDisk,
      },
      mail,
      n8n: args.services.n8n,
      timeZone,
      backups: {
        hour,
        retentionDays,
        drill,
        store: {
          region: args.platform.region,
          bucket: bucket.name,
          keyId: key.accessKey,
          keySecret: key.secretKey,
        },
      },
      tls,
      oneTimeHostKey: args.publicKeys.hostPublicKey ?? "",
      secretOf: (key) => secretOf(args, key),
      registryCredentials: args.secrets["registryCredentials"],
      names: platform.dns,
    },
    at(platform),
  );
}

/** Wherever it runs: beside Odoo on the droplet, or as a managed cluster. */
function postgresOf(server: DropletServer | undefined, managed: Postgres | undefined): Postgres {
  const postgres = server?.postgres ?? managed;
  if (!postgres) throw new Error("neither the droplet nor a managed cluster holds the database");
  return postgres;
}

function onApp(
  name: string,
  args: OdooPlatformArgs,
  settings: Extract<OdooPlatformArgs["host"], { kind: "app" }>,
  parent: pulumi.Resource,
) {
  const { database, platform } = args;
  if (database.kind !== "managed")
    throw new Error("the settings let an app through without a managed database");
  const postgres = new Postgres(name, { ...database, region: platform.region }, at(parent));
  const credentials = args.secrets["registryCredentials"];
  const host = new AppPlatformHost(
    name,
    {
      ...platform,
      ...settings,
      workers: args.odoo.workers,
      release: args.release,
      postgres,
      databaseVersion: database.version,
      env: appEnv(args),
      ...(credentials ? { registryCredentials: credentials } : {}),
      secretsDigest: args.secretsDigest,
      lastSecretsDigest: args.last.secretsDigest,
    },
    at(parent),
  );
  return { host, managed: postgres };
}

function appEnv(args: OdooPlatformArgs): AppEnv[] {
  return [
    { key: "ODOO_ADMIN_PASSWORD", value: secretOf(args, "odooAdminPassword"), secret: true },
    { key: "ODOO_MODULES", value: args.odoo.modules.join(","), secret: false },
  ];
}

function secretOf(args: OdooPlatformArgs, key: string): Secret {
  const secret = args.secrets[key];
  // Settings are complete before the program runs, so this is a bug in settings/secrets.ts.
  if (!secret) throw new Error(`secret ${key} is needed here, but settings/secrets.ts does not say so`);
  return secret;
}

function domainsOf({ platform, services }: OdooPlatformArgs): string[] {
  return [platform.domain, ...(services.n8n ? [services.n8n.domain] : [])];
}

function slackOf(args: OdooPlatformArgs): AlertTargets["slack"] {
  return (
    args.alerts.slack && { channel: args.alerts.slack.incidents, url: secretOf(args, "slackWebhookUrl") }
  );
}

function monitoringOf(args: OdooPlatformArgs, host: Host) {
  const slack = slackOf(args);
  const { n8n } = args.services;
  return {
    targets: {
      odoo: `https://${args.platform.domain}/web/health?db_server_status=1`,
      ...(n8n ? { n8n: `https://${n8n.domain}/healthz` } : {}),
    },
    dropletIds: host.dropletIds,
    alerts: { email: args.alerts.email, ...(slack ? { slack } : {}) },
  };
}

/** What GitHub's workflows need, by the name they know it under. */
const actionsSecrets = {
  DEPLOY_WEBHOOK_SECRET: "webhookSecret",
  DIGITALOCEAN_TOKEN: "actionsDigitaloceanToken",
  SPACES_ACCESS_KEY_ID: "actionsSpacesAccessId",
  SPACES_SECRET_ACCESS_KEY: "actionsSpacesSecretKey",
  PLATFORM_GITHUB_TOKEN: "actionsGithubToken",
  PULUMI_CONFIG_PASSPHRASE: "actionsPassphrase",
  PULUMI_ACCESS_TOKEN: "actionsPulumiToken",
  STATE_ACCESS_KEY_ID: "actionsStateAccessId",
  STATE_SECRET_ACCESS_KEY: "actionsStateSecretKey",
} as const;

function createRepositories(name: string, args: OdooPlatformArgs, parent: pulumi.Resource): Repository[] {
  const secrets = Object.entries(actionsSecrets).flatMap(([key, from]) => {
    const secret = args.secrets[from];
    return secret ? [[key, secret] as const] : [];
  });
  const all = Object.fromEntries(secrets);
  const reading = args.secrets["previewDigitaloceanToken"];
  const shared = {
    stack: args.stack,
    domain: args.platform.domain,
    webhookSecret: secretOf(args, "webhookSecret"),
    secrets: all,
    // What deploys is not signed in a preview.
    ...(reading && {
      previewSecrets: { ...omit(all, "DEPLOY_WEBHOOK_SECRET"), DIGITALOCEAN_TOKEN: reading },
    }),
    variables: { PLATFORM_STACK: args.stack, PLATFORM_DOMAIN: args.platform.domain },
  };
  return args.repositories.map(
    (repository) => new Repository(`${name}-${repository.name}`, { ...repository, ...shared }, { parent }),
  );
}

const omit = <T>(all: Record<string, T>, left: string): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== left));

function outputsOf(args: OdooPlatformArgs, platform: OdooPlatform): PlatformOutputs {
  const { host, postgres, backups, monitoring } = platform;
  const { n8n } = args.services;
  const priced = [host, postgres, backups, monitoring].flatMap((part) => part.priced);
  return {
    url: `https://${args.platform.domain}`,
    address: host.dns.data,
    hostKind: args.host.kind,
    hostId: host.databaseClient.value,
    ...(platform.server ? { machine: platform.server.machine } : {}),
    domains: { odoo: args.platform.domain, ...(n8n ? { n8n: n8n.domain } : {}) },
    mail: args.mail.kind,
    trustedCertificates: args.host.kind === "droplet" ? args.host.trustedCertificates : [],
    backupBucket: backups.bucket.name,
    release: platform.server?.release ?? host.databaseClient.value.apply(() => args.release),
    change: platform.server?.change,
    monthlyPriceUsd: monthlyPrice(priced).totalUsd,
    secretsDigest: host instanceof AppPlatformHost ? host.secretsDigest : args.secretsDigest,
  };
}
