import assert from "node:assert/strict";
import { digitaloceanScopes } from "../../../catalog/token-scopes.ts";
import type { Check } from "../../../operations/doctor/check.ts";
import { digitaloceanToken, spacesKeys, zone } from "../../../operations/doctor/digitalocean.ts";
import { digitalOcean } from "../../../sandbox/digitalocean/app.ts";
import type { Scope } from "../../../sandbox/digitalocean/operation.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { findings, patient, served } from "./patient.ts";

const onDroplet = { host: "droplet", managedDatabase: false, ownsZone: false } as const;
const enough = digitaloceanScopes(onDroplet) as Scope[];

/** What a check finds on the emulated account, with a token of these scopes. */
const found = async (check: Check, scopes: Scope[], token = "narrow"): Promise<string[]> =>
  await served(
    digitalOcean(memoryWorld(), { token: "full", scopedTokens: { narrow: scopes } }),
    async (origin) =>
      await findings(check, patient({}, { DIGITALOCEAN_API_URL: origin, DIGITALOCEAN_TOKEN: token })),
  );

describe("doctor, looking at DigitalOcean's token", () => {
  it("is content with the scopes that init names, and no more", async () => {
    assert.deepEqual(await found(digitaloceanToken, enough), [
      "good DigitalOcean token: is accepted and may read all 17 kinds of resources the stack has",
    ]);
  });

  it("names every scope that is missing", async () => {
    const scopes = enough.filter((scope) => scope !== "firewall:read" && scope !== "block_storage:read");
    assert.deepEqual(await found(digitaloceanToken, scopes), [
      "bad DigitalOcean token: lacks block_storage:read, firewall:read",
    ]);
  });

  it("says that a token has expired", async () => {
    assert.deepEqual(await found(digitaloceanToken, enough, "expired"), [
      "bad DigitalOcean token: is not accepted (401)",
    ]);
  });

  it("says that there is none, under either of its names", async () => {
    assert.deepEqual(await findings(digitaloceanToken, patient({}, {})), [
      "bad DigitalOcean token: DIGITALOCEAN_TOKEN is not set",
    ]);
    const other = { DIGITALOCEAN_ACCESS_TOKEN: "t", DIGITALOCEAN_API_URL: "http://127.0.0.1:9" };
    await assert.rejects(findings(digitaloceanToken, patient({}, other)), /does not answer/);
  });

  it("takes no account for good that does not answer the question", async () => {
    await served({ fetch: () => Response.json({}, { status: 418 }) }, async (origin) => {
      const env = { DIGITALOCEAN_API_URL: origin, DIGITALOCEAN_TOKEN: "t" };
      assert.deepEqual(await findings(digitaloceanToken, patient({}, env)), [
        "bad DigitalOcean: answers 418",
      ]);
    });
  });
});

describe("doctor, looking at the zone", () => {
  it("misses one that another stack should have made", async () => {
    assert.deepEqual(await found(zone, enough), [
      "bad DNS zone: example.com is not at DigitalOcean, and this stack does not own it",
    ]);
  });

  it("says that it may not look", async () => {
    assert.deepEqual(await found(zone, ["account:read"]), [
      "skipped DNS zone: cannot be looked at: DigitalOcean answered 403",
    ]);
  });

  it("finds it, or lets the stack declare it", async () => {
    const account = digitalOcean(memoryWorld(), { token: "full" });
    await account.request("/v2/domains", {
      method: "POST",
      headers: { authorization: "Bearer full", "content-type": "application/json" },
      body: JSON.stringify({ name: "example.com" }),
    });
    await served(account, async (origin) => {
      const env = { DIGITALOCEAN_API_URL: origin, DIGITALOCEAN_TOKEN: "full" };
      assert.deepEqual(await findings(zone, patient({}, env)), ["good DNS zone: example.com is there"]);
    });
    const owner = {
      environment: "production",
      domain: "erp.example.com",
      zone: { name: "example.com", owned: true },
    };
    assert.deepEqual(await findings(zone, patient({ platform: owner }, { DIGITALOCEAN_TOKEN: "t" })), [
      "good DNS zone: example.com is declared by this stack",
    ]);
  });
});

describe("doctor, looking for keys of Spaces", () => {
  it("names those that are not set", async () => {
    assert.deepEqual(await findings(spacesKeys, patient({}, { SPACES_ACCESS_KEY_ID: "k" })), [
      "bad Spaces keys: SPACES_SECRET_ACCESS_KEY not set",
    ]);
    const both = { SPACES_ACCESS_KEY_ID: "k", SPACES_SECRET_ACCESS_KEY: "s" };
    assert.deepEqual(await findings(spacesKeys, patient({}, both)), ["good Spaces keys: are set"]);
  });
});
