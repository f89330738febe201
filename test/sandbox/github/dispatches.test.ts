import assert from "node:assert/strict";
import type { HubEvent } from "../../../sandbox/github/options.ts";
import type { Dispatch } from "../../../sandbox/github/rows/actions.ts";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";

describe("a repository_dispatch at the emulated GitHub", () => {
  it("is answered 204 without a run's number, kept, and told to whoever runs workflows", async () => {
    const events: HubEvent[] = [];
    const client = new Client({ onEvent: (event) => events.push(event) });
    const client_payload = { task: 7, environment: "prod" };
    const answer = await client.post(`${repo}/dispatches`, { event_type: "deploy", client_payload });
    assert.deepEqual([answer.status, answer.body], [204, undefined]);
    const [kept] = client.world.store.table<Dispatch>("dispatches").list();
    assert.deepEqual(kept?.payload, { action: "deploy", branch: "main", client_payload });
    const [event] = events;
    assert.deepEqual([event?.name, event?.action], ["repository_dispatch", "deploy"]);
    assert.deepEqual(event?.repository, { owner: "acme", name: "erp" });
    assert.deepEqual(event?.payload["client_payload"], client_payload);
  });

  it("keeps GitHub's limits", async () => {
    const client = new Client();
    const send = async (event_type: unknown, client_payload: unknown) =>
      (await client.post(`${repo}/dispatches`, { event_type, client_payload })).status;
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
    assert.equal(await send("e".repeat(100), keys(10)), 204);
    assert.equal(await send("e".repeat(101), {}), 422);
    assert.equal(await send("", {}), 422);
    assert.equal(await send(undefined, {}), 422);
    assert.equal(await send("deploy", keys(11)), 422);
    assert.equal(await send("deploy", { text: "x".repeat(60_000) }), 204);
    assert.equal(await send("deploy", { text: "x".repeat(64 * 1024) }), 422);
    assert.equal(client.world.store.table("dispatches").list().length, 2);
  });
});

describe("workflows at the emulated GitHub", () => {
  it("are the files of the default branch, by the names they give themselves", async () => {
    const client = new Client();
    const put = (path: string, text: string) =>
      client.put(`${repo}/contents/${path}`, { message: "m", content: Buffer.from(text).toString("base64") });
    await put(".github/workflows/nameless.yaml", "on: push\n");
    await put(".github/workflows/broken.yml", "name: [\n");
    await put(".github/workflows/README.md", "no workflow");
    const listed = (await client.get(`${repo}/actions/workflows`)).value("workflows") as { name: string }[];
    assert.deepEqual(listed.map((one) => one.name).sort(), [
      ".github/workflows/broken.yml",
      ".github/workflows/nameless.yaml",
      "Odoo CE CI",
    ]);
  });

  it("run by hand only where they say so", async () => {
    const client = new Client();
    const path = `${repo}/actions/workflows/ci.yml/dispatches`;
    const refused = await client.post(path, { ref: "main" });
    assert.deepEqual(
      [refused.status, refused.text("message")],
      [422, "Workflow does not have 'workflow_dispatch' trigger"],
    );
    assert.equal((await client.post(path, { ref: "none" })).status, 422);
    const file = await client.get(`${repo}/contents/.github/workflows/ci.yml`);
    const content = Buffer.from("on:\n  workflow_dispatch:\n").toString("base64");
    const body = { message: "m", content, sha: file.text("sha") };
    assert.equal((await client.put(`${repo}/contents/.github/workflows/ci.yml`, body)).status, 200);
    assert.equal((await client.post(path, { ref: "main" })).status, 204);
  });
});
