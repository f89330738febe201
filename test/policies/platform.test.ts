import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OdooPlatform } from "../../components/odoo-platform.ts";
import type { OdooPlatformArgs } from "../../components/platform-args.ts";
import { rules as production } from "../../policies/production/rules.ts";
import { rules as secrets } from "../../policies/secrets/rules.ts";
import { credentials, sshKeyPair } from "./fakes.ts";
import { judge, type Resource } from "./framework.ts";

const letters = (): pulumi.Output<string> => pulumi.secret(randomBytes(24).toString("base64url"));

/** All settings, as the program hands them in: the rules read sections that no component does. */
type Settings = OdooPlatformArgs & {
  backups: { drill: string };
  budget: { usdPerMonth: number };
};

function settings(): Settings {
  const hostKey = sshKeyPair();
  return {
    platform: {
      name: "odoo-prod",
      environment: "production",
      domain: "erp.example.com",
      zone: { name: "example.com", owned: true },
      region: "sgp1",
    },
    host: {
      kind: "droplet",
      size: "s-1vcpu-2gb",
      volumeGb: 10,
      adminNetworks: ["203.0.113.0/24"],
      trustedCertificates: [],
    },
    database: { kind: "droplet" },
    odoo: { series: "19.0", workers: "auto", modules: ["base", "web"] },
    deploy: { keepReleases: 5, keepCopiesDays: 7, copiesShareOfDisk: 0.4 },
    backups: { hour: "02:00", retentionDays: 30, timeZone: "Asia/Singapore", drill: "monthly" },
    services: { n8n: { domain: "n8n.example.com" } },
    addonsPath: ["/mnt/extra-addons/oca/queue"],
    repositories: [
      {
        owner: "acme",
        name: "odoo-ce",
        owned: true,
        branch: "main",
        requiredChecks: ["Odoo CE CI"],
        approvals: 1,
        reviewers: ["ada"],
        protectable: true,
      },
    ],
    alerts: { email: ["ops@example.com"], slack: { deployments: "#deployments", incidents: "#incidents" } },
    secrets: {
      databasePassword: letters(),
      odooAdminPassword: letters(),
      webhookSecret: letters(),
      hostPrivateKey: pulumi.secret(hostKey.privateKey),
      sshPrivateKey: pulumi.secret(sshKeyPair().privateKey),
      smtpPassword: letters(),
      n8nEncryptionKey: letters(),
      backupPassphrase: letters(),
      slackWebhookUrl: pulumi.secret(credentials.find(([id]) => id === "slack-webhook")?.[1] ?? ""),
      actionsDigitaloceanToken: pulumi.secret(credentials[0]?.[1] ?? ""),
    },
    publicKeys: { sshPublicKey: sshKeyPair().publicKey, hostPublicKey: hostKey.publicKey },
    secretsDigest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    stack: "prod",
    release: { registry: "ghcr.io", repository: "acme/odoo", tag: "19.0" },
    last: { release: undefined, secretsDigest: undefined },
    tls: { directory: "https://acme-v02.api.letsencrypt.org/directory", contact: "ops@example.com" },
    mail: { kind: "smtp", host: "mail.example.com", port: 587, user: "odoo", from: "odoo@example.com" },
    budget: { usdPerMonth: 20 },
  };
}

const made: Record<string, Record<string, unknown>> = {
  // What first contact answers: the machine's own host key.
  "command:remote:Command": { stdout: sshKeyPair().publicKey.split(" ").slice(0, 2).join(" ") },
  "digitalocean:index/spacesKey:SpacesKey": {
    accessKey: credentials.find(([id]) => id === "spaces-key")?.[1],
    secretKey: randomBytes(32).toString("base64"),
  },
  "digitalocean:index/databaseUser:DatabaseUser": { password: randomBytes(12).toString("base64") },
  "digitalocean:index/databaseCluster:DatabaseCluster": { privateHost: "db.internal", port: 25060 },
  "digitalocean:index/app:App": { defaultIngress: "https://odoo.ondigitalocean.app", appUrn: "do:app:1" },
};

/** What a platform declares, secrets still marked. That its data is protected is not seen by Pulumi's mocks. */
async function declared(args: Settings): Promise<Resource[]> {
  const resources: Resource[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, props: inputs as Record<string, unknown>, protect: true });
      const id = type.endsWith(":Droplet") ? "1001" : "f3b5c2d4-0000-4000-8000-000000000001";
      return { id, state: { ...(inputs as object), ...made[type] } };
    },
    call: ({ inputs }) =>
      "fullName" in inputs ? { name: String(inputs["fullName"]).split("/")[1] } : { id: "7" },
  });
  new OdooPlatform("odoo-prod", args);
  await pulumi.runtime.disconnect();
  return resources;
}

describe("the platform under its own rules", () => {
  it("breaks none of them on a droplet", async () => {
    const resources = await declared(settings());
    assert.ok(resources.filter(({ type }) => type === "command:remote:Command").length > 10);
    assert.deepEqual(await judge([...secrets, ...production], ...resources), []);
  });

  it("breaks none of them on App Platform", async () => {
    const resources = await declared({
      ...settings(),
      host: { kind: "app", size: "apps-s-1vcpu-1gb", instances: 1, cronSize: "apps-s-1vcpu-1gb" },
      database: { kind: "managed", version: "17", size: "db-s-1vcpu-1gb", standby: false },
      budget: { usdPerMonth: 100 },
    });
    assert.ok(resources.some(({ type }) => type === "digitalocean:index/app:App"));
    assert.deepEqual(await judge([...secrets, ...production], ...resources), []);
  });
});
