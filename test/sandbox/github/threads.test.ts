import assert from "node:assert/strict";
import { Client, type Answer } from "./support.ts";

const repo = "/repos/acme/erp";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("issues and labels at the emulated GitHub", () => {
  it("an incident is opened under a label, found by it, and closed", async () => {
    const client = new Client();
    const made = await client.post(`${repo}/issues`, { title: "Down", labels: ["incident"] });
    assert.equal(made.text("number"), "1");
    assert.equal((await client.get(`${repo}/labels/incident`)).text("color"), "ededed");
    const open = async () => ((await client.get(`${repo}/issues?labels=Incident`)).body as unknown[]).length;
    assert.equal(await open(), 1);
    const closed = await client.patch(`${repo}/issues/1`, { state: "closed" });
    assert.deepEqual([closed.text("state_reason"), closed.text("closed_by", "login")], ["completed", "ada"]);
    assert.equal(await open(), 0);
  });

  it("a label's name is its own without regard to case, and its color six hex digits", async () => {
    const client = new Client();
    const fault = (answer: Answer) => [answer.status, answer.value("errors", 0)];
    assert.deepEqual(fault(await client.post(`${repo}/labels`, { name: "BUG" })), [
      422,
      { resource: "Label", code: "already_exists", field: "name" },
    ]);
    assert.deepEqual(fault(await client.post(`${repo}/labels`, { name: "red", color: "#ff0000" })), [
      422,
      { resource: "Label", code: "invalid", field: "color" },
    ]);
    assert.deepEqual(fault(await client.post(`${repo}/labels`, {})), [
      422,
      { resource: "Label", code: "missing_field", field: "name" },
    ]);
  });

  it("a label that is renamed or deleted is so on its issues too", async () => {
    const client = new Client();
    await client.post(`${repo}/issues`, { title: "Down", labels: ["bug", "incident"] });
    await client.patch(`${repo}/labels/incident`, { new_name: "outage" });
    await client.delete(`${repo}/labels/bug`);
    const labels = (await client.get(`${repo}/issues/1`)).value("labels") as { name: string }[];
    assert.deepEqual(
      labels.map((label) => label.name),
      ["outage"],
    );
  });

  it("a comment is edited in place, and may not be empty or longer than GitHub takes", async () => {
    const client = new Client();
    await client.post(`${repo}/issues`, { title: "Down" });
    const path = `${repo}/issues/1/comments`;
    const made = await client.post(path, { body: "first" });
    await client.patch(`${repo}/issues/comments/${made.text("id")}`, { body: "second" });
    const bodies = ((await client.get(path)).body as { body: string }[]).map((one) => one.body);
    assert.deepEqual(bodies, ["second"]);
    assert.equal((await client.post(path, { body: " " })).status, 422);
    assert.equal((await client.post(path, { body: "x".repeat(65_537) })).status, 422);
  });
});

describe("a pull request at the emulated GitHub", () => {
  async function branchWithChange(client: Client): Promise<void> {
    const sha = (await client.get(`${repo}/git/ref/heads/main`)).text("object", "sha");
    await client.post(`${repo}/git/refs`, { ref: "refs/heads/change", sha });
    const body = { message: "m", content: base64("a"), branch: "change" };
    await client.put(`${repo}/contents/a.txt`, body);
  }

  it("is an issue too, shows what differs, and brings it over when merged", async () => {
    const client = new Client();
    await branchWithChange(client);
    const made = await client.post(`${repo}/pulls`, { title: "t", head: "acme:change", base: "main" });
    const path = `${repo}/pulls/${made.text("number")}`;
    assert.equal((await client.get(`${repo}/issues/1`)).text("pull_request", "url"), made.text("url"));
    assert.equal((await client.get(`${path}/files`)).text(0, "filename"), "a.txt");
    assert.equal((await client.get(`${repo}/contents/a.txt`)).status, 404);
    assert.equal((await client.put(`${path}/merge`, { sha: "0" })).status, 409);
    assert.equal((await client.put(`${path}/merge`)).status, 200);
    assert.equal((await client.get(`${repo}/contents/a.txt`)).status, 200);
    assert.equal((await client.get(path)).value("merged"), true);
    assert.equal((await client.put(`${path}/merge`)).status, 405);
  });

  it("is refused from a branch that is not there, and a second time", async () => {
    const client = new Client();
    const body = { title: "t", head: "change", base: "main" };
    const missing = await client.post(`${repo}/pulls`, body);
    assert.deepEqual([missing.status, missing.value("errors", 0, "field")], [422, "head"]);
    await branchWithChange(client);
    await client.post(`${repo}/pulls`, body);
    const twin = await client.post(`${repo}/pulls`, body);
    assert.equal(twin.text("errors", 0, "message"), "A pull request already exists for acme:change.");
  });
});

describe("a deployment at the emulated GitHub", () => {
  it("is refused while a check of its commit has not passed, unless told to ask for none", async () => {
    const client = new Client();
    const sha = (await client.get(`${repo}/git/ref/heads/main`)).text("object", "sha");
    const status = (state: string) =>
      client.post(`${repo}/statuses/${sha}`, { state, context: "Odoo CE CI" });
    const deploy = (fields: object = {}) => client.post(`${repo}/deployments`, { ref: "main", ...fields });
    await status("failure");
    const refused = await deploy();
    assert.deepEqual(
      [refused.status, refused.text("message")],
      [409, "Conflict: Commit status checks failed for main."],
    );
    assert.equal((await deploy({ required_contexts: ["other"] })).status, 409);
    assert.equal((await deploy({ required_contexts: [] })).status, 201);
    await status("success");
    assert.equal((await deploy()).status, 201);
    assert.equal((await client.get(`${repo}/commits/main/status`)).text("state"), "success");
  });

  it("that succeeds makes the one before it inactive", async () => {
    const client = new Client();
    const deploy = async () => {
      const made = await client.post(`${repo}/deployments`, { ref: "main", environment: "staging" });
      const path = `${repo}/deployments/${made.text("id")}`;
      await client.post(`${path}/statuses`, { state: "success", environment_url: "https://erp.example.com" });
      return path;
    };
    const [first, second] = [await deploy(), await deploy()];
    assert.equal((await client.get(`${first}/statuses`)).text(0, "state"), "inactive");
    assert.equal((await client.get(`${second}/statuses`)).text(0, "state"), "success");
    assert.equal((await client.delete(second)).status, 422);
    assert.equal((await client.delete(first)).status, 204);
  });
});
