import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { monthlyPrice } from "../../catalog/prices.ts";
import { OdooPlatform } from "../../components/odoo-platform.ts";
import type { OdooPlatformArgs } from "../../components/platform-args.ts";
import { type Declared, declare } from "../support/mocks.ts";

const secret = (text: string) => pulumi.secret(text);

function dropletArgs(): OdooPlatformArgs {
  return {
    platform: {
      name: "odoo",
      environment: "staging",
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
    tls: { directory: "https://acme.example.com/directory", contact: "ops@example.com" },
    backups: { hour: "02:00", retentionDays: 30, timeZone: "Asia/Singapore", drill: "monthly" },
    mail: { kind: "catcher" },
    addonsPath: ["/mnt/extra-addons/oca/queue"],
    services: { n8n: { domain: "n8n.example.com" } },
    repositories: [repository("odoo-ce", true), repository("website", true)],
    alerts: { email: ["ops@example.com"] },
    secrets: {
      databasePassword: secret("a"),
      odooAdminPassword: secret("b"),
      webhookSecret: secret("c"),
      hostPrivateKey: secret("host key"),
      sshPrivateKey: secret("ssh key"),
      n8nEncryptionKey: secret("d"),
      backupPassphrase: secret("e"),
    },
    publicKeys: { sshPublicKey: "ssh-ed25519 AAAA", hostPublicKey: "ssh-ed25519 BBBB" },
    secretsDigest: "one",
    stack: "test",
    release: { registry: "ghcr.io", repository: "acme/odoo", tag: "19.0" },
    deploy: { keepReleases: 5, keepCopiesDays: 7, copiesShareOfDisk: 0.4 },
    last: { release: undefined, secretsDigest: undefined },
  };
}

const appArgs = (): OdooPlatformArgs => ({
  ...dropletArgs(),
  host: { kind: "app", size: "apps-s-1vcpu-2gb", instances: 2, cronSize: "apps-s-1vcpu-1gb" },
  database: { kind: "managed", version: "17", size: "db-s-1vcpu-1gb", standby: true },
  services: {},
});

const repository = (name: string, protectable: boolean): OdooPlatformArgs["repositories"][number] => ({
  owner: "acme",
  name,
  owned: true,
  branch: "main",
  requiredChecks: [`${name} CI`],
  approvals: 1,
  reviewers: ["ada"],
  protectable,
});

const ofType = (resources: Declared[], type: string): Declared[] =>
  resources.filter((one) => one.type.endsWith(`:${type}`));

const platform = (args: OdooPlatformArgs) => declare(() => new OdooPlatform("odoo-test", args));

describe("a platform on a droplet", () => {
  it("declares machine, volume, address, firewall, names, backups, watch and both repositories", async () => {
    const { resources } = await platform(dropletArgs());
    const counts = Map.groupBy(resources, ({ type }) => type.split(":").at(-1) ?? "");
    for (const [type, count] of Object.entries({
      Vpc: 1,
      SshKey: 1,
      Droplet: 1,
      Volume: 1,
      VolumeAttachment: 1,
      ReservedIp: 1,
      ReservedIpAssignment: 1,
      Firewall: 1,
      Project: 1,
      Domain: 1,
      DnsRecord: 2,
      SpacesBucket: 1,
      SpacesKey: 1,
      UptimeCheck: 2,
      UptimeAlert: 4,
      MonitorAlert: 6,
      RepositoryRuleset: 2,
      RepositoryEnvironment: 2,
      RepositoryWebhook: 2,
      IssueLabel: 6,
    })) {
      assert.equal(counts.get(type)?.length, count, type);
    }
  });

  it("lets SSH in from the admin networks only, and the world to 80 and 443 only", async () => {
    const { resources } = await platform(dropletArgs());
    const [firewall] = ofType(resources, "Firewall");
    const rules = firewall?.inputs["inboundRules"] as { portRange: string; sourceAddresses: string[] }[];
    assert.deepEqual(
      rules.map(({ portRange, sourceAddresses }) => [portRange, sourceAddresses.join()]),
      [
        ["22", "203.0.113.0/24"],
        ["80", "0.0.0.0/0,::/0"],
        ["443", "0.0.0.0/0,::/0"],
      ],
    );
  });

  it("gives the first boot its host key and nothing else that is secret", async () => {
    const { resources } = await platform(dropletArgs());
    const userData = String(ofType(resources, "Droplet")[0]?.inputs["userData"]);
    assert.match(userData, /^#cloud-config\n/);
    assert.match(userData, /ed25519_private: host key\n/);
    assert.doesNotMatch(userData, /password: /);
  });

  it("becomes a server over SSH, one concern after the other", async () => {
    const { resources } = await platform(dropletArgs());
    const concerns = ofType(resources, "Command").map(({ name }) => name.replace("odoo-test-", ""));
    const parallel = ["mail", "postgres"];
    assert.deepEqual(
      concerns.filter((one) => !parallel.includes(one)),
      "first-contact host-key base firewall-rules volume-mount docker images odoo nginx backup-service certificate n8n inventory".split(
        " ",
      ),
    );
    for (const one of parallel) assert.ok(concerns.indexOf(one) < concerns.indexOf("odoo"), one);
  });

  it("tells operations how to reach it and what it serves", async () => {
    const { result } = await platform(dropletArgs());
    const { domains, mail, trustedCertificates, machine } = result.outputs;
    assert.deepEqual(domains, { odoo: "erp.example.com", n8n: "n8n.example.com" });
    assert.deepEqual([mail, trustedCertificates, Boolean(machine)], ["catcher", [], true]);
  });

  it("has Postgres elsewhere when it is managed", async () => {
    const database = { kind: "managed", version: "17", size: "db-s-1vcpu-1gb", standby: false } as const;
    const { resources } = await platform({ ...dropletArgs(), database });
    assert.equal(ofType(resources, "DatabaseCluster").length, 1);
    assert.ok(!ofType(resources, "Command").some(({ name }) => name.endsWith("-postgres")));
    assert.ok(ofType(resources, "Command").some(({ name }) => name.endsWith("-odoo")));
  });

  it("names the price that the catalog finds for what was declared", async () => {
    const { resources, result } = await platform(dropletArgs());
    const declared = resources.map(({ type, name, inputs }) => ({ type, name, props: inputs }));
    assert.equal(result.outputs.monthlyPriceUsd, monthlyPrice(declared).totalUsd);
    assert.equal(result.outputs.monthlyPriceUsd, 12 + 1 + 5 + 1);
  });

  it("warns and leaves protection and environment out where the plan cannot protect the repository", async () => {
    const { resources } = await platform({ ...dropletArgs(), repositories: [repository("odoo-ce", false)] });
    assert.deepEqual(ofType(resources, "RepositoryRuleset"), []);
    assert.deepEqual(ofType(resources, "RepositoryEnvironment"), []);
    assert.deepEqual(
      ofType(resources, "ActionsSecret").map(({ inputs }) => inputs["secretName"]),
      ["DEPLOY_WEBHOOK_SECRET_TEST"],
    );
  });

  it("leaves what exists once to the stack that owns it", async () => {
    const { resources } = await platform({
      ...dropletArgs(),
      platform: { ...dropletArgs().platform, zone: { name: "example.com", owned: false } },
      repositories: [{ ...repository("odoo-ce", true), owned: false }],
    });
    for (const type of ["Domain", "RepositoryRuleset", "RepositoryWebhook", "IssueLabel"]) {
      assert.deepEqual(ofType(resources, type), [], type);
    }
    assert.equal(ofType(resources, "RepositoryEnvironment").length, 1);
  });

  it("stands beside a second one in the same program", async () => {
    const { resources } = await declare(() => [
      new OdooPlatform("odoo-one", { ...dropletArgs(), repositories: [] }),
      new OdooPlatform("odoo-two", { ...dropletArgs(), repositories: [] }),
    ]);
    const names = resources.map(({ type, name }) => `${type} ${name}`);
    assert.equal(new Set(names).size, names.length);
  });
});

describe("a platform on App Platform", () => {
  it("declares app, managed Postgres with a standby, and the filestore's bucket", async () => {
    const { resources } = await platform(appArgs());
    assert.equal(ofType(resources, "App").length, 1);
    assert.equal(ofType(resources, "DatabaseCluster")[0]?.inputs["nodeCount"], 2);
    assert.equal(ofType(resources, "DatabaseFirewall").length, 1);
    assert.deepEqual(
      ofType(resources, "SpacesBucket").map(({ inputs }) => inputs["name"]),
      ["erp-example-com-filestore", "erp-example-com-backups"],
    );
    assert.deepEqual(ofType(resources, "Droplet"), []);
  });

  it("runs one cron instance beside the web, and keeps the database's password out of the spec", async () => {
    const { resources } = await platform(appArgs());
    const spec = ofType(resources, "App")[0]?.inputs["spec"] as {
      workers: { name: string; instanceCount: number }[];
      envs: { key: string; value: string; type: string }[];
      services: { envs: { key: string; value: string; type: string }[] }[];
    };
    assert.deepEqual(
      spec.workers.map(({ name, instanceCount }) => [name, instanceCount]),
      [["cron", 1]],
    );
    assert.equal(spec.services[0]?.envs.find(({ key }) => key === "PGPASSWORD")?.value, "${db.PASSWORD}");
    assert.deepEqual(
      spec.envs.map(({ key, type }) => `${key} ${type}`),
      ["ODOO_ADMIN_PASSWORD SECRET", "FILESTORE_ACCESS_KEY_ID SECRET", "FILESTORE_SECRET_ACCESS_KEY SECRET"],
    );
  });

  it("points the domain to the app's own name", async () => {
    const { resources } = await platform(appArgs());
    const [record] = ofType(resources, "DnsRecord");
    assert.equal(record?.inputs["type"], "CNAME");
    assert.equal(record?.inputs["value"], "odoo-x.ondigitalocean.app.");
  });

  it("names the price that the catalog finds for what was declared", async () => {
    const { resources, result } = await platform(appArgs());
    const declared = resources.map(({ type, name, inputs }) => ({ type, name, props: inputs }));
    assert.equal(result.outputs.monthlyPriceUsd, monthlyPrice(declared).totalUsd);
  });
});
