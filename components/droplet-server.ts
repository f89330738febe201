import * as pulumi from "@pulumi/pulumi";
import { type DropletSizeSlug, dropletSizes } from "../catalog/droplet-sizes.ts";
import { BackupService, type BackupStore, type DrillSchedule } from "./backup-service.ts";
import { Certificate } from "./certificate.ts";
import type { DropletHost } from "./droplet-host.ts";
import { FirstContact } from "./first-contact.ts";
import { HostBase } from "./host-base.ts";
import { Images, companionImage } from "./images.ts";
import { Inventory } from "./inventory.ts";
import { Mail, type MailWay } from "./mail.ts";
import { Nginx } from "./nginx.ts";
import { OdooServer } from "./odoo.ts";
import { Postgres } from "./postgres.ts";
import { type Release, type ReleaseChange, imageReference } from "./release.ts";
import { Services } from "./services.ts";
import { type Tuning, tuning } from "./tuning.ts";

type Secret = pulumi.Output<string>;

/** Where mail goes, as the settings say it. */
export type MailSettings =
  | { kind: "smtp"; host: string; port: number; user: string; from: string }
  | { kind: "mailgun"; domain: string; from: string }
  | {
      kind: "catcher";
      from?: string | undefined;
      /** @default the one beside the release's */
      image?: string | undefined;
      /** The one server that the firewall lets mail to all the same. */
      allowedRelay?: string | undefined;
    };

export interface DropletServerArgs {
  /** The droplet that it runs on. Another one gets everything anew. */
  host: DropletHost;
  /** The managed database. @default Postgres on the droplet itself */
  managedPostgres?: Postgres | undefined;
  /** Image of Postgres on the droplet. @default the one beside the release's */
  postgresImage?: string | undefined;
  size: DropletSizeSlug;
  volumeGb: number;
  trustedCertificates: string[];
  /** Where Odoo answers. */
  domain: string;
  odoo: { workers: "auto" | number; modules: string[] };
  /** Folders of add-ons in the release's image. */
  addonsPath: string[];
  release: Release;
  /** What is kept on the machine for the way back. */
  keep: { releases: number; copiesDays: number; copiesShareOfDisk: number };
  mail: MailSettings;
  n8n?: { domain: string; image?: string | undefined } | undefined;
  /** IANA name. */
  timeZone: string;
  /** Where backups go and when. */
  backups: { store: BackupStore; hour: string; retentionDays: number; drill: DrillSchedule };
  tls: { directory: string; contact: string };
  /** Public half of the host key of the first boot, OpenSSH format. */
  oneTimeHostKey: string;
  /** A secret of the settings by its key. @throws Error when there is none */
  secretOf: (key: string) => Secret;
  /** user:token that may pull the images. @default they are public */
  registryCredentials?: Secret | undefined;
  /** The names must lead to the machine before it can ask for its certificate. */
  names: pulumi.Resource;
}

/**
 * Everything that a droplet becomes over SSH, one concern after the other.
 *
 * @example
 * const server = new DropletServer("odoo-prod", { host, size, domain, release, names: dns, ... }, { parent });
 */
export class DropletServer extends pulumi.ComponentResource {
  readonly postgres: Postgres;
  /** The release that serves: the one that was asked for, once it has come up. */
  readonly release: pulumi.Output<Release>;
  /** What bringing it came to. */
  readonly change: pulumi.Output<ReleaseChange | undefined>;
  /** What operations reach it by. */
  readonly machine: { address: pulumi.Output<string>; hostKey: pulumi.Output<string> };

  constructor(name: string, args: DropletServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:DropletServer", name, {}, opts);
    const after = (...dependsOn: pulumi.Input<pulumi.Resource>[]) => ({ parent: this, dependsOn });
    const { host } = args;
    const numbers = tuningOf(args);

    const contact = new FirstContact(name, contactArgs(args), after(host.assignment, host.firewall));
    const { machine } = contact;
    const base = new HostBase(name, { machine, ...baseArgs(args) }, after(contact.done, host.attachment));
    const images = new Images(name, { machine, ...imagesArgs(args) }, after(...base.done));
    const ready = after(images.applied);
    this.postgres = args.managedPostgres ?? postgresOn(name, contact, args, numbers, ready);
    const { parts, connection } = this.postgres;
    const mail = new Mail(name, { machine, domain: args.domain, way: mailWay(args, numbers) }, ready);
    const odoo = new OdooServer(
      name,
      { machine, ...args.odoo, ...odooArgs(args, numbers), postgres: connection, mail: mail.odoo },
      after(...parts, mail.applied),
    );
    const backups = new BackupService(name, { machine, ...backupArgs(args) }, after(odoo.applied));
    const nginx = new Nginx(name, { machine, ...nginxArgs(args, numbers) }, after(odoo.applied));
    const certificate = new Certificate(
      name,
      { machine, ...certificateArgs(args) },
      after(nginx.applied, args.names),
    );
    const services = { machine, n8n: n8nArgs(args, numbers) };
    const { n8n } = new Services(name, services, after(certificate.applied));
    const before = [contact.done, ...base.done, images.applied, ...parts, mail.applied, odoo.applied];
    const concerns = [...before, backups.applied, nginx.applied, certificate.applied, n8n];
    new Inventory(name, { machine, concerns }, after(...concerns));

    this.release = pulumi.unsecret(odoo.applied.id).apply(() => args.release);
    this.change = odoo.change;
    this.machine = { address: host.reservedIp.ipAddress, hostKey: contact.hostKey };
    this.registerOutputs({ hostKey: contact.hostKey });
  }
}

