import assert from "node:assert/strict";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";
const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
const protection = {
  required_status_checks: null,
  enforce_admins: true,
  required_pull_request_reviews: null,
  restrictions: null,
};
const create = `mutation ($input: CreateBranchProtectionRuleInput!) {
  createBranchProtectionRule(input: $input) { branchProtectionRule { id } }
}`;

describe("a private repository on GitHub's free plan", () => {
  it("cannot be protected, by REST, ruleset or GraphQL", async () => {
    const client = new Client({ plan: "free" });
    const answers = [
      await client.put(`${repo}/branches/main/protection`, protection),
      await client.get(`${repo}/branches/main/protection`),
      await client.post(`${repo}/rulesets`, { name: "main", enforcement: "active" }),
      await client.get(`${repo}/rulesets`),
      await client.get(`${repo}/rules/branches/main`),
    ];
    for (const answer of answers) assert.deepEqual([answer.status, answer.text("message")], [403, upgrade]);
    const repositoryId = (await client.get(repo)).text("node_id");
    const refused = await client.graphql(create, { input: { repositoryId, pattern: "main" } });
    assert.equal(refused.text("errors", 0, "message"), upgrade);
    assert.equal(refused.value("data", "createBranchProtectionRule"), null);
  });

  it("can once it is public", async () => {
    const client = new Client({ plan: "free" });
    await client.patch(repo, { private: false });
    assert.equal((await client.put(`${repo}/branches/main/protection`, protection)).status, 200);
  });

  it("takes an environment, but no reviewers and no wait", async () => {
    const client = new Client({ plan: "free" });
    const path = `${repo}/environments/prod`;
    assert.equal((await client.put(path, {})).status, 200);
    for (const body of [
      { wait_timer: 5 },
      { reviewers: [{ type: "User", id: await idOf(client, "bob") }] },
    ]) {
      const answer = await client.put(path, body);
      assert.equal(answer.status, 422);
      assert.match(answer.text("message"), /ensure the billing plan supports the required reviewers/);
    }
  });

  it("says which plan it is on", async () => {
    assert.equal((await new Client({ plan: "free" }).get("/orgs/acme")).text("plan", "name"), "free");
  });
});

describe("the other plans", () => {
  it("protect private repositories; only Enterprise has reviewers there", async () => {
    for (const [plan, status] of [
      ["team", 422],
      ["enterprise", 200],
    ] as const) {
      const client = new Client({ plan });
      assert.equal((await client.put(`${repo}/branches/main/protection`, protection)).status, 200);
      const reviewers = [{ type: "User", id: await idOf(client, "bob") }];
      assert.equal((await client.put(`${repo}/environments/prod`, { reviewers })).status, status, plan);
    }
  });

  it("are taken away by the fault of that name", async () => {
    const client = new Client({ plan: "enterprise" });
    client.world.faults.add({ name: "free-plan" });
    assert.equal((await client.put(`${repo}/branches/main/protection`, protection)).status, 403);
    assert.equal((await client.get("/orgs/acme")).text("plan", "name"), "free");
    client.world.faults.clear();
    assert.equal((await client.put(`${repo}/branches/main/protection`, protection)).status, 200);
  });
});

const idOf = async (client: Client, login: string): Promise<number> =>
  Number((await client.get(`/users/${login}`)).text("id"));
