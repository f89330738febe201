import { createHash, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile, render } from "./host-command.ts";
import type { OdooMail } from "./mail.ts";
import type { PostgresConnection } from "./postgres.ts";
import { type ReleaseChange, parseChange } from "./release.ts";
import type { Tuning } from "./tuning.ts";

export interface OdooServerArgs {
  machine: Machine;
  /** Reference of the release's image. A change of it begins new containers. */
  image: string;
  /** Where it answers; mails and reports link there. Set once, when the database is made. */
  domain: string;
  /** Modules installed when the database is made; later changes of the list install none. */
  modules: string[];
  /** Folders of add-ons in the image: the paths of the manifest's mounts. */
  addonsPath: string[];
  postgres: Pick<PostgresConnection, "host" | "port" | "user" | "password" | "sslMode">;
  mail: OdooMail;
  tuning: Pick<Tuning, "odoo" | "memoryMb">;
  /**
   * The master password, and the administrator's when the database is made. Secret. Later only the master password follows
   * it: the administrator's own is a person's to change.
   */
  adminPassword: pulumi.Input<string>;
  /** The copy that database and filestore come back from. @default the data stays as it is */
  data?: string | undefined;
  /** What is kept on the machine for the way back. */
  keep: { releases: number; copiesDays: number; copiesShareOfDisk: number };
}

/**
 * Odoo on the machine: a container that answers requests and websockets, and one that runs scheduled actions. The
 * database is made once, with the modules that the settings name. A new release comes up beside the one that serves.
 *
 * @example
 * new OdooServer("odoo-prod", { machine, image, postgres: postgres.connection, mail: mail.odoo, ... }, { dependsOn: [...postgres.parts, images, mail] });
 */
export class OdooServer extends pulumi.ComponentResource {
  readonly applied: command.remote.Command;
  /** What the last change of it came to. */
  readonly change: pulumi.Output<ReleaseChange | undefined>;

  constructor(name: string, args: OdooServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:OdooServer", name, {}, opts);
    this.applied = hostCommand(`${name}-odoo`, odooConcern(args), args.machine, { parent: this });
    this.change = pulumi.unsecret(this.applied.stdout).apply(parseChange);
    this.registerOutputs({});
  }
}

/** Files of host/odoo/ that stay on the machine: what a boot, a plan or a list of copies needs too. */
const libraries = [
  "odoo.sh",
  "slots.sh",
  "data.sh",
  "timelines.sh",
  "egress.sh",
  "egress.py",
  "egress-boot.sh",
  "gate.sh",
  "modules.sh",
  "release.sh",
  "drain.sh",
  "guard.sh",
  "settle.sh",
  "back.sh",
  "plan.sh",
  "copies.sh",
  "addons.py",
  "initialise.sh",
  "first-settings.py",
];

export function odooConcern(args: Omit<OdooServerArgs, "machine">): HostConcern {
  const conf = pulumi.secret(configuration(args));
  const pgpass = pulumi
    .all([args.postgres.host, args.postgres.port, args.postgres.password])
    .apply(([host, port, password]) => pgpassText({ host, port, user: args.postgres.user, password }));
  const env = pulumi
    .all([args.postgres.host, args.postgres.port, conf, pgpass])
    .apply(([host, port, ...secrets]) => envText(args, { host, port }, digestOf(secrets)));
  const secret = (file: string, text: pulumi.Input<string>) => ({
    path: `/etc/odoo-platform/secrets/odoo/${file}`,
    text: pulumi.secret(text),
    mode: "0400",
    owner: "10001:10001",
  });
  const script = (file: string) => ({
    path: `/usr/local/lib/odoo-platform/${file === "odoo.sh" ? file : `odoo-${file}`}`,
    text: hostFile(`odoo/${file}`),
    ...(hostFile(`odoo/${file}`).startsWith("#!") ? { mode: "0755" } : {}),
  });
  const { releases, copiesDays, copiesShareOfDisk } = args.keep;
  return {
    name: "odoo",
    files: [
      { path: "/etc/odoo-platform/odoo/compose.yaml", text: hostFile("odoo/compose.yaml") },
      { path: "/etc/odoo-platform/odoo/.env", text: env },
      secret("odoo.conf", conf),
      secret("pgpass", pgpass),
      secret("admin-password", args.adminPassword),
      { path: "/usr/local/lib/odoo-platform/preamble.sh", text: hostFile("preamble.sh") },
      ...libraries.map(script),
      {
        path: "/etc/systemd/system/odoo-platform-odoo.service",
        text: hostFile("odoo/odoo-platform-odoo.service"),
      },
      {
        path: "/etc/systemd/system/odoo-platform-egress.service",
        text: hostFile("odoo/odoo-platform-egress.service"),
      },
    ],
    apply: hostFile("odoo/apply.sh"),
    variables: {
      RELEASE_DATA: args.data ?? "",
      KEEP_RELEASES: String(releases),
      KEEP_COPIES_DAYS: String(copiesDays),
      COPIES_SHARE: String(copiesShareOfDisk),
    },
  };
}

