import { stringify } from "yaml";
import { oneTimeHostKey } from "../../../policies/one-time-host-key.ts";
import { platformType } from "../../../policies/production/platform.ts";
import { sshKeyPair } from "../fakes.ts";
import type { Resource } from "../framework.ts";

type Props = Record<string, unknown>;

const hostKey = sshKeyPair();
export const hostPublicKey = hostKey.publicKey;

/** A platform that breaks no rule; `more` replaces whole sections. */
export const platform = (more: Props = {}): Resource => ({
  type: platformType,
  name: "odoo-prod",
  props: {
    platform: { name: "odoo-prod", environment: "production" },
    host: { kind: "droplet", size: "s-1vcpu-2gb", adminNetworks: ["203.0.113.0/24"] },
    tls: { directory: "https://acme-v02.api.letsencrypt.org/directory", contact: "ops@example.com" },
    backups: { hour: "02:00", timeZone: "Asia/Singapore", retentionDays: 30, drill: "monthly" },
    mail: { kind: "smtp", host: "mail.example.com" },
    repositories: [
      { owner: "acme", name: "odoo-ce", owned: true, branch: "main", requiredChecks: ["Odoo CE CI"] },
    ],
    budget: { usdPerMonth: 20 },
    ...more,
  },
});

export const droplet = (more: Props = {}): Resource => ({
  type: oneTimeHostKey.type,
  name: "droplet",
  props: {
    size: "s-1vcpu-2gb",
    userData: `#cloud-config\n${stringify({ ssh_keys: { ed25519_private: hostKey.privateKey } })}`,
    ...more,
  },
});

const everywhere = ["0.0.0.0/0", "::/0"];

export const firewall = (...inboundRules: unknown[]): Resource => ({
  type: "digitalocean:index/firewall:Firewall",
  name: "firewall",
  props: {
    inboundRules: [
      {
        protocol: "tcp",
        portRange: "22",
        sourceAddresses: ["203.0.113.0/24", "10.0.0.0/8", "192.168.0.0/16"],
      },
      { protocol: "tcp", portRange: "80", sourceAddresses: everywhere },
      { protocol: "tcp", portRange: "443", sourceAddresses: everywhere },
      ...inboundRules,
    ],
    outboundRules: [{ protocol: "tcp", portRange: "1-65535", destinationAddresses: everywhere }],
  },
});

export const volume = (more: Props = {}, protect = true): Resource => ({
  type: "digitalocean:index/volume:Volume",
  name: "volume",
  props: { size: 10, ...more },
  protect,
});

export const bucket = (more: Props = {}, protect = true): Resource => ({
  type: "digitalocean:index/spacesBucket:SpacesBucket",
  name: "backups",
  props: {
    versioning: { enabled: true },
    lifecycleRules: [{ enabled: true, noncurrentVersionExpiration: { days: 30 } }],
    ...more,
  },
  protect,
});

export const ruleset = (more: Props = {}, rules: Props = {}): Resource => ({
  type: "github:index/repositoryRuleset:RepositoryRuleset",
  name: "ruleset",
  props: {
    repository: "odoo-ce",
    enforcement: "active",
    target: "branch",
    conditions: { refName: { includes: ["refs/heads/main"], excludes: [] } },
    rules: {
      deletion: true,
      nonFastForward: true,
      pullRequest: { requiredApprovingReviewCount: 1 },
      requiredStatusChecks: { requiredChecks: [{ context: "Odoo CE CI" }] },
      ...rules,
    },
    ...more,
  },
});

export const command = (connection: unknown): Resource => ({
  type: "command:remote:Command",
  name: "install",
  props: { create: "true", connection },
});

/** A whole stack that breaks no rule. */
export const stack = (): Resource[] => [
  platform(),
  droplet(),
  firewall(),
  volume(),
  bucket(),
  ruleset(),
  command({ host: "203.0.113.7", hostKey: hostPublicKey }),
];

export const platformName = "odoo-prod (odoo-platform:index:OdooPlatform)";

/** The section of a stack that is not production. */
export const off = (environment: string): Props => ({ platform: { environment } });
