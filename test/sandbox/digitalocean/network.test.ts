import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isVpcRange, overlap } from "../../../sandbox/digitalocean/addresses.ts";
import { Account, at, list, text } from "./account.ts";

describe("an emulated VPC", () => {
  it("keeps what it was made with, carries its urn, and gives droplets addresses of its range", async () => {
    const account = new Account();
    const asked = { name: "odoo", region: "sgp1", ip_range: "10.10.10.0/28", description: "for Odoo" };
    const vpc = at(await account.must("POST /vpcs", asked), "vpc");
    assert.equal(String(vpc["urn"]), `do:vpc:${String(vpc["id"])}`);
    assert.deepEqual(
      [vpc["ip_range"], vpc["description"], vpc["default"]],
      ["10.10.10.0/28", "for Odoo", false],
    );
    const [inner] = list(await account.upDroplet({ vpc_uuid: vpc["id"] }), "networks", "v4");
    assert.deepEqual(inner, {
      ip_address: "10.10.10.3",
      netmask: "255.255.255.240",
      gateway: "10.10.10.1",
      type: "private",
    });
    const members = at(await account.must(`GET /vpcs/${String(vpc["id"])}/members`), "members");
    assert.equal(members.length, 1);
  });

  it("is refused a name that is taken, a range that overlaps and a range that is none", async () => {
    const account = new Account();
    await account.must("POST /vpcs", { name: "one", region: "sgp1", ip_range: "10.10.0.0/16" });
    const refused = (fields: object) =>
      account.refused("POST /vpcs", { name: "two", region: "sgp1", ...fields });
    assert.equal((await refused({ name: "one" }))[0], 422);
    assert.match(
      (await refused({ ip_range: "10.10.10.0/24" }))[1],
      /^This range\/size overlaps with another VPC network/,
    );
    for (const ip_range of ["10.0.0.0/8", "10.20.0.1/24", "8.8.8.0/24", "10.0.0.0/29", "nonsense"])
      assert.match((await refused({ ip_range }))[1], /^ip_range must be/, ip_range);
    assert.equal((await refused({ region: "mars1" }))[0], 422);
  });

  it("cannot be deleted when it is its region's default, which moves but never ends", async () => {
    const account = new Account();
    await account.droplet();
    const [first] = list(await account.must("GET /vpcs"), "vpcs");
    assert.deepEqual(await account.refused(`DELETE /vpcs/${String(first?.["id"])}`), [
      403,
      "Can not delete default VPCs",
    ]);
    const second = at(
      await account.must("POST /vpcs", { name: "own", region: "sgp1", description: "kept" }),
      "vpc",
    );
    await account.must(`PATCH /vpcs/${String(second["id"])}`, { name: "own2" });
    assert.equal(
      String(at(await account.must(`GET /vpcs/${String(second["id"])}`), "vpc")["description"]),
      "kept",
    );
    await account.must(`PUT /vpcs/${String(second["id"])}`, { name: "own", description: "", default: true });
    assert.equal(
      Boolean(at(await account.must(`GET /vpcs/${String(first?.["id"])}`), "vpc")["default"]),
      false,
    );
  });

  it("overlaps with another when one holds the other's first address", () => {
    const range = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 24 })).map(([b, c, bits]) => {
      const size = 2 ** (32 - bits);
      const base = Math.floor((b * 65_536 + c * 256) / size) * size;
      return `10.${Math.floor(base / 65_536)}.${Math.floor(base / 256) % 256}.0/${bits}`;
    });
    const holds = (outer: string, inner: string): boolean => {
      const [, b = "", c = "", bits = ""] = /^10\.(\d+)\.(\d+)\.0\/(\d+)$/.exec(outer) ?? [];
      const [, b2 = "", c2 = ""] = /^10\.(\d+)\.(\d+)/.exec(inner) ?? [];
      const [base, at] = [Number(b) * 256 + Number(c), Number(b2) * 256 + Number(c2)];
      return at >= base && at < base + 2 ** (24 - Number(bits));
    };
    fc.assert(
      fc.property(range, range, (one, other) => {
        assert.ok(isVpcRange(one), one);
        assert.equal(overlap(one, other), holds(one, other) || holds(other, one));
      }),
    );
  });
});

