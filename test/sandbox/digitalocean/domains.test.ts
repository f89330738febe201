import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Account, at, list, text } from "./account.ts";
import type { Json } from "./account.ts";

async function zone(): Promise<{
  account: Account;
  add: (fields: object) => Promise<Json>;
  refuse: (fields: object) => Promise<string>;
}> {
  const account = new Account();
  await account.must("POST /domains", { name: "example.org" });
  const base = { name: "www", priority: 0, port: 0, weight: 0, flags: 0 };
  return {
    account,
    add: async (fields) =>
      at(await account.must("POST /domains/example.org/records", { ...base, ...fields }), "domain_record"),
    refuse: async (fields) =>
      (await account.refused("POST /domains/example.org/records", { ...base, ...fields }))[1],
  };
}

describe("an emulated DNS zone", () => {
  it("begins with the vendor's name servers and the address asked for", async () => {
    const account = new Account();
    await account.must("POST /domains", { name: "example.org", ip_address: "203.0.113.9" });
    const records = list(await account.must("GET /domains/example.org/records"), "domain_records");
    assert.deepEqual(
      records.map((one) => String(one["type"])),
      ["NS", "NS", "NS", "A"],
    );
    assert.match(
      text(await account.must("GET /domains/example.org"), "domain", "zone_file"),
      /example\.org\. 1800 IN A 203\.0\.113\.9/,
    );
    assert.equal((await account.refused("POST /domains", { name: "example.org" }))[0], 422);
    assert.equal((await account.refused("POST /domains", { name: "not a domain" }))[0], 422);
  });

  it("wants the dot at the end of a host and never answers it; @ stays @", async () => {
    const { add, refuse } = await zone();
    for (const [type, data] of [
      ["CNAME", "erp.example.org."],
      ["MX", "mx.example.org."],
      ["CAA", "letsencrypt.org."],
      ["NS", "ns.example.org."],
    ] as const) {
      const name = type.toLowerCase();
      assert.equal(
        await refuse({ type, name, data: data.slice(0, -1) }),
        "Data needs to end with a dot (.)",
        type,
      );
      assert.equal(String((await add({ type, name, data, tag: "issue" }))["data"]), data.slice(0, -1), type);
    }
    assert.equal(String((await add({ type: "SRV", name: "_x._tcp", data: "@", port: 443 }))["data"]), "@");
    assert.equal(
      String((await add({ type: "TXT", name: "@", data: "ends with a dot." }))["data"]),
      "ends with a dot.",
    );
  });

  it("forgets numbers that a type does not have, and gives a TTL when none is asked", async () => {
    const { add } = await zone();
    const a = await add({ type: "A", data: "203.0.113.9" });
    assert.deepEqual(
      [a["priority"], a["port"], a["weight"], a["flags"], a["tag"], a["ttl"]],
      [null, null, null, null, null, 1800],
    );
    const mx = await add({ type: "MX", name: "@", data: "mx.example.org.", priority: 10, ttl: 60 });
    assert.deepEqual([mx["priority"], mx["port"], mx["ttl"]], [10, null, 60]);
  });

  it("refuses an address that is none and a CNAME beside others", async () => {
    const { add, refuse } = await zone();
    assert.match(await refuse({ type: "A", data: "300.1.1.1" }), /^IP address did not match IPv4 format/);
    assert.match(
      await refuse({ type: "AAAA", data: "203.0.113.9" }),
      /^IP address did not match IPv6 format/,
    );
    await add({ type: "A", data: "203.0.113.9" });
    assert.equal(
      await refuse({ type: "CNAME", data: "a.example.org." }),
      "CNAME records cannot share a name with other records",
    );
    assert.equal(await refuse({ type: "SPF", data: "x" }), "type Type is not included in the list");
  });

  it("changes a record by a PUT without its type, and drops all with the zone", async () => {
    const { account, add } = await zone();
    const { id } = await add({ type: "CNAME", data: "a.example.org.", ttl: 60 });
    const path = `/domains/example.org/records/${String(id)}`;
    const changed = at(
      await account.must(`PUT ${path}`, { name: "www", data: "b.example.org.", ttl: 120, priority: 0 }),
      "domain_record",
    );
    assert.deepEqual([changed["type"], changed["data"], changed["ttl"]], ["CNAME", "b.example.org", 120]);
    // The name and TTL alone: what was answered without its dot is not refused now.
    await account.must(`PATCH ${path}`, { ttl: 30 });
    assert.equal((await account.ask(`GET /domains/example.com/records/${String(id)}`)).status, 404);
    await account.must("DELETE /domains/example.org");
    assert.equal((await account.ask(`GET ${path}`)).status, 404);
  });

  it("finds records by their full name", async () => {
    const { account, add } = await zone();
    await add({ type: "A", name: "erp", data: "203.0.113.9" });
    const found = async (query: string): Promise<number> =>
      list(await account.must(`GET /domains/example.org/records?${query}`), "domain_records").length;
    assert.deepEqual(
      [await found("name=erp.example.org"), await found("name=erp"), await found("type=NS&name=example.org")],
      [1, 0, 3],
    );
  });

  it("answers each address record as it was sent", async () => {
    const { account, add } = await zone();
    await fc.assert(
      fc.asyncProperty(fc.ipV4(), fc.integer({ min: 30, max: 86_400 }), async (data, ttl) => {
        const { id } = await add({ type: "A", name: "many", data, ttl });
        const record = at(
          await account.must(`GET /domains/example.org/records/${String(id)}`),
          "domain_record",
        );
        assert.deepEqual([record["data"], record["ttl"], record["name"]], [data, ttl, "many"]);
      }),
      { numRuns: 30 },
    );
  });
});
