import { readdirSync } from "node:fs";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DropletSize } from "../catalog/droplet-sizes.ts";
import {
  type HostConcern,
  type HostFile,
  type Machine,
  hostCommand,
  hostFile,
  render,
} from "./host-command.ts";

/** How often a backup is proven by restoring it. */
export type DrillSchedule = "monthly" | "weekly" | "never";

/** The bucket, and the one key that may write there. */
export interface BackupStore {
  /** Region slug. */
  region: string;
  bucket: pulumi.Input<string>;
  keyId: pulumi.Input<string>;
  /** Secret. */
  keySecret: pulumi.Input<string>;
}

export interface BackupServiceArgs {
  machine: Machine;
  store: BackupStore;
  /** Encrypts what is in the bucket; without it nothing can be restored. Secret. */
  passphrase: pulumi.Input<string>;
  /** Whether Postgres is on the machine, or at the provider, of which dumps are made. */
  database: "droplet" | "managed";
  size: Pick<DropletSize, "vcpus" | "memoryMb">;
  volumeGb: number;
  /** When the nightly backup begins, "02:00". */
  hour: string;
  /** IANA name of that hour's time zone. */
  timeZone: string;
  retentionDays: number;
  drill: DrillSchedule;
}

/**
 * Backups of database and filestore to the bucket: tools, scripts, timers. Postgres and Odoo are there before.
 *
 * @example
 * new BackupService("odoo-prod", { machine, store, passphrase, database: "droplet", ... }, { dependsOn: odoo.applied });
 */
export class BackupService extends pulumi.ComponentResource {
  readonly applied: command.remote.Command;

  constructor(name: string, args: BackupServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:BackupService", name, {}, opts);
    const concern = backupsConcern(args);
    this.applied = hostCommand(`${name}-backup-service`, concern, args.machine, { parent: this });
    this.registerOutputs({});
  }
}

export function backupsConcern(args: Omit<BackupServiceArgs, "machine">): HostConcern {
  const numbers = backupNumbers(args);
  return {
    // Not as its folder: what it keeps on the machine is named so.
    name: "backup-service",
    files: [
      {
        path: "/etc/odoo-platform/backups/.env",
        text: render(hostFile("backups/settings.env"), { ...args, ...numbers }),
      },
      ...sourceFiles(args, numbers),
      ...scripts(),
      ...units({ ...schedule(args), ...numbers }),
    ],
    apply: hostFile("backups/apply.sh"),
    variables: { DRILL: args.drill },
  };
}

/** Where the backups are, and what reads them; host/backups/backups.sh calls such a folder a source. */
function sourceFiles(args: Omit<BackupServiceArgs, "machine">, numbers: BackupNumbers): HostFile[] {
  const endpoint = `${args.store.region}.digitaloceanspaces.com`;
  const known = pulumi
    .all([
      args.store.bucket,
      args.store.keyId,
      pulumi.secret(args.store.keySecret),
      pulumi.secret(args.passphrase),
    ])
    .apply(([bucket, keyId, keySecret, passphrase]) => ({
      bucket,
      keyId,
      keySecret,
      passphrase,
      endpoint,
      region: args.store.region,
      ...numbers,
    }));
  const file = (path: string, text: (values: pulumi.Unwrap<typeof known>) => string): HostFile => ({
    path: `/etc/odoo-platform/secrets/backups/${path}`,
    text: known.apply(text),
    mode: "0400",
    owner: path.startsWith("pgbackrest/") ? "10002:10002" : "root:root",
  });
  return [
    file(".env", (values) => render(hostFile("backups/source.env"), values)),
    file("passphrase", ({ passphrase }) => passphrase),
    file("credentials", ({ keyId, keySecret }) => credentials(keyId, keySecret)),
    // Its folder is the container's too, and of its user.
    file("pgbackrest/pgbackrest.conf", (values) => render(hostFile("backups/pgbackrest.conf"), values)),
  ];
}

/** As AWS' tools keep them. */
const credentials = (id: string, secret: string): string =>
  `[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`;

/** Files of host/backups/ that stay on the machine: what is run is named odoo-NAME, what is read backups-NAME. */
function scripts(): HostFile[] {
  return readdirSync(new URL("../host/backups/", import.meta.url))
    .filter((file) => /\.(sh|py|sql|json)$/.test(file) && file !== "apply.sh")
    .toSorted()
    .map((file) => script(file, hostFile(`backups/${file}`)));
}

function script(file: string, text: string): HostFile {
  const run = text.startsWith("#!");
  const name = file === "backups.sh" ? file : `${run ? "odoo" : "backups"}-${file}`;
  return { path: `/usr/local/lib/odoo-platform/${name}`, text, ...(run ? { mode: "0755" } : {}) };
}

const unitFiles = [
  "odoo-platform-backups.slice",
  "odoo-platform-backup.service",
  "odoo-platform-backup.timer",
  "odoo-platform-backup-ship.service",
  "odoo-platform-backup-ship.timer",
  "odoo-platform-backup-verify.service",
  "odoo-platform-backup-verify.timer",
  "odoo-platform-backup-drill.service",
];
const drillTimer = "odoo-platform-backup-drill.timer";

function units(values: Schedule & BackupNumbers): HostFile[] {
  return [...unitFiles, ...(values.drill === "" ? [] : [drillTimer])].map((file) => ({
    path: `/etc/systemd/system/${file}`,
    text: render(hostFile(`backups/${file}`), values),
  }));
}

/** Times as systemd's OnCalendar takes them. */
export interface Schedule {
  backup: string;
  /** On a day when the zone's clock skips the hour, systemd leaves the first one out. */
  again: string;
  verify: string;
  /** Empty: never. */
  drill: string;
}

/**
 * When what is run. The week's re-reading is on a day on which no zone changes its clock.
 * @see man:systemd.time(7)
 */
export function schedule(args: Pick<BackupServiceArgs, "hour" | "timeZone" | "drill">): Schedule {
  const at = (hours: number): string => `${later(args.hour, hours)}:00 ${args.timeZone}`;
  const drills = { monthly: `*-*-01 ${at(3)}`, weekly: `Wed *-*-* ${at(3)}`, never: "" };
  return {
    backup: `*-*-* ${at(0)}`,
    again: `*-*-* ${at(3)}`,
    verify: `Tue *-*-* ${at(2)}`,
    drill: drills[args.drill],
  };
}

function later(hour: string, hours: number): string {
  const [first = "", minute = ""] = hour.split(":");
  return `${String((Number(first) + hours) % 24).padStart(2, "0")}:${minute}`;
}

export interface BackupNumbers {
  /** How many of pgBackRest's processes at once. */
  processes: number;
  /** Bound of a container that takes or reads a backup, and of what brings the filestore away. */
  memoryMb: number;
  /** Bytes of Postgres' log that may wait for the store; beyond it the log is dropped, so that the database never stops. */
  queueMax: number;
}

/** By the size of machine and volume. */
export function backupNumbers(args: Pick<BackupServiceArgs, "size" | "volumeGb">): BackupNumbers {
  return {
    processes: Math.min(args.size.vcpus, 4),
    memoryMb: Math.max(192, Math.min(1024, Math.floor(args.size.memoryMb / 8))),
    queueMax: Math.max(1, Math.floor(args.volumeGb / 10)) * 1024 ** 3,
  };
}
