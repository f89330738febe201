import assert from "node:assert/strict";
import { spacesKeyring } from "../../../sandbox/digitalocean/spaces-keys.ts";
import { Account, at, list } from "./account.ts";

describe("the emulated account", () => {
  it("shows sizes with prices, regions and images", async () => {
    const account = new Account();
    const sizes = list(await account.must("GET /sizes?per_page=200"), "sizes");
    const size = sizes.find((one) => String(one["slug"]) === "s-1vcpu-2gb");
    assert.deepEqual(
      [size?.["price_monthly"], size?.["memory"], size?.["disk"], size?.["transfer"]],
      [12, 2048, 50, 2],
    );
    const regions = list(await account.must("GET /regions"), "regions");
    assert.ok(regions.some((one) => String(one["slug"]) === "sgp1" && list(one, "sizes").length > 5));
    const { id } = at(await account.must("GET /images/debian-13-x64"), "image");
    assert.equal(
      String(at(await account.must(`GET /images/${String(id)}`), "image")["slug"]),
      "debian-13-x64",
    );
    assert.equal((await account.ask("GET /images/debian-99")).status, 404);
    assert.equal(list(await account.must("GET /images?private=true"), "images").length, 0);
  });

  it("owes for what exists, by the time since the month began", async () => {
    const account = new Account();
    await account.droplet();
    await account.volume();
    account.wait(67.2 * 3_600_000);
    // A tenth of a billed month of 12 USD and of 1 USD.
    assert.equal(String((await account.must("GET /customers/my/balance"))["month_to_date_usage"]), "1.30");
    // Twenty-three days and three hours into the next month.
    account.wait(30 * 24 * 3_600_000);
    assert.equal(String((await account.must("GET /customers/my/balance"))["month_to_date_usage"]), "10.74");
  });

  it("shows a Spaces key's secret once, and hands it to Spaces alone", async () => {
    const account = new Account();
    const grants = [{ bucket: "backups", permission: "readwrite" }];
    const made = at(await account.must("POST /spaces/keys", { name: "backup", grants }), "key");
    const access = String(made["access_key"]);
    assert.ok(String(made["secret_key"]).length >= 40);
    assert.equal(at(await account.must(`GET /spaces/keys/${access}`), "key")["secret_key"], undefined);
    assert.doesNotMatch(JSON.stringify(await account.must("GET /spaces/keys")), /secret_key/);
    const keyring = spacesKeyring(account.world);
    assert.deepEqual(keyring(access)?.secret_key, String(made["secret_key"]));
    await account.must(`PUT /spaces/keys/${access}`, {
      name: "all",
      grants: [{ bucket: "", permission: "fullaccess" }],
    });
    assert.deepEqual(keyring(access)?.grants, [{ bucket: "", permission: "fullaccess" }]);
    assert.equal(
      (
        await account.refused("POST /spaces/keys", {
          name: "x",
          grants: [{ bucket: "", permission: "read" }],
        })
      )[0],
      400,
    );
    assert.equal(
      (
        await account.refused("POST /spaces/keys", {
          name: "x",
          grants: [{ bucket: "b", permission: "fullaccess" }],
        })
      )[0],
      400,
    );
    await account.must(`DELETE /spaces/keys/${access}`);
    assert.equal(keyring(access), undefined);
  });

  it("issues a Let's Encrypt certificate after a while, and refuses an own one that is none", async () => {
    const account = new Account();
    const wanted = { name: "erp", type: "lets_encrypt", dns_names: ["erp.example.org"] };
    const made = at(await account.must("POST /certificates", wanted), "certificate");
    assert.equal(String(made["state"]), "pending");
    account.wait();
    assert.equal(
      String(at(await account.must(`GET /certificates/${String(made["id"])}`), "certificate")["state"]),
      "verified",
    );
    assert.equal(list(await account.must("GET /certificates?name=erp"), "certificates").length, 1);
    assert.equal(list(await account.must("GET /certificates?name=other"), "certificates").length, 0);
    assert.equal((await account.refused("POST /certificates", wanted))[0], 409);
    const own = { name: "own", type: "custom", leaf_certificate: "no", private_key: "no" };
    assert.equal((await account.refused("POST /certificates", own))[0], 422);
  });
});
