import assert from "node:assert/strict";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";
const path = `${repo}/branches/main/protection`;
const nothing = {
  required_status_checks: null,
  enforce_admins: null,
  required_pull_request_reviews: null,
  restrictions: null,
};
const create = `mutation ($input: CreateBranchProtectionRuleInput!) {
  createBranchProtectionRule(input: $input) { branchProtectionRule { id } }
}`;
const update = `mutation ($input: UpdateBranchProtectionRuleInput!) {
  updateBranchProtectionRule(input: $input) { branchProtectionRule { pattern isAdminEnforced requiredStatusCheckContexts } }
}`;
const remove = `mutation ($input: DeleteBranchProtectionRuleInput!) {
  deleteBranchProtectionRule(input: $input) { clientMutationId }
}`;
// As the official plugin asks, with fields of one name whose types differ in what may be null.
const read = `query ($id: ID!) {
  node(id: $id) {
    ... on BranchProtectionRule {
      id pattern requiresApprovingReviews requiredApprovingReviewCount requiredStatusCheckContexts
      repository { id name }
      pushAllowances(first: 100) {
        nodes { actor { ... on App { id name slug } ... on Team { id name slug } ... on User { id name login } } }
      }
    }
  }
}`;

async function ruleOn(client: Client, input: object): Promise<string> {
  const repositoryId = (await client.get(repo)).text("node_id");
  const made = await client.graphql(create, { input: { repositoryId, ...input } });
  return made.text("data", "createBranchProtectionRule", "branchProtectionRule", "id");
}

describe("branch protection at the emulated GitHub", () => {
  it("made by GraphQL is what REST shows", async () => {
    const client = new Client();
    const team = (await client.get("/orgs/acme/teams/release-managers")).text("node_id");
    const id = await ruleOn(client, {
      pattern: "main",
      requiresStatusChecks: true,
      requiresStrictStatusChecks: true,
      requiredStatusCheckContexts: ["Odoo CE CI"],
      requiresApprovingReviews: true,
      requiredApprovingReviewCount: 2,
      restrictsPushes: true,
      pushActorIds: [team],
    });
    const shown = await client.get(path);
    assert.deepEqual(shown.value("required_status_checks", "checks"), [
      { context: "Odoo CE CI", app_id: null },
    ]);
    assert.equal(shown.value("required_pull_request_reviews", "required_approving_review_count"), 2);
    assert.equal(shown.text("restrictions", "teams", 0, "slug"), "release-managers");
    assert.equal((await client.get(`${repo}/branches/main`)).value("protected"), true);
    const node = (await client.graphql(read, { id })).value("data", "node");
    assert.deepEqual(node, {
      id,
      pattern: "main",
      requiresApprovingReviews: true,
      requiredApprovingReviewCount: 2,
      requiredStatusCheckContexts: ["Odoo CE CI"],
      repository: { id: (await client.get(repo)).text("node_id"), name: "erp" },
      pushAllowances: {
        nodes: [{ actor: { id: team, name: "Release managers", slug: "release-managers" } }],
      },
    });
  });

  it("keeps what an update does not name, and what it names as null", async () => {
    const client = new Client();
    const branchProtectionRuleId = await ruleOn(client, {
      pattern: "main",
      isAdminEnforced: true,
      requiredStatusCheckContexts: ["a"],
    });
    const input = { branchProtectionRuleId, pattern: "release/*", requiredStatusCheckContexts: null };
    const updated = await client.graphql(update, { input });
    assert.deepEqual(updated.value("data", "updateBranchProtectionRule", "branchProtectionRule"), {
      pattern: "release/*",
      isAdminEnforced: true,
      requiredStatusCheckContexts: ["a"],
    });
  });

  it("that is gone cannot be resolved, in the words that the official plugin looks for", async () => {
    const client = new Client();
    const id = await ruleOn(client, { pattern: "main" });
    await client.graphql(remove, { input: { branchProtectionRuleId: id } });
    const message = `Could not resolve to a node with the global id of '${id}'`;
    for (const answer of [
      await client.graphql(read, { id }),
      await client.graphql(remove, { input: { branchProtectionRuleId: id } }),
    ])
      assert.equal(answer.text("errors", 0, "message"), message);
    const byName = await client.graphql(`{ repository(owner: "acme", name: "none") { id } }`);
    assert.equal(
      byName.text("errors", 0, "message"),
      "Could not resolve to a Repository with the name 'acme/none'.",
    );
    assert.equal(byName.text("errors", 0, "type"), "NOT_FOUND");
  });

  it("is refused a second time for one pattern", async () => {
    const client = new Client();
    const repositoryId = (await client.get(repo)).text("node_id");
    await ruleOn(client, { pattern: "main" });
    const twin = await client.graphql(create, { input: { repositoryId, pattern: "main" } });
    assert.equal(twin.text("errors", 0, "message"), "Name already protected: main");
  });

  it("by a pattern covers branches, but not across a slash", async () => {
    const client = new Client();
    await ruleOn(client, { pattern: "release/*" });
    const sha = (await client.get(`${repo}/git/ref/heads/main`)).text("object", "sha");
    for (const name of ["release/1", "release/1/fix"])
      await client.post(`${repo}/git/refs`, { ref: `refs/heads/${name}`, sha });
    const guarded = (await client.get(`${repo}/branches?protected=true`)).body as { name: string }[];
    assert.deepEqual(
      guarded.map((branch) => branch.name),
      ["release/1"],
    );
  });

  it("keeps one entry a check, the one that names an app", async () => {
    const client = new Client();
    const required_status_checks = {
      strict: true,
      contexts: ["lint", "check"],
      checks: [
        { context: "lint", app_id: -1 },
        { context: "lint", app_id: 15368 },
      ],
    };
    const answer = await client.put(path, { ...nothing, required_status_checks });
    assert.deepEqual(answer.value("required_status_checks", "checks"), [
      { context: "lint", app_id: 15368 },
      { context: "check", app_id: null },
    ]);
  });

  it("set by REST says the four parts or is refused, and is replaced as a whole", async () => {
    const client = new Client();
    const { restrictions: _, ...three } = nothing;
    const refused = await client.put(path, three);
    assert.deepEqual(
      [refused.status, refused.text("message")],
      [422, 'Invalid request.\n\n"restrictions" wasn\'t supplied.'],
    );
    await client.put(path, { ...nothing, required_pull_request_reviews: {}, lock_branch: true });
    await client.put(path, { ...nothing, enforce_admins: true });
    const shown = await client.get(path);
    assert.equal(shown.value("required_pull_request_reviews"), undefined);
    assert.equal(shown.value("lock_branch", "enabled"), false);
    assert.equal(shown.value("enforce_admins", "enabled"), true);
  });

  it("tells a branch that is not protected from one that does not exist", async () => {
    const client = new Client();
    assert.equal((await client.get(path)).text("message"), "Branch not protected");
    const missing = await client.get(`${repo}/branches/none/protection`);
    assert.equal(missing.text("message"), "Branch not found");
  });

  it("answers a query for fields that it does not serve with 501", async () => {
    const client = new Client();
    const answer = await client.send("POST", "/../graphql", { query: "{ viewer { gists { totalCount } } }" });
    assert.equal(answer.status, 501);
    assert.match(client.logged.join(), /not served: GraphQL: Cannot query field "gists"/);
  });
});

