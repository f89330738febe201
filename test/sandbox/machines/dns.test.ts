import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import { Cloud } from "../../../sandbox/digitalocean/cloud.ts";
import { startDns } from "../../../sandbox/machines/dns.ts";
import { memoryWorld } from "../../../sandbox/world.ts";

describe("names in the sandbox", () => {
  const cloud = new Cloud(memoryWorld());
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  let close: () => Promise<void>;

  before(async () => {
    const record = { priority: null, port: null, ttl: 300, weight: null, flags: null, tag: null };
    cloud.domains.put("example.com", { name: "example.com", ttl: 1800 });
    const records = [
      { type: "A", name: "erp", data: "198.51.100.10" },
      { type: "A", name: "@", data: "198.51.100.11" },
      { type: "CNAME", name: "www", data: "erp.example.com." },
      { type: "TXT", name: "erp", data: "hello" },
    ];
    records.forEach((one, id) => cloud.records.put(id, { ...record, ...one, id, domain: "example.com" }));
    // By UDP and TCP, so from below those that the system gives away.
    const port = 20_000 + (process.pid % 10_000);
    close = await startDns(cloud, {
      address: "127.0.0.1",
      port,
      hosts: { "acme.sandbox.test": "10.78.0.1" },
      domains: { "sgp1.digitaloceanspaces.com": "10.78.0.1" },
    });
    resolver.setServers([`127.0.0.1:${port}`]);
  });
  after(async () => await close());

  it("are those of the account's zones", async () => {
    assert.deepEqual(await resolver.resolve4("erp.example.com"), ["198.51.100.10"]);
    assert.deepEqual(await resolver.resolve4("example.com"), ["198.51.100.11"]);
    assert.deepEqual(await resolver.resolve4("ERP.Example.com"), ["198.51.100.10"]);
    assert.deepEqual(await resolver.resolveTxt("erp.example.com"), [["hello"]]);
  });

  it("are followed through an alias", async () => {
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["198.51.100.10"]);
  });

  it("are the sandbox's own too", async () => {
    assert.deepEqual(await resolver.resolve4("acme.sandbox.test"), ["10.78.0.1"]);
  });

  it("are the vendor's object storage: each region, each bucket in it, and no other name", async () => {
    assert.deepEqual(await resolver.resolve4("sgp1.digitaloceanspaces.com"), ["10.78.0.1"]);
    assert.deepEqual(await resolver.resolve4("a-bucket.SGP1.digitaloceanspaces.com"), ["10.78.0.1"]);
    await assert.rejects(resolver.resolve6("a-bucket.sgp1.digitaloceanspaces.com"), { code: "ENODATA" });
    await assert.rejects(resolver.resolve4("xsgp1.digitaloceanspaces.com.example.com"), {
      code: "ENOTFOUND",
    });
  });

  it("are unknown at once where the zone has none, and empty where it has another type", async () => {
    await assert.rejects(resolver.resolve4("nothing.example.com"), { code: "ENOTFOUND" });
    await assert.rejects(resolver.resolve6("erp.example.com"), { code: "ENODATA" });
  });

  it("change with the records", async () => {
    const [old] = cloud.records.list((one) => one.name === "erp" && one.type === "A");
    assert.ok(old);
    cloud.records.put(old.id, { ...old, data: "198.51.100.99" });
    assert.deepEqual(await resolver.resolve4("erp.example.com"), ["198.51.100.99"]);
  });
});
