import assert from "node:assert/strict";

import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { emulatedDigitalOcean, environmentOf, type Emulated } from "./emulated.ts";
import { testStack, type TestStack } from "./engine.ts";

interface Wishes {
  image?: string;
  password?: string;
  size?: string;
  value?: number;
  ignore?: string[];
}

/** An app with its database and everything that watches it. */
function platform({
  image = "1",
  password = "first-password-of-a-test",
  size = "db-s-1vcpu-1gb",
  value = 80,
  ignore = [],
}: Wishes) {
  return async () => {
    const cluster = new digitalocean.DatabaseCluster("cluster", {
      name: "odoo-db",
      engine: "pg",
      version: "17",
      size,
      region: "fra1",
      nodeCount: 1,
      maintenanceWindows: [{ day: "sunday", hour: "02:00" }],
    });
    const clusterId = cluster.id;
    const db = new digitalocean.DatabaseDb("db", { clusterId, name: "odoo" });
    const user = new digitalocean.DatabaseUser("user", { clusterId, name: "odoo" });
    new digitalocean.DatabaseConnectionPool("pool", {
      clusterId,
      name: "odoo-pool",
      dbName: db.name,
      user: user.name,
      mode: "transaction",
      size: 10,
    });
    const app = new digitalocean.App(
      "app",
      {
        spec: {
          name: "odoo",
          region: "fra",
          services: [
            {
              name: "web",
              image: { registryType: "GHCR", registry: "acme", repository: "odoo", tag: image },
              instanceCount: 1,
              instanceSizeSlug: "apps-s-1vcpu-1gb",
              httpPort: 8069,
              healthCheck: { httpPath: "/web/health" },
              envs: [{ key: "WORKERS", value: "2" }],
            },
          ],
          jobs: [
            {
              name: "update",
              kind: "PRE_DEPLOY",
              image: { registryType: "GHCR", registry: "acme", repository: "odoo", tag: image },
              instanceCount: 1,
              instanceSizeSlug: "apps-s-1vcpu-1gb",
            },
          ],
          envs: [{ key: "PASSWORD", value: pulumi.secret(password), type: "SECRET", scope: "RUN_TIME" }],
          ingress: { rules: [{ match: { path: { prefix: "/" } }, component: { name: "web" } }] },
        },
      },
      { ignoreChanges: ignore },
    );
    new digitalocean.DatabaseFirewall("firewall", { clusterId, rules: [{ type: "app", value: app.id }] });
    new digitalocean.SpacesKey("key", { grants: [{ bucket: "backups", permission: "readwrite" }] });
    const check = new digitalocean.UptimeCheck("check", {
      target: "https://odoo.example.com/web/health",
      regions: ["eu_west"],
    });
    const notifications = [{ emails: ["ops@example.com"] }];
    new digitalocean.UptimeAlert("down", {
      checkId: check.id,
      type: "down",
      period: "2m",
      comparison: "less_than",
      threshold: 1,
      notifications,
    });
    new digitalocean.MonitorAlert("cpu", {
      type: "v1/insights/droplet/cpu",
      compare: "GreaterThan",
      description: "CPU",
      value,
      window: "5m",
      tags: ["odoo"],
      alerts: { emails: ["ops@example.com"] },
    });
    new digitalocean.Domain("domain", { name: "example.com" });
    new digitalocean.Certificate("certificate", { type: "lets_encrypt", domains: ["example.com"] });
    return { uri: cluster.uri, url: app.liveUrl };
  };
}

const ignoringSecrets = ["spec.envs[0].value"];

describe("an app with a managed database on the emulated DigitalOcean", () => {
  let api: Emulated;
  let test: TestStack;

  before(async () => {
    api = await emulatedDigitalOcean();
    test = await testStack({ env: environmentOf({ digitalOcean: api }) });
  });
  after(async () => {
    await test.close();
    await api.close();
  });

  it("comes up", async () => {
    assert.deepEqual(await test.up(platform({})), { create: 13 });
    const { host, uri, password } = await test.state("cluster");
    assert.ok(typeof host === "string");
    for (const value of [uri, password]) assert.ok(isSecret(value), "marked secret by the plugin alone");
    assert.ok(isSecret((await test.state("key"))["secretKey"]));
  });

  it("keeps what is secret out of the state file", async () => {
    const file = await test.file();
    assert.ok(!file.includes("first-password-of-a-test"));
    const outputs = await test.stack.outputs();
    assert.equal(outputs["uri"]?.secret, true);
    assert.ok(!file.includes(new URL(outputs["uri"].value as string).password));
  });

  it("finds an app with a secret changed on every run, which is the official plugin's way", async () => {
    assert.deepEqual(await test.up(platform({})), { update: 1, same: 12 });
    assert.deepEqual(await test.refresh(), { update: 1, same: 12 });
    assert.deepEqual(await test.preview(platform({})), { update: 1, same: 12 });
  });

  it("has nothing to do when the secret's change is ignored", async () => {
    assert.deepEqual(await test.up(platform({ ignore: ignoringSecrets })), { same: 13 });
  });

  it("deploys another image without losing the ignored secret", async () => {
    assert.deepEqual(await test.up(platform({ image: "2", ignore: ignoringSecrets })), {
      update: 1,
      same: 12,
    });
    const { id, spec } = await test.state("app");
    const { app } = (await api.ask("GET", `/v2/apps/${String(id)}`)) as {
      app: { spec: { envs: { value: string }[] } };
    };
    assert.match(app.spec.envs[0]?.value ?? "", /^EV\[/);
    assert.ok(spec);
  });

  it("changes size and thresholds in place", async () => {
    const wishes = { image: "2", ignore: ignoringSecrets, size: "db-s-2vcpu-4gb", value: 90 };
    assert.deepEqual(await test.up(platform(wishes)), { update: 2, same: 11 });
    assert.equal((await test.state("cluster"))["size"], "db-s-2vcpu-4gb");
    assert.equal((await test.state("cpu"))["value"], 90);
  });

  it("is gone without a trace", async () => {
    await test.destroy();
    for (const [path, list] of [
      ["/v2/databases", "databases"],
      ["/v2/apps", "apps"],
      ["/v2/uptime/checks", "checks"],
      ["/v2/monitoring/alerts", "policies"],
      ["/v2/spaces/keys", "keys"],
      ["/v2/certificates", "certificates"],
    ] as const)
      assert.equal(((await api.ask("GET", path)) as Record<string, unknown[]>)[list]?.length ?? 0, 0, path);
  });
});

const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