describe("rulesets at the emulated GitHub", () => {
  const ruleset = (fields: object) => ({
    name: "main",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "deletion" }],
    ...fields,
  });

  it("show which rules hold for a branch", async () => {
    const client = new Client();
    await client.post(`${repo}/rulesets`, ruleset({}));
    await client.post(`${repo}/rulesets`, ruleset({ name: "off", enforcement: "disabled" }));
    const include = ["refs/heads/release/*"];
    const conditions = { ref_name: { include, exclude: ["refs/heads/release/old"] } };
    await client.post(`${repo}/rulesets`, ruleset({ name: "releases", conditions }));
    const rules = async (branch: string) =>
      ((await client.get(`${repo}/rules/branches/${encodeURIComponent(branch)}`)).body as unknown[]).length;
    assert.equal(await rules("main"), 1);
    assert.equal(await rules("release/1"), 1);
    assert.equal(await rules("release/old"), 0);
    assert.equal(await rules("other"), 0);
  });

  it("have names of their own, rules that exist, and evaluate only on Enterprise", async () => {
    const client = new Client();
    await client.post(`${repo}/rulesets`, ruleset({}));
    const twin = await client.post(`${repo}/rulesets`, ruleset({}));
    assert.deepEqual([twin.status, twin.value("errors")], [422, ["Name must be unique"]]);
    const unknown = await client.post(
      `${repo}/rulesets`,
      ruleset({ name: "x", rules: [{ type: "nonsense" }] }),
    );
    assert.match(
      unknown.text("message"),
      /For 'properties\/rules\/0\/properties\/type', "nonsense" is not a member of/,
    );
    const body = ruleset({ name: "trial", enforcement: "evaluate" });
    assert.equal((await client.post(`${repo}/rulesets`, body)).status, 422);
    assert.equal((await new Client({ plan: "enterprise" }).post(`${repo}/rulesets`, body)).status, 201);
  });
});
