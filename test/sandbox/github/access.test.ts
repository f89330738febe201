import assert from "node:assert/strict";
import type { Token } from "../../../sandbox/github/options.ts";
import { Client, acme } from "./support.ts";

const repo = "/repos/acme/erp";
const as = (value: string) => ({ Authorization: `Bearer ${value}` });
const fineGrained = (
  permissions: Extract<Token, { kind: "app" | "fine-grained" }>["permissions"],
): Token => ({
  value: "fine",
  login: "ada",
  kind: "fine-grained",
  permissions,
});

describe("a token at the emulated GitHub", () => {
  it("that is unknown is refused in GitHub's words", async () => {
    const answer = await new Client().get("/user", as("unknown"));
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.body, {
      message: "Bad credentials",
      documentation_url: "https://docs.github.com/rest",
      status: "401",
    });
  });

  it("is taken as Bearer and as token alike", async () => {
    const answer = await new Client().get("/user", { Authorization: `token ${acme.token}` });
    assert.equal(answer.text("login"), "ada");
  });

  it("of the classic kind names its scopes", async () => {
    const answer = await new Client({ scopes: ["repo", "workflow"] }).get(repo);
    assert.equal(answer.headers.get("x-oauth-scopes"), "repo, workflow");
  });

  it("without the scope repo does not learn of a private repository, but is told what would help", async () => {
    const answer = await new Client({ scopes: ["read:org"] }).get(repo);
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get("x-accepted-oauth-scopes"), "repo");
  });

  it("without delete_repo deletes no repository", async () => {
    const client = new Client({ scopes: ["repo"] });
    const answer = await client.delete(repo);
    assert.equal(answer.status, 403);
    assert.equal(answer.text("message"), "Must have admin rights to Repository.");
    assert.equal((await client.get(repo)).status, 200);
  });

  it("without workflow writes files, but no workflow", async () => {
    const client = new Client({ scopes: ["repo"] });
    const body = { message: "m", content: "" };
    assert.equal((await client.put(`${repo}/contents/a.txt`, body)).status, 201);
    assert.equal((await client.put(`${repo}/contents/.github/workflows/a.yml`, body)).status, 404);
  });

  it("of the fine-grained kind is told which permission it lacks", async () => {
    const client = new Client({ tokens: [fineGrained(["secrets=read"])] });
    const path = `${repo}/actions/secrets/TOKEN`;
    const answer = await client.send("DELETE", path, undefined, as("fine"));
    assert.equal(answer.status, 403);
    assert.equal(answer.text("message"), "Resource not accessible by personal access token");
    assert.equal(answer.headers.get("x-accepted-github-permissions"), "secrets=write");
    assert.equal((await client.get(`${repo}/actions/secrets`, as("fine"))).status, 200);
  });

  it("that may write may read too", async () => {
    const client = new Client({ tokens: [fineGrained(["variables=write"])] });
    assert.equal((await client.get(`${repo}/actions/variables`, as("fine"))).status, 200);
  });

  it("that is missing reads what is public and nothing else", async () => {
    const client = new Client({
      repositories: [
        { owner: "acme", name: "open", private: false },
        { owner: "acme", name: "erp", private: true },
      ],
    });
    const anonymous = async (method: string, path: string) =>
      (await client.app.request(path, { method })).status;
    assert.equal(await anonymous("GET", "/repos/acme/open"), 200);
    assert.equal(await anonymous("GET", "/repos/acme/erp"), 404);
    assert.equal(await anonymous("PATCH", "/repos/acme/open"), 401);
    assert.equal(await anonymous("GET", "/repos/acme/open/actions/secrets"), 401);
    assert.equal(await anonymous("GET", "/user"), 401);
    assert.equal(await anonymous("POST", "/graphql"), 401);
  });

  it("cannot be used after it has expired", async () => {
    const client = new Client();
    client.world.faults.add({ name: "expired-token", vendor: "github" });
    assert.equal((await client.get("/user")).status, 401);
    client.world.faults.clear();
    assert.equal((await client.get("/user")).status, 200);
  });

  it("has an hourly limit, which a new hour gives back", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    const client = new Client({ hourlyLimit: 2 }, { now: () => now });
    const first = await client.get("/user");
    assert.equal(first.headers.get("x-ratelimit-limit"), "2");
    assert.equal(first.headers.get("x-ratelimit-remaining"), "1");
    assert.equal(first.headers.get("x-ratelimit-reset"), String(Date.parse("2026-01-01T01:00:00Z") / 1000));
    await client.get("/rate_limit");
    assert.equal((await client.get("/user")).status, 200);
    const over = await client.get("/user");
    assert.equal(over.status, 403);
    assert.equal(over.headers.get("x-ratelimit-remaining"), "0");
    now = new Date("2026-01-01T01:00:01Z");
    assert.equal((await client.get("/user")).status, 200);
  });
});
