import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Octokit } from "octokit";
import { Client, token } from "./support.ts";

const here = { owner: "acme", repo: "erp" };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe("Octokit against the emulated GitHub, over a socket", () => {
  const client = new Client();
  let server: Server;
  let base: string;

  before(async () => {
    server = serve({ fetch: client.app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    await new Promise((resolve) => server.once("listening", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  // Without its own pace, which leaves seconds between writes.
  const throttle = { enabled: false };
  const octokit = (path: string) =>
    new Octokit({ auth: token, baseUrl: `${base}${path}`, log: silent, throttle });

  for (const path of ["", "/api/v3"])
    it(`works with the base address ending in "${path}"`, async () => {
      const { rest, graphql, paginate } = octokit(path);
      assert.equal((await rest.users.getAuthenticated()).data.login, "ada");
      const labels = await paginate(rest.issues.listLabelsForRepo, { ...here, per_page: 4 });
      assert.equal(labels.length, 9);
      const { viewer } = await graphql<{ viewer: { login: string } }>("{ viewer { login } }");
      assert.equal(viewer.login, "ada");
      const { data } = await rest.repos.getContent({ ...here, path: ".github/workflows/ci.yml" });
      assert.ok(!Array.isArray(data) && data.type === "file");
      assert.match(Buffer.from(data.content, "base64").toString(), /Odoo CE CI/);
    });

  it("sends a dispatch, edits one comment in place and reads it back", async () => {
    const { rest } = octokit("");
    await rest.repos.createDispatchEvent({ ...here, event_type: "deploy", client_payload: { task: 7 } });
    const { data: issue } = await rest.issues.create({ ...here, title: "Findings" });
    const { data: comment } = await rest.issues.createComment({
      ...here,
      issue_number: issue.number,
      body: "1",
    });
    await rest.issues.updateComment({ ...here, comment_id: comment.id, body: "2" });
    const { data } = await rest.issues.listComments({ ...here, issue_number: issue.number });
    assert.deepEqual(
      data.map((one) => one.body),
      ["2"],
    );
  });

  it("sees a missing thing as 404 and an unserved one as 501", async () => {
    const { rest } = octokit("");
    await assert.rejects(rest.repos.get({ owner: "acme", repo: "none" }), { status: 404 });
    await assert.rejects(rest.gists.list({ request: { retries: 0 } }), { status: 501 });
  });

  it("gets over a secondary rate limit by itself", async () => {
    client.world.faults.add({ name: "rate-limit", vendor: "github", times: 1 });
    assert.equal((await octokit("").rest.repos.get(here)).status, 200);
    assert.equal(client.world.faults.hits("rate-limit", "github"), false, "it was never limited");
  });
});
