import assert from "node:assert/strict";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";
const custom = { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };

describe("an environment at the emulated GitHub", () => {
  it("may have a slash in its name, and shows who must agree", async () => {
    const client = new Client({ plan: "enterprise" });
    const user = Number((await client.get("/users/bob")).text("id"));
    const team = Number((await client.get("/orgs/acme/teams/release-managers")).text("id"));
    const path = `${repo}/environments/prod%2Feu`;
    await client.put(path, {
      wait_timer: 30,
      prevent_self_review: true,
      reviewers: [
        { type: "User", id: user },
        { type: "Team", id: team },
      ],
      deployment_branch_policy: null,
    });
    const shown = await client.get(path);
    assert.equal(shown.text("name"), "prod/eu");
    const rules = shown.value("protection_rules") as { type: string; wait_timer?: number }[];
    assert.deepEqual(
      rules.map((rule) => rule.type),
      ["wait_timer", "required_reviewers"],
    );
    assert.equal(rules[0]?.wait_timer, 30);
    assert.equal(shown.text("protection_rules", 1, "reviewers", 0, "reviewer", "login"), "bob");
    assert.equal(shown.text("protection_rules", 1, "reviewers", 1, "reviewer", "slug"), "release-managers");
    assert.equal(shown.value("protection_rules", 1, "prevent_self_review"), true);
  });

  it("is set as a whole: what a second time leaves out is gone", async () => {
    const client = new Client({ plan: "enterprise" });
    const path = `${repo}/environments/prod`;
    await client.put(path, { wait_timer: 30, ...custom });
    await client.put(path, {});
    const shown = await client.get(path);
    assert.deepEqual(shown.value("protection_rules"), []);
    assert.equal(shown.value("deployment_branch_policy"), null);
  });

  it("is refused reviewers that do not exist, and a policy that is both or neither", async () => {
    const client = new Client({ plan: "enterprise" });
    const put = async (body: object) => (await client.put(`${repo}/environments/prod`, body)).status;
    assert.equal(await put({ reviewers: [{ type: "User", id: 999_999 }] }), 422);
    assert.equal(await put({ reviewers: [{ type: "Robot", id: 1 }] }), 422);
    for (const value of [true, false])
      assert.equal(
        await put({ deployment_branch_policy: { protected_branches: value, custom_branch_policies: value } }),
        422,
      );
    assert.equal((await client.get(`${repo}/environments`)).value("total_count"), 0);
  });

  it("has branch policies only where it asks for custom ones, each once", async () => {
    const client = new Client();
    const policies = `${repo}/environments/prod/deployment-branch-policies`;
    await client.put(`${repo}/environments/prod`, {});
    assert.equal((await client.post(policies, { name: "main" })).status, 404);
    await client.put(`${repo}/environments/prod`, custom);
    assert.equal((await client.post(policies, { name: "main" })).text("type"), "branch");
    assert.equal(
      (await client.app.request(`/api/v3${policies}`, { ...bearer, method: "POST", body: '{"name":"main"}' }))
        .status,
      303,
    );
    assert.equal((await client.post(policies, { name: "main", type: "tag" })).text("type"), "tag");
    await client.delete(`${repo}/environments/prod`);
    assert.equal((await client.get(policies)).status, 404);
  });
});

const bearer = { headers: { Authorization: "Bearer token-of-the-tests" } };
