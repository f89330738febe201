import assert from "node:assert/strict";
import { Account, at, list, text } from "./account.ts";
import type { Json } from "./account.ts";

const wanted = {
  name: "odoo",
  engine: "pg",
  version: "17",
  size: "db-s-1vcpu-1gb",
  region: "sgp1",
  num_nodes: 1,
  rules: null,
};

async function cluster(account: Account, fields: object = {}): Promise<Json> {
  const { id } = at(await account.must("POST /databases", { ...wanted, ...fields }), "database");
  account.wait();
  return at(await account.must(`GET /databases/${String(id)}`), "database");
}

describe("an emulated managed Postgres", () => {
  it("is creating, then online, in its network and project, with a maintenance window", async () => {
    const account = new Account();
    const made = at(await account.must("POST /databases", { ...wanted, tags: ["odoo"] }), "database");
    assert.equal(String(made["status"]), "creating");
    account.wait();
    const database = at(await account.must(`GET /databases/${String(made["id"])}`), "database");
    assert.deepEqual(
      [database["status"], database["version"], database["storage_size_mib"], database["tags"]],
      ["online", "17", 10_240, ["odoo"]],
    );
    assert.match(
      text(database, "connection", "uri"),
      /^postgresql:\/\/doadmin:AVNS_.+@odoo-.+:25060\/defaultdb\?sslmode=require$/,
    );
    assert.match(text(database, "private_connection", "host"), /^private-odoo-/);
    await account.must(`PUT /databases/${String(made["id"])}/maintenance`, { day: "Sunday", hour: "02:00" });
    assert.equal(
      text(
        await account.must(`GET /databases/${String(made["id"])}`),
        "database",
        "maintenance_window",
        "day",
      ),
      "sunday",
    );
    const members = at(
      await account.must(`GET /vpcs/${String(database["private_network_uuid"])}/members`),
      "members",
    );
    assert.equal(members.length, 1);
  });

  it("keeps passwords from tokens that may not see them", async () => {
    const account = new Account({
      scopedTokens: { reader: ["database:read"], auditor: ["database:read", "database:view_credentials"] },
    });
    const { id } = await cluster(account);
    const connection = async (token: string): Promise<Json> =>
      at(
        (await account.ask(`GET /databases/${String(id)}`, undefined, token)).body,
        "database",
        "connection",
      );
    assert.equal(String((await connection("reader"))["password"]), "");
    assert.doesNotMatch(JSON.stringify(await connection("reader")), /AVNS_/);
    assert.match(String((await connection("auditor"))["password"]), /^AVNS_/);
  });

  it("has databases, users and pools that share its connections", async () => {
    const account = new Account();
    const path = `/databases/${String((await cluster(account))["id"])}`;
    await account.must(`POST ${path}/dbs`, { name: "odoo" });
    const user = at(await account.must(`POST ${path}/users`, { name: "odoo" }), "user");
    assert.deepEqual([user["role"], text(user, "password").startsWith("AVNS_")], ["normal", true]);
    const pool = { name: "main", user: "odoo", size: 15, db: "odoo", mode: "transaction" };
    const made = at(await account.must(`POST ${path}/pools`, pool), "pool");
    assert.equal(Number(at(made, "connection", "port")), 25_061);
    assert.equal(text(made, "connection", "password"), String(user["password"]));
    assert.match(
      (await account.refused(`POST ${path}/pools`, { ...pool, name: "second", size: 8 }))[1],
      /22 backend connections/,
    );
    assert.equal(
      (await account.refused(`POST ${path}/pools`, { ...pool, name: "second", size: 1, db: "none" }))[0],
      422,
    );
    assert.equal((await account.refused(`POST ${path}/pools`, pool))[0], 409);
    assert.equal(
      (await account.ask(`PUT ${path}/pools/main`, { size: 20, db: "odoo", mode: "session" })).status,
      204,
    );
    assert.equal(Number(at(await account.must(`GET ${path}/pools/main`), "pool")["size"]), 20);
    const { password } = at(await account.must(`POST ${path}/users/odoo/reset_auth`, {}), "user");
    assert.notEqual(String(password), String(user["password"]));
    for (const part of ["pools/main", "users/odoo", "dbs/odoo"]) {
      assert.equal((await account.ask(`DELETE ${path}/${part}`)).status, 204, part);
      assert.equal((await account.ask(`GET ${path}/${part}`)).status, 404, part);
    }
    assert.equal((await account.refused(`DELETE ${path}/users/doadmin`))[0], 422);
  });

  it("takes firewall rules as a whole, giving each a number of its own that stays", async () => {
    const account = new Account();
    const path = `/databases/${String((await cluster(account))["id"])}/firewall`;
    const zero = { uuid: "", cluster_uuid: "", created_at: "0001-01-01T00:00:00Z" };
    const rules = [
      { ...zero, type: "ip_addr", value: "198.51.100.7" },
      { ...zero, type: "droplet", value: "12" },
    ];
    const put = async (wanted: object[]): Promise<Json[]> => {
      assert.equal((await account.ask(`PUT ${path}`, { rules: wanted })).status, 204);
      return list(await account.must(`GET ${path}`), "rules");
    };
    const first = await put(rules);
    assert.deepEqual(
      first.map((one) => String(one["value"])),
      ["198.51.100.7", "12"],
    );
    const second = await put(rules.slice(1));
    assert.deepEqual(
      second.map((one) => String(one["uuid"])),
      [String(first[1]?.["uuid"])],
    );
    assert.deepEqual(await put([]), []);
    assert.equal(
      (await account.refused(`PUT ${path}`, { rules: [{ type: "ip_addr", value: "here" }] }))[0],
      422,
    );
  });

  it("is resized, moved and upgraded in place, never shrunk and never downgraded", async () => {
    const account = new Account();
    const path = `/databases/${String((await cluster(account, { size: "db-s-1vcpu-2gb" }))["id"])}`;
    assert.equal(
      (await account.ask(`PUT ${path}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 2 })).status,
      202,
    );
    assert.equal(String(at(await account.must(`GET ${path}`), "database")["status"]), "resizing");
    assert.equal((await account.refused(`PUT ${path}/migrate`, { region: "fra1" }))[0], 422);
    account.wait();
    assert.equal((await account.ask(`PUT ${path}/migrate`, { region: "fra1" })).status, 202);
    account.wait();
    await account.must(`PUT ${path}/upgrade`, { version: "18" });
    const moved = at(await account.must(`GET ${path}`), "database");
    assert.deepEqual(
      [moved["size"], moved["num_nodes"], moved["region"], moved["version"], moved["status"]],
      ["db-s-2vcpu-4gb", 2, "fra1", "18", "online"],
    );
    assert.equal((await account.refused(`PUT ${path}/upgrade`, { version: "17" }))[0], 422);
    assert.equal(
      (
        await account.refused(`PUT ${path}/resize`, {
          size: "db-s-2vcpu-4gb",
          num_nodes: 2,
          storage_size_mib: 61_000,
        })
      )[0],
      422,
    );
  });

  it("is refused what it cannot be, and everything inside before it is online", async () => {
    const account = new Account();
    const refused = async (fields: object): Promise<number> =>
      (await account.refused("POST /databases", { ...wanted, ...fields }))[0];
    assert.equal(await refused({ size: "db-none" }), 422);
    assert.equal(await refused({ region: "mars1" }), 422);
    assert.equal(await refused({ version: "9.6" }), 422);
    assert.equal(await refused({ num_nodes: 4 }), 422);
    assert.equal(await refused({ private_network_uuid: "none" }), 422);
    assert.equal(await refused({ engine: "mysql" }), 501);
    const { id } = at(await account.must("POST /databases", wanted), "database");
    assert.deepEqual(await account.refused("POST /databases", wanted), [
      422,
      "cluster name is not available",
    ]);
    assert.equal((await account.refused(`POST /databases/${String(id)}/dbs`, { name: "odoo" }))[0], 422);
    assert.equal((await account.ask(`DELETE /databases/${String(id)}`)).status, 204);
    assert.equal(list(await account.must("GET /projects/default/resources"), "resources").length, 0);
  });
});