/** Numbers come from the settings' size, never from what the machine sees of itself. */
function tuningOf(args: DropletServerArgs): Tuning {
  return tuning({
    size: dropletSizes[args.size],
    workers: args.odoo.workers,
    postgres: args.managedPostgres === undefined,
    connections: args.managedPostgres?.connections,
    n8n: args.n8n !== undefined,
    mailCatcher: args.mail.kind === "catcher",
  });
}

function contactArgs({ host, oneTimeHostKey, secretOf }: DropletServerArgs) {
  return {
    address: host.reservedIp.ipAddress,
    dropletId: host.droplet.id,
    sshPrivateKey: secretOf("sshPrivateKey"),
    oneTimeHostKey,
  };
}

function baseArgs({ host, size, volumeGb, mail, trustedCertificates }: DropletServerArgs) {
  return {
    size: dropletSizes[size],
    volume: { name: host.volume.name, sizeGb: volumeGb },
    mailCaught: mail.kind === "catcher",
    allowedRelay: mail.kind === "catcher" ? mail.allowedRelay : undefined,
    trustedCertificates,
  };
}

const postgresImage = (args: DropletServerArgs): string =>
  args.postgresImage ?? companionImage(args.release, "postgres");
const catcherImage = ({ release, mail }: DropletServerArgs): string =>
  (mail.kind === "catcher" ? mail.image : undefined) ?? companionImage(release, "mail-catcher");
const n8nImage = ({ release, n8n }: DropletServerArgs): string =>
  n8n?.image ?? companionImage(release, "n8n");

function imagesArgs(args: DropletServerArgs) {
  const images = [
    imageReference(args.release),
    ...(args.managedPostgres ? [] : [postgresImage(args)]),
    ...(args.mail.kind === "catcher" ? [catcherImage(args)] : []),
    ...(args.n8n ? [n8nImage(args)] : []),
  ];
  return { images, registry: args.release.registry, credentials: args.registryCredentials };
}

function postgresOn(
  name: string,
  { machine }: FirstContact,
  args: DropletServerArgs,
  numbers: Tuning,
  opts: pulumi.ComponentResourceOptions,
): Postgres {
  const password = args.secretOf("databasePassword");
  const memoryMb = numbers.memoryMb.postgres;
  const image = postgresImage(args);
  return new Postgres(
    name,
    { kind: "droplet", machine, image, memoryMb, tuning: numbers.postgres, password },
    opts,
  );
}

function mailWay(args: DropletServerArgs, { memoryMb }: Tuning): MailWay {
  const { mail, secretOf } = args;
  if (mail.kind === "smtp") return { ...mail, password: secretOf("smtpPassword") };
  if (mail.kind === "mailgun") return { ...mail, password: secretOf("mailgunSmtpPassword") };
  return { kind: "catcher", image: catcherImage(args), memoryMb: memoryMb.mailCatcher, from: mail.from };
}

function odooArgs(args: DropletServerArgs, numbers: Tuning) {
  return {
    image: imageReference(args.release),
    domain: args.domain,
    addonsPath: args.addonsPath,
    tuning: numbers,
    adminPassword: args.secretOf("odooAdminPassword"),
    data: args.release.data,
    keep: args.keep,
  };
}

function backupArgs({ backups, size, volumeGb, timeZone, managedPostgres, secretOf }: DropletServerArgs) {
  return {
    ...backups,
    timeZone,
    volumeGb,
    size: dropletSizes[size],
    passphrase: secretOf("backupPassphrase"),
    database: managedPostgres ? ("managed" as const) : ("droplet" as const),
  };
}

function nginxArgs({ domain, n8n, size }: DropletServerArgs, { odoo }: Tuning) {
  return {
    domain,
    n8nDomain: n8n?.domain,
    vcpus: dropletSizes[size].vcpus,
    requestSeconds: odoo.requestSeconds,
  };
}

function certificateArgs({ domain, n8n, tls, host }: DropletServerArgs) {
  return {
    domains: [domain, ...(n8n ? [n8n.domain] : [])],
    ...tls,
    address: host.reservedIp.ipAddress,
  };
}

function n8nArgs(args: DropletServerArgs, { memoryMb }: Tuning) {
  const { n8n, timeZone } = args;
  if (!n8n) return undefined;
  return {
    domain: n8n.domain,
    image: n8nImage(args),
    memoryMb: memoryMb.n8n,
    encryptionKey: args.secretOf("n8nEncryptionKey"),
    timeZone,
  };
}
