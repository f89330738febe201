import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "../../../sandbox/digitalocean/app.ts";
import { Cloud } from "../../../sandbox/digitalocean/cloud.ts";
import { Store } from "../../../sandbox/store.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { Account, at, list, text } from "./account.ts";

describe("DigitalOcean's API", () => {
  it("is told apart from no answer at all: what is not served is 501 and logged, what is not there is 404", async () => {
    const account = new Account();
    assert.equal((await account.ask("GET /kubernetes/clusters")).status, 501);
    assert.equal((await account.ask("PATCH /account")).status, 501);
    assert.deepEqual(account.log, [
      "digitalocean: not served: GET /v2/kubernetes/clusters",
      "digitalocean: not served: PATCH /v2/account",
    ]);
    assert.deepEqual(await account.refused("GET /droplets/1"), [
      404,
      "The resource you were accessing could not be found.",
    ]);
  });

  it("lets nobody in with another token", async () => {
    const { status, body } = await new Account().ask("GET /account", undefined, "another");
    assert.equal(status, 401);
    assert.equal(body["id"], "unauthorized");
    assert.equal(String(body["message"]), "Unable to authenticate you");
  });

  it("names the scope that a token lacks, and reads with the one it has", async () => {
    const account = new Account({ scopedTokens: { narrow: ["droplet:read"] } });
    const { status, body } = await account.ask("POST /droplets", {}, "narrow");
    assert.equal(status, 403);
    assert.equal(String(body["message"]), "You are missing the required permission droplet:create");
    assert.equal((await account.ask("GET /droplets", undefined, "narrow")).status, 200);
  });

  it("takes a full-access token that changes while it runs", async () => {
    let current = "first";
    const { digitalOcean } = await import("../../../sandbox/digitalocean/app.ts");
    const app = digitalOcean(memoryWorld(), { token: () => current });
    const status = async (as: string): Promise<number> =>
      (await app.request("/v2/account", { headers: { authorization: `Bearer ${as}` } })).status;
    assert.equal(await status("first"), 200);
    current = "second";
    assert.equal(await status("first"), 401);
    assert.equal(await status("second"), 200);
  });

  it("carries a request id and what is left of the rate limit", async () => {
    const account = new Account();
    const [first, second] = [await account.ask("GET /account"), await account.ask("GET /nothing")];
    assert.equal(first.headers.get("ratelimit-limit"), "5000");
    assert.equal(first.headers.get("ratelimit-remaining"), "4999");
    assert.equal(second.headers.get("ratelimit-remaining"), "4998");
    assert.ok(Number(first.headers.get("ratelimit-reset")) > account.world.now().getTime() / 1000);
    assert.match(String(second.headers.get("x-request-id")), /^[0-9a-f-]{36}$/);
    assert.equal(String(second.body["request_id"]), second.headers.get("x-request-id"));
  });

  it("gives lists by the page, with links to the others and the whole count", async () => {
    const account = new Account();
    for (const name of ["a", "b", "c", "d", "e"]) await account.must("POST /tags", { name });
    const body = await account.must("GET /tags?page=2&per_page=2");
    assert.deepEqual(
      list(body, "tags").map((one) => String(one["name"])),
      ["c", "d"],
    );
    assert.deepEqual(body["meta"], { total: 5 });
    const pages = at(body, "links", "pages");
    assert.match(String(pages["next"]), /page=3&per_page=2$/);
    assert.match(String(pages["prev"]), /page=1/);
    assert.match(String(pages["last"]), /page=3/);
    assert.deepEqual((await account.must("GET /tags"))["links"], {});
  });

  it("says what is wrong with a body: 400 for no JSON, 422 for a field that does not fit", async () => {
    const account = new Account();
    assert.deepEqual(await account.refused("POST /tags", "{"), [400, "error parsing request body"]);
    assert.deepEqual(await account.refused("POST /tags", { name: "a b" }), [
      422,
      "name Name may only contain letters, numbers, colons, dashes, and underscores",
    ]);
  });

  it("goes on where it was after a restart, also with what was under way", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
    try {
      const world = () => ({ store: new Store(join(folder, "digitalocean.json")) });
      const { id } = await new Account({ world: world() }).droplet();
      const later = new Account({ world: world() });
      assert.equal(text(await later.must(`GET /droplets/${String(id)}`), "droplet", "status"), "new");
      later.wait();
      assert.equal(text(await later.must(`GET /droplets/${String(id)}`), "droplet", "status"), "active");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("serves each route under one name only", () => {
    const all = operations(new Cloud(memoryWorld()));
    assert.equal(new Set(all.map((one) => one.name)).size, all.length);
    assert.equal(new Set(all.map((one) => `${one.method} ${one.path}`)).size, all.length);
  });

  describe("broken on purpose", () => {
    it("asks for patience, once", async () => {
      const account = new Account();
      account.world.faults.add({ name: "rate-limit", vendor: "digitalocean", times: 1 });
      const { status, headers, body } = await account.ask("GET /account");
      assert.equal(status, 429);
      assert.equal(headers.get("retry-after"), "1");
      assert.equal(String(body["id"]), "too_many_requests");
      assert.equal((await account.ask("GET /account")).status, 200);
    });

    it("fails on one route, for one vendor", async () => {
      const account = new Account();
      account.world.faults.add({ name: "server-error", match: "POST /v2/tags" });
      account.world.faults.add({ name: "expired-token", vendor: "github" });
      assert.equal((await account.ask("POST /tags", { name: "a" })).status, 500);
      assert.equal((await account.ask("GET /tags")).status, 200);
    });

    it("no longer takes the token", async () => {
      const account = new Account();
      account.world.faults.add({ name: "expired-token" });
      assert.equal((await account.ask("GET /account")).status, 401);
      account.world.faults.clear();
      assert.equal((await account.ask("GET /account")).status, 200);
    });
  });
});
