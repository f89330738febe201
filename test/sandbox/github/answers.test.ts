import assert from "node:assert/strict";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";

describe("an answer of the emulated GitHub", () => {
  it("to what is not served is 501 and a line in the log, never 404", async () => {
    const client = new Client();
    const answer = await client.get(`${repo}/milestones`);
    assert.equal(answer.status, 501);
    assert.match(answer.text("message"), /does not serve GET \/api\/v3\/repos\/acme\/erp\/milestones/);
    assert.deepEqual(client.logged, ["github: not served: GET /api/v3/repos/acme/erp/milestones"]);
  });

  it("is the same under the root, under /api/v3 and by the repository's number", async () => {
    const client = new Client();
    const { app } = client;
    const headers = { Authorization: "Bearer token-of-the-tests" };
    const id = (await client.get(repo)).text("id");
    for (const path of [repo, `/repositories/${id}`, `/api/v3/repositories/${id}`]) {
      const answer = await app.request(path, { headers });
      const body = (await answer.json()) as { full_name: string; url: string };
      assert.equal(body.full_name, "acme/erp", path);
      assert.equal(body.url, "http://localhost/api/v3/repos/acme/erp", path);
    }
  });

  it("names the address that clients reach, where a proxy stands before it", async () => {
    const client = new Client({ baseUrl: "https://github.sandbox.test/" });
    assert.equal((await client.get(repo)).text("html_url"), "https://github.sandbox.test/acme/erp");
  });

  it("with a list leads from page to page", async () => {
    const client = new Client();
    const names: string[] = [];
    let next: string | undefined = `${repo}/labels?per_page=4`;
    while (next) {
      const answer = await client.get(next);
      names.push(...(answer.body as { name: string }[]).map((label) => label.name));
      next = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    }
    assert.equal(names.length, 9);
    assert.equal(new Set(names).size, 9);
  });

  it("without further pages has no Link header", async () => {
    assert.equal((await new Client().get(`${repo}/labels`)).headers.get("link"), null);
  });

  it("that has not changed is 304 for whoever has its ETag", async () => {
    const client = new Client();
    const etag = (await client.get(repo)).headers.get("etag") ?? "";
    assert.match(etag, /^W\/"/);
    const headers = { Authorization: "Bearer token-of-the-tests", "If-None-Match": etag };
    assert.equal((await client.app.request(`/api/v3${repo}`, { headers })).status, 304);
    await client.patch(repo, { description: "changed" });
    assert.equal((await client.app.request(`/api/v3${repo}`, { headers })).status, 200);
  });

  it("to what is no JSON, no object or of a wrong type says so as GitHub does", async () => {
    const client = new Client();
    const message = async (body: unknown) => {
      const answer = await client.post(`${repo}/labels`, body);
      return [answer.status, answer.text("message")];
    };
    assert.deepEqual(await message("{"), [400, "Problems parsing JSON"]);
    assert.deepEqual(await message("[]"), [400, "Body should be a JSON object"]);
    assert.deepEqual(await message({ name: 5 }), [
      422,
      "Invalid request.\n\nFor 'properties/name', 5 is not a string.",
    ]);
    const missing = await client.post(`${repo}/issues`, {});
    assert.deepEqual(
      [missing.status, missing.text("message")],
      [422, 'Invalid request.\n\n"title" wasn\'t supplied.'],
    );
  });

  it("under a secondary rate limit says how long to wait, in the words that clients look for", async () => {
    const client = new Client();
    client.world.faults.add({ name: "rate-limit", vendor: "github", times: 1 });
    const answer = await client.get(repo);
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), "2");
    assert.match(answer.text("message"), /secondary rate limit/);
    assert.match(answer.text("documentation_url"), /#about-secondary-rate-limits$/);
    assert.equal((await client.get(repo)).status, 200);
  });

  it("to a broken request only is 500", async () => {
    const client = new Client();
    client.world.faults.add({ name: "server-error", match: "GET /api/v3/user" });
    assert.equal((await client.get("/user")).status, 500);
    assert.equal((await client.get(repo)).status, 200);
    client.world.faults.clear();
    client.world.faults.add({ name: "server-error", vendor: "digitalocean" });
    assert.equal((await client.get("/user")).status, 200);
  });
});
