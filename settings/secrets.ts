import type { Settings } from "./schema.ts";

/** One secret of a stack: a flat config key of its own, set with `pulumi config set --secret`. */
export interface SecretKey {
  /** What it is for. */
  readonly what: string;
  /** How `platform init` makes one; those without it come from you. */
  readonly made?: "password" | "sshKeyPair";
  /** Whether these settings cannot do without it. */
  readonly needed: (settings: Partial<Settings>) => boolean;
}

const onDroplet = (settings: Partial<Settings>): boolean => settings.host?.kind === "droplet";
const optional = (): boolean => false;

/**
 * Every secret by its key. A secret never stands inside a section: `pulumi.Config.getObject` hands a nested `secure`
 * value out as plain text, which then stands in the state (https://github.com/pulumi/pulumi/issues/4570).
 */
export const secretKeys = {
  databasePassword: {
    what: "password of Odoo's database user on the droplet",
    made: "password",
    needed: (settings) => settings.database?.kind === "droplet",
  },
  odooAdminPassword: {
    what: "Odoo's master password (admin_passwd) and first login",
    made: "password",
    needed: () => true,
  },
  webhookSecret: {
    what: "signs what GitHub and Odoo send each other",
    made: "password",
    needed: () => true,
  },
  webhookSecretPrevious: {
    what: "the webhookSecret before, still accepted while a new one is handed round",
    needed: optional,
  },
  backupPassphrase: {
    what: "encrypts the backups; keep a copy elsewhere, for without it none can be restored",
    made: "password",
    needed: onDroplet,
  },
  sshPrivateKey: {
    what: "private half of the key that configures the droplet; sshPublicKey is the other",
    made: "sshKeyPair",
    needed: onDroplet,
  },
  hostPrivateKey: {
    what: "private half of the host key of a droplet's first boot; hostPublicKey is the other",
    made: "sshKeyPair",
    needed: onDroplet,
  },
  n8nEncryptionKey: {
    what: "encrypts the credentials that n8n keeps",
    made: "password",
    needed: (settings) => settings.services?.n8n !== undefined,
  },
  smtpPassword: {
    what: "password at the SMTP relay",
    needed: (settings) => settings.mail?.kind === "smtp",
  },
  mailgunSmtpPassword: {
    what: "SMTP password of the Mailgun domain",
    needed: (settings) => settings.mail?.kind === "mailgun",
  },
  mailgunApiKey: {
    what: "API key of the Mailgun domain, to list its events",
    needed: (settings) => settings.mail?.kind === "mailgun",
  },
  slackWebhookUrl: {
    what: "incoming webhook of Slack",
    needed: (settings) => settings.alerts?.slack !== undefined,
  },
  slackIncidentsWebhookUrl: {
    what: "incoming webhook of Slack for incidents, where a webhook writes into one channel only",
    needed: optional,
  },
  mattermostWebhookUrl: {
    what: "incoming webhook of Mattermost",
    needed: (settings) => settings.alerts?.mattermost !== undefined,
  },
  pagerdutyRoutingKey: {
    what: "routing key of a PagerDuty service (Events API v2)",
    needed: (settings) => settings.alerts?.pagerduty === true,
  },
  registryCredentials: {
    what: "user:token that may pull the image, when it is private",
    needed: optional,
  },
  actionsDigitaloceanToken: {
    what: "DigitalOcean token that GitHub's workflows use",
    needed: optional,
  },
  actionsSpacesAccessId: { what: "Spaces access key that GitHub's workflows use", needed: optional },
  actionsSpacesSecretKey: { what: "Spaces secret key that GitHub's workflows use", needed: optional },
  actionsGithubToken: {
    what: "GitHub token that the workflows manage the repository with",
    needed: optional,
  },
  actionsPassphrase: { what: "passphrase of this stack's secrets, for GitHub's workflows", needed: optional },
  actionsPulumiToken: { what: "access token of Pulumi Cloud, for GitHub's workflows", needed: optional },
  actionsStateAccessId: {
    what: "access key of the bucket with Pulumi's state, for GitHub's workflows",
    needed: optional,
  },
  actionsStateSecretKey: {
    what: "secret key of the bucket with Pulumi's state, for GitHub's workflows",
    needed: optional,
  },
  previewDigitaloceanToken: {
    what: "DigitalOcean token that only reads, for previews of pull requests and the hourly look for drift",
    needed: optional,
  },
} as const satisfies Record<string, SecretKey>;

export type SecretName = keyof typeof secretKeys;

/** Public halves of generated key pairs: flat keys too, in plain text, OpenSSH format. */
export const publicKeys = {
  sshPublicKey: { what: "public half of sshPrivateKey", of: "sshPrivateKey", needed: onDroplet },
  hostPublicKey: { what: "public half of hostPrivateKey", of: "hostPrivateKey", needed: onDroplet },
} as const satisfies Record<string, { what: string; of: SecretName; needed: SecretKey["needed"] }>;

export type PublicKeyName = keyof typeof publicKeys;

/**
 * Whether `platform init` makes this key, which is among the missing. Of a key pair it makes both halves or none: a new half
 * beside an old one would lock the platform out of its machine.
 */
export function canBeMade(
  key: SecretName | PublicKeyName,
  missing: readonly (SecretName | PublicKeyName)[],
): boolean {
  if (key in publicKeys) return missing.includes(publicKeys[key as PublicKeyName].of);
  const secret: SecretKey = secretKeys[key as SecretName];
  if (secret.made !== "sshKeyPair") return secret.made === "password";
  const halves = Object.keys(publicKeys) as PublicKeyName[];
  return halves.some((half) => publicKeys[half].of === key && missing.includes(half));
}

/** How a missing key is set: a sentence without its end, with the command. */
export function howToSet(
  key: SecretName | PublicKeyName,
  missing: readonly (SecretName | PublicKeyName)[],
  stack: string,
): string {
  if (canBeMade(key, missing)) return `"platform init --stack ${stack}" makes it`;
  if (key in publicKeys) return "put the half there that belongs to the one that is set";
  return `"pulumi config set --secret ${key} --stack ${stack}" asks for it`;
}
