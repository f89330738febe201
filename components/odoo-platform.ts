import * as pulumi from "@pulumi/pulumi";
import { monthlyPrice } from "../catalog/prices.ts";
import type { AlertTargets } from "./alert-targets.ts";
import { type AppEnv } from "./app-spec.ts";
import { AppPlatformHost } from "./app-platform-host.ts";
import { Backups } from "./backups.ts";
import { DnsRecords } from "./dns-records.ts";
import { DropletHost } from "./droplet-host.ts";
import { DropletServer } from "./droplet-server.ts";
import type { Host } from "./host.ts";
import { Monitoring } from "./monitoring.ts";
import { type OdooPlatformArgs, type PlatformOutputs, secretOf } from "./platform-args.ts";
import { createRepositories } from "./platform-repositories.ts";
import { Postgres } from "./postgres.ts";
import type { Repository } from "./repository.ts";

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