type Args = Omit<OdooServerArgs, "machine">;

function configuration(args: Args): pulumi.Output<string> {
  const { postgres, adminPassword, domain } = args;
  const hash = pulumi.output(adminPassword).apply((password) => masterPasswordHash(password, domain));
  return pulumi
    .all([postgres.host, postgres.port, hash, args.mail.password])
    .apply(([host, port, masterPasswordHash, password]) =>
      odooConf(args, { host, port, masterPasswordHash, smtpPassword: password }),
    );
}

/** What is known only when the program runs. */
interface RunTimeValues {
  host: string;
  port: number;
  masterPasswordHash: string;
  smtpPassword: string;
}

/** The text of odoo.conf. */
function odooConf(
  args: Omit<Args, "image" | "adminPassword" | "postgres" | "keep"> & {
    postgres: Pick<PostgresConnection, "user" | "sslMode">;
  },
  values: RunTimeValues,
): string {
  const { user, sslMode } = args.postgres;
  return render(hostFile("odoo/odoo.conf"), {
    addonsPath: args.addonsPath,
    tuning: args.tuning.odoo,
    database: { host: values.host, port: values.port, user, sslMode },
    masterPasswordHash: values.masterPasswordHash,
    // As it is: Odoo reads its file without interpolation (odoo/tools/config.py, RawConfigParser).
    smtp: { ...args.mail.smtp, password: values.smtpPassword },
    jobRunner: args.modules.includes(queueJob),
    // It works through Odoo's own web workers, so one stays free for people.
    jobChannels: Math.max(1, args.tuning.odoo.workers - 1),
  });
}

const queueJob = "queue_job";

function envText(args: Args, database: { host: string; port: number }, digest: string): string {
  const { user, sslMode } = args.postgres;
  return render(hostFile("odoo/compose.env"), {
    image: args.image,
    digest,
    // The runner of queued jobs lives in the server, not in the database's modules.
    webModules: ["base", "rpc", "web", ...(args.modules.includes(queueJob) ? [queueJob] : [])],
    memoryMb: args.tuning.memoryMb,
    tuning: args.tuning.odoo,
    database: { ...database, user, sslMode },
    modules: args.modules,
    url: `https://${args.domain}`,
  });
}

/** A line for libpq. The database's name is open: the first steps go through others. */
export function pgpassText(of: { host: string; port: number; user: string; password: string }): string {
  const field = (text: string): string => text.replaceAll(/[\\:]/g, "\\$&");
  return `${[of.host, String(of.port), "*", of.user, of.password].map(field).join(":")}\n`;
}

/** Tells whether texts changed, without telling them. */
export function digestOf(texts: string[]): string {
  return createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);
}

// Made on every update, a preview's too, of a password that is 256 bits at random unless somebody chose another.
const rounds = 100_000;

/**
 * The master password as Odoo keeps it (passlib's pbkdf2_sha512), so that its file does not hold the password itself.
 * The salt is the domain's: one at random would make every update change the file.
 *
 * @see https://passlib.readthedocs.io/en/stable/lib/passlib.hash.pbkdf2_digest.html
 */
export async function masterPasswordHash(password: string, domain: string): Promise<string> {
  const salt = createHash("sha256").update(`odoo-platform admin_passwd ${domain}`).digest().subarray(0, 16);
  const key = await promisify(pbkdf2)(password, salt, rounds, 64, "sha512");
  const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("+", ".").replaceAll("=", "");
  return `$pbkdf2-sha512$${rounds}$${text(salt)}$${text(key)}`;
}