describe("an emulated reserved IP", () => {
  it("names the droplet that it is assigned to, and null before and after", async () => {
    const account = new Account();
    const { id } = await account.upDroplet();
    const { ip } = at(await account.must("POST /reserved_ips", { region: "sgp1" }), "reserved_ip");
    const path = `/reserved_ips/${String(ip)}`;
    const holder = async (): Promise<unknown> => {
      account.wait();
      const droplet = at(await account.must(`GET ${path}`), "reserved_ip")["droplet"] as {
        id: number;
      } | null;
      return droplet?.id ?? null;
    };
    assert.equal(await holder(), null);
    const { id: action } = at(
      await account.must(`POST ${path}/actions`, { type: "assign", droplet_id: id }),
      "action",
    );
    const pending = list(await account.must(`GET /droplets/${String(id)}/actions?per_page=50`), "actions");
    assert.deepEqual(
      pending.map((one) => one["status"]),
      ["in-progress", "completed"],
    );
    assert.equal(await holder(), id);
    assert.equal(
      String(at(await account.must(`GET ${path}/actions/${String(action)}`), "action")["status"]),
      "completed",
    );
    await account.must(`POST ${path}/actions`, { type: "unassign" });
    assert.equal(await holder(), null);
    assert.equal((await account.refused(`POST ${path}/actions`, { type: "unassign" }))[0], 422);
    assert.equal((await account.ask(`DELETE ${path}`)).status, 204);
  });

  it("belongs to its region, and a droplet has one", async () => {
    const account = new Account();
    const [{ id: here }, { id: there }] = [
      await account.upDroplet(),
      await account.upDroplet({ region: "fra1" }),
    ];
    const { ip } = at(await account.must("POST /reserved_ips", { droplet_id: here }), "reserved_ip");
    account.wait();
    const other = at(await account.must("POST /reserved_ips", { region: "sgp1" }), "reserved_ip");
    assert.equal(
      (
        await account.refused(`POST /reserved_ips/${String(ip)}/actions`, {
          type: "assign",
          droplet_id: there,
        })
      )[0],
      422,
    );
    assert.equal(
      (
        await account.refused(`POST /reserved_ips/${String(other["ip"])}/actions`, {
          type: "assign",
          droplet_id: here,
        })
      )[0],
      422,
    );
    assert.equal((await account.refused("POST /reserved_ips", {}))[0], 422);
  });
});

describe("an emulated firewall", () => {
  const inbound = { protocol: "tcp", ports: "22", sources: { addresses: ["10.0.0.0/8"] } };

  it("keeps its rules, and answers 0 for all ports", async () => {
    const account = new Account();
    const outbound = { protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0", "::/0"] } };
    const ping = { protocol: "icmp", destinations: { addresses: ["0.0.0.0/0"] } };
    const { status, body } = await account.ask("POST /firewalls", {
      name: "web",
      inbound_rules: [inbound],
      outbound_rules: [outbound, ping],
      droplet_ids: null,
      tags: ["odoo"],
    });
    assert.equal(status, 202);
    assert.deepEqual(at(body, "firewall", "inbound_rules"), [inbound]);
    assert.deepEqual(
      list(body, "firewall", "outbound_rules").map((one) => String(one["ports"])),
      ["0", "0"],
    );
    const path = `/firewalls/${text(body, "firewall", "id")}`;
    await account.must(`PUT ${path}`, { name: "web2", inbound_rules: [inbound] });
    const changed = at(await account.must(`GET ${path}`), "firewall");
    assert.deepEqual([changed["name"], changed["outbound_rules"], changed["tags"]], ["web2", [], []]);
  });

  it("guards droplets by number and by tag", async () => {
    const account = new Account();
    const [{ id: one }, { id: two }, { id: three }] = [
      await account.droplet(),
      await account.droplet({ tags: ["odoo"] }),
      await account.droplet(),
    ];
    const made = at(
      await account.must("POST /firewalls", {
        name: "web",
        inbound_rules: [inbound],
        droplet_ids: [one],
        tags: ["odoo"],
      }),
      "firewall",
    );
    const guards = async (id: unknown): Promise<number> =>
      list(await account.must(`GET /droplets/${String(id)}/firewalls`), "firewalls").length;
    assert.deepEqual([await guards(one), await guards(two), await guards(three)], [1, 1, 0]);
    await account.must(`POST /firewalls/${String(made["id"])}/droplets`, { droplet_ids: [three] });
    await account.must(`DELETE /firewalls/${String(made["id"])}/droplets`, { droplet_ids: [one] });
    assert.deepEqual([await guards(one), await guards(three)], [0, 1]);
  });

  it("is refused without a rule, with a droplet that is none, with a port or an address that is none", async () => {
    const account = new Account();
    const refused = (fields: object) =>
      account.refused("POST /firewalls", { name: "web", inbound_rules: [inbound], ...fields });
    assert.equal((await refused({ inbound_rules: [] }))[0], 422);
    assert.equal((await refused({ droplet_ids: [9] }))[1], "droplet 9 does not exist");
    assert.equal(
      (await refused({ inbound_rules: [{ ...inbound, ports: "ssh" }] }))[1],
      'invalid port range "ssh"',
    );
    assert.match(
      (await refused({ inbound_rules: [{ ...inbound, sources: { addresses: ["10.0.0.0/99"] } }] }))[1],
      /is no address/,
    );
    assert.equal((await refused({ inbound_rules: [{ protocol: "tcp", ports: "22" }] }))[0], 422);
    await account.must("POST /firewalls", { name: "web", inbound_rules: [inbound] });
    assert.equal((await refused({}))[0], 409);
  });
});
