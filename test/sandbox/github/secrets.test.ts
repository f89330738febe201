import assert from "node:assert/strict";
import { secretValue } from "../../../sandbox/github/secret-value.ts";
import { Client, sealed } from "./support.ts";

const repo = "/repos/acme/erp";

describe("an Actions secret at the emulated GitHub", () => {
  it("comes in sealed, is there for whoever runs workflows, and never goes out", async () => {
    const client = new Client();
    const body = await sealed(client, `${repo}/actions`, "planted value");
    assert.equal((await client.put(`${repo}/actions/secrets/deploy_key`, body)).status, 201);
    assert.equal(secretValue(client.world, "acme/erp", "DEPLOY_KEY"), "planted value");
    const shown = [
      await client.get(`${repo}/actions/secrets`),
      await client.get(`${repo}/actions/secrets/DEPLOY_KEY`),
    ];
    assert.equal(shown[1]?.text("name"), "DEPLOY_KEY");
    for (const answer of shown) assert.doesNotMatch(JSON.stringify(answer.body), /planted/);
    assert.doesNotMatch(client.logged.join(), /planted/);
  });

  it("of an environment is set by the repository's number and wins over the repository's", async () => {
    const client = new Client();
    const place = `/repositories/${(await client.get(repo)).text("id")}/environments/prod%2Feu`;
    await client.put(`${repo}/environments/prod%2Feu`, {});
    await client.put(`${repo}/actions/secrets/TOKEN`, await sealed(client, `${repo}/actions`, "shared"));
    await client.put(`${place}/secrets/TOKEN`, await sealed(client, place, "eu"));
    assert.equal(secretValue(client.world, "acme/erp", "TOKEN", "prod/eu"), "eu");
    assert.equal(secretValue(client.world, "acme/erp", "TOKEN", "staging"), "shared");
    assert.equal(secretValue(client.world, "acme/erp", "TOKEN"), "shared");
    await client.delete(`${repo}/environments/prod%2Feu`);
    assert.equal(secretValue(client.world, "acme/erp", "TOKEN", "prod/eu"), "shared");
  });

  it("edited by hand shows a later date", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    const client = new Client({}, { now: () => now });
    const set = async (value: string) =>
      client.put(`${repo}/actions/secrets/TOKEN`, await sealed(client, `${repo}/actions`, value));
    await set("one");
    now = new Date("2026-01-02T00:00:00Z");
    assert.equal((await set("two")).status, 204);
    const shown = await client.get(`${repo}/actions/secrets/TOKEN`);
    assert.equal(shown.text("created_at"), "2026-01-01T00:00:00Z");
    assert.equal(shown.text("updated_at"), "2026-01-02T00:00:00Z");
  });

  it("that was not sealed for the key is refused and changes nothing", async () => {
    const client = new Client();
    const good = await sealed(client, `${repo}/actions`, "good");
    const plain = { ...good, encrypted_value: Buffer.from("plain text").toString("base64") };
    for (const body of [plain, { ...good, key_id: "1" }]) {
      const answer = await client.put(`${repo}/actions/secrets/TOKEN`, body);
      assert.deepEqual([answer.status, answer.text("message")], [422, "improperly encrypted secret"]);
    }
    assert.equal((await client.get(`${repo}/actions/secrets/TOKEN`)).status, 404);
  });

  it("has a name that GitHub allows", async () => {
    const client = new Client();
    const body = await sealed(client, `${repo}/actions`, "x");
    for (const name of ["GITHUB_TOKEN", "1ST", "with-dash"])
      assert.equal((await client.put(`${repo}/actions/secrets/${name}`, body)).status, 422, name);
  });

  it("goes with its repository", async () => {
    const client = new Client();
    await client.put(`${repo}/actions/secrets/TOKEN`, await sealed(client, `${repo}/actions`, "planted"));
    await client.delete(repo);
    assert.deepEqual(client.world.store.table("secrets").list(), []);
  });
});

describe("an Actions variable at the emulated GitHub", () => {
  it("is made once, changed and renamed", async () => {
    const client = new Client();
    const path = `${repo}/actions/variables`;
    assert.equal((await client.post(path, { name: "HOST", value: "a" })).status, 201);
    const twin = await client.post(path, { name: "host", value: "b" });
    assert.deepEqual([twin.status, twin.text("message")], [409, "Already exists - Variable already exists"]);
    await client.patch(`${path}/HOST`, { name: "DOMAIN", value: "b" });
    assert.equal((await client.get(`${path}/DOMAIN`)).text("value"), "b");
    assert.equal((await client.get(`${path}/HOST`)).status, 404);
  });
});
