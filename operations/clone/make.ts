import { type Release, imageReference } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { runScript } from "../backups/machine.ts";
import type { Progress } from "../progress.ts";
import { type Moment, argumentOf } from "../restore/moment.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { ReadingKey } from "./key.ts";
import { hashedPassword } from "./password.ts";
import { reportText } from "./report.ts";
import { type Proven, provenSchema } from "./schema.ts";

export interface MakeOptions {
  /** Whose data, and how the machine gets them: what odoo-clone.sh is told beside what every clone is. */
  origin: Origin;
  /** Of the origin; the newest where nothing is said. */
  moment?: Moment;
  target: PlatformReading;
  settings: Settings;
  release: Release;
  signal: AbortSignal;
  progress: Progress;
}

/** Handed over by standard input alone: a key and a passphrase can be in it. */
export interface Origin extends Record<string, unknown> {
  source: { stack: string; domain: string };
}

/** A copy on the target's volume that may start there. */
export type ProvenCopy = Proven & { id: string };

/**
 * Has the target's machine make the clone and prove it. Nothing of it is live yet.
 * @throws {UserError} failed, in the machine's words; the report of what was looked at is told before
 */
export async function makeClone(options: MakeOptions): Promise<ProvenCopy> {
  const { origin, target, moment, signal, progress } = options;
  const proven = await runScript(target, ["odoo-clone.sh", moment ? argumentOf(moment) : "latest"], {
    signal,
    progress,
    title: `Cloning ${origin.source.stack}`,
    schema: provenSchema,
    input: JSON.stringify(await askedOf(options)),
  });
  if (proven.ok && proven.state === "proven" && proven.id) return { ...proven, id: proven.id };
  progress.note(`${reportText(proven)}\n`);
  throw new UserError(
    "failed",
    `${target.stack}: no clone came of it: ${proven.reason ?? "the machine does not say why"}`,
    {
      hint: "What it has was not touched, and nothing of the copy is left.",
      next: `platform logs --type deploy --stack ${target.stack}`,
    },
  );
}

/** By standard input alone: the hash of a password is in it, too. */
async function askedOf({ origin, target, settings, release }: MakeOptions): Promise<Origin> {
  return {
    ...origin,
    url: target.outputs.url,
    adminHash: await hashedPassword(needed(target, "odooAdminPassword")),
    image: imageReference(release),
    registryCredentials: target.secrets.get("registryCredentials") ?? "",
    keepPasswords: settings.clone.keepPasswords,
    mask: settings.clone.mask,
    allow: settings.clone.allow,
  };
}

/** Another stack's bucket. */
export function originOf(source: PlatformReading, settings: Settings, key: ReadingKey): Origin {
  const { region, domain } = settings.platform;
  return {
    endpoint: `${region}.digitaloceanspaces.com`,
    region,
    bucket: bucketOf(source),
    keyId: key.id,
    secretKey: key.secret,
    passphrase: needed(source, "backupPassphrase"),
    source: { stack: source.stack, domain },
  };
}

/** @throws {UserError} failed */
export function bucketOf({ stack, outputs }: PlatformReading): string {
  const { backupBucket } = outputs;
  if (backupBucket) return backupBucket;
  throw new UserError("failed", `${stack}: its last update made no bucket for backups`, {
    next: `platform up --stack ${stack}`,
  });
}

function needed({ stack, secrets }: PlatformReading, key: string): string {
  const value = secrets.get(key);
  if (value !== undefined) return value;
  throw new UserError("failed", `${stack}: its settings have no ${key}`, {
    next: `platform init --stack ${stack}`,
  });
}
