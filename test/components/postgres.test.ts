import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { databaseSizes, type DatabaseSizeSlug } from "../../catalog/database-sizes.ts";
import { Postgres, type PostgresArgs, poolSize, postgresConcern } from "../../components/postgres.ts";
import { tuning } from "../../components/tuning.ts";
import { filesOf, textOf } from "../support/concern.ts";
import { type Declared, declare } from "../support/mocks.ts";

const managed: PostgresArgs = {
  kind: "managed",
  region: "sgp1",
  version: "17",
  size: "db-s-1vcpu-2gb",
  standby: false,
};
const client = { type: "droplet", value: pulumi.output("1001") } as const;

async function declared(args: PostgresArgs): Promise<(type: string) => Declared | undefined> {
  const { resources } = await declare(() => {
    const postgres = new Postgres("odoo-test", args);
    postgres.admit(client);
    return postgres;
  });
  return (type) => resources.find((one) => one.type.endsWith(`:${type}`));
}

const droplet: Extract<PostgresArgs, { kind: "droplet" }> = {
  kind: "droplet",
  machine: { connection: { host: "203.0.113.10", user: "root" }, dropletId: "1001" },
  image: "registry.example.com/acme/odoo-postgres:17",
  memoryMb: 512,
  tuning: tuning({
    size: { vcpus: 1, memoryMb: 2048 },
    workers: "auto",
    postgres: true,
    n8n: false,
    mailCatcher: false,
  }).postgres,
  password: "correct horse",
};

describe("Postgres on the droplet", () => {
  it("is one concern of the machine, and lets nobody in by a firewall", async () => {
    const { resources } = await declare(() => new Postgres("odoo-test", droplet).admit(client));
    assert.deepEqual(
      resources.map(({ type, name }) => `${type} ${name}`),
      ["odoo-platform:index:Postgres odoo-test", "command:remote:Command odoo-test-postgres"],
    );
  });

  it("has its password in a file of its own user, and nowhere else", async () => {
    for (const [path, file] of await filesOf(postgresConcern(droplet))) {
      const secret = path === "/etc/odoo-platform/secrets/postgres/password";
      assert.equal(file.text.includes("correct horse"), secret, path);
      if (secret) assert.deepEqual([file.mode, file.owner, file.secret], ["0400", "10002:10002", true]);
    }
  });

  it("publishes no port, and starts on no disk but the volume", async () => {
    const compose = textOf(
      await filesOf(postgresConcern(droplet)),
      "/etc/odoo-platform/postgres/compose.yaml",
    );
    assert.doesNotMatch(compose, /^\s*ports:/m);
    assert.match(compose, /source: \/mnt\/odoo-data\/postgres\n(.*\n){1,3}\s*create_host_path: false/);
  });
});

describe("managed Postgres", () => {
  it("is a cluster with database, user and a pool for whole sessions", async () => {
    const find = await declared(managed);
    const { engine, version, nodeCount } = find("DatabaseCluster")?.inputs ?? {};
    assert.deepEqual([engine, version, nodeCount], ["pg", "17", 1]);
    assert.equal(find("DatabaseDb")?.inputs["name"], "odoo");
    assert.equal(find("DatabaseUser")?.inputs["name"], "odoo");
    const { mode, size } = find("DatabaseConnectionPool")?.inputs ?? {};
    assert.deepEqual([mode, size], ["session", 39]);
  });

  it("has a second node as a standby", async () => {
    const find = await declared({ ...managed, standby: true });
    assert.equal(find("DatabaseCluster")?.inputs["nodeCount"], 2);
  });

  it("lets in who is admitted, and nobody else", async () => {
    const find = await declared(managed);
    assert.deepEqual(find("DatabaseFirewall")?.inputs["rules"], [{ type: "droplet", value: "1001" }]);
  });

  it("stands in the private network that it is given, and in none of its own choice", async () => {
    const inside = await declared({ ...managed, vpcId: "vpc-1" });
    assert.equal(inside("DatabaseCluster")?.inputs["privateNetworkUuid"], "vpc-1");
    const alone = await declared(managed);
    assert.ok(!("privateNetworkUuid" in (alone("DatabaseCluster")?.inputs ?? {})));
  });
});

describe("the size of the pool", () => {
  for (const size of Object.keys(databaseSizes) as DatabaseSizeSlug[]) {
    it(`of ${size} leaves three to the vendor and five to people and migrations`, () => {
      assert.equal(poolSize(size), databaseSizes[size].connections - 8);
      assert.ok(poolSize(size) > 0);
    });
  }
});
