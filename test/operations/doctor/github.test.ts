import assert from "node:assert/strict";
import { githubPermissions } from "../../../catalog/token-scopes.ts";
import type { Check } from "../../../operations/doctor/check.ts";
import { githubPlan, githubToken, requiredChecks } from "../../../operations/doctor/github.ts";
import { gitHub } from "../../../sandbox/github/app.ts";
import type { GitHubOptions, Permission, SeedRepository } from "../../../sandbox/github/options.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { findings, patient, served } from "./patient.ts";

const workflow =
  "on: [push]\njobs:\n  test:\n    name: Odoo CE CI\n    runs-on: ubuntu-latest\n    steps: []\n";
const erp: SeedRepository = {
  owner: "acme",
  name: "erp",
  private: true,
  files: { ".github/workflows/ci.yml": workflow },
};
const enough: Permission[] = [
  "actions=read",
  "administration=write",
  "contents=write",
  "deployments=write",
  "environments=write",
  "issues=write",
  "secrets=write",
  "variables=write",
  "webhooks=write",
];

interface Scene {
  hub?: Partial<GitHubOptions>;
  token?: string;
  permissions?: Permission[];
  repository?: Record<string, unknown>;
}

/** What a check finds on the emulated GitHub, for a stack with one repository. */
const found = async (
  check: Check,
  { hub = {}, token = "full", permissions = [], repository = {} }: Scene = {},
) => {
  const narrow = { value: "narrow", login: "acme-admin", kind: "fine-grained", permissions } as const;
  const options = { token: "full", owner: "acme", repositories: [erp], tokens: [narrow], ...hub };
  return await served(gitHub(memoryWorld(), options), async (origin) => {
    const one = { owner: "acme", name: "erp", requiredChecks: ["Odoo CE CI"], ...repository };
    const env = { GITHUB_BASE_URL: `${origin}/`, GITHUB_TOKEN: token };
    return await findings(check, patient({ repositories: [one] }, env));
  });
};

const contented = "good GitHub token: is accepted and may read all it must in 1 repositories";

describe("doctor, looking at GitHub's token", () => {
  it("is content with a classic one of scope repo, and with a fine-grained one of the permissions that init names", async () => {
    assert.deepEqual(await found(githubToken), [contented]);
    assert.deepEqual(await found(githubToken, { token: "narrow", permissions: enough }), [contented]);
  });

  it("names every permission that is missing", async () => {
    for (const permission of enough) {
      const permissions = enough.filter((one) => one !== permission);
      assert.deepEqual(await found(githubToken, { token: "narrow", permissions }), [
        `bad GitHub token on acme/erp: lacks ${permission.replace("=", ": ")}`,
      ]);
    }
    assert.deepEqual(await found(githubToken, { token: "narrow" }), [
      `bad GitHub token on acme/erp: lacks ${enough.map((one) => one.replace("=", ": ")).join(", ")}`,
    ]);
  });

  it("names the scope that a classic one lacks", async () => {
    assert.deepEqual(await found(githubToken, { hub: { scopes: ["public_repo", "read:org"] } }), [
      "bad GitHub token: is a classic one and lacks the scope repo (has: public_repo, read:org)",
    ]);
  });

  it("says that it is not accepted, or not set", async () => {
    assert.deepEqual(await found(githubToken, { token: "expired" }), [
      "bad GitHub token: is not accepted (401)",
    ]);
    assert.deepEqual(await found(githubToken, { token: "" }), ["bad GitHub token: GITHUB_TOKEN is not set"]);
  });

  it("says that a repository cannot be seen", async () => {
    assert.deepEqual(await found(githubToken, { repository: { name: "gone" } }), [
      "bad GitHub token on acme/gone: cannot see it, or there is no such repository",
    ]);
  });

  it("is not needed without repositories", async () => {
    assert.deepEqual(await findings(githubToken, patient({}, {})), [
      "skipped GitHub token: not needed: no repositories",
    ]);
  });

  it("takes no refusal by the plan for a missing permission", async () => {
    assert.deepEqual(await found(githubToken, { hub: { plan: "free" } }), [contented]);
  });
});

describe("the permissions that init names", () => {
  it("are those that doctor looks for, and the sight of the repository", () => {
    const named = githubPermissions.map((one) => one.replace(/ \(.*/, "").replace(": ", "="));
    assert.deepEqual(named.toSorted(), [...enough, "metadata=read"].toSorted());
  });
});

describe("doctor, looking at GitHub's plan", () => {
  it("names the branch that a free plan leaves open", async () => {
    assert.deepEqual(await found(githubPlan, { hub: { plan: "free" } }), [
      "bad GitHub plan: cannot protect acme/erp: branch main and the environment's reviewers stay open",
    ]);
  });

  it("is content with a paid one, and with a public repository", async () => {
    assert.deepEqual(await found(githubPlan), ["good GitHub plan: can protect acme/erp"]);
    const open = { plan: "free", repositories: [{ ...erp, private: false }] } as const;
    assert.deepEqual(await found(githubPlan, { hub: open }), ["good GitHub plan: can protect acme/erp"]);
  });

  it("leaves a repository that cannot be seen to the token's check", async () => {
    const [told = ""] = await found(githubPlan, { repository: { name: "gone" } });
    assert.match(told, /^skipped GitHub plan: acme\/gone: acme\/gone: there is no such repository/);
  });
});

describe("doctor, looking at required checks", () => {
  it("finds the workflow that produces them", async () => {
    assert.deepEqual(await found(requiredChecks), ["good Required checks: are each produced by a workflow"]);
  });

  it("names the one for which a pull request would wait for ever", async () => {
    const repository = { requiredChecks: ["Odoo CE CI", "Lint"] };
    assert.deepEqual(await found(requiredChecks, { repository }), [
      'bad Required checks: no workflow of acme/erp produces "Lint"',
    ]);
  });

  it("names it where there are no workflows at all", async () => {
    const bare = { ...erp, files: { "README.md": "" } };
    assert.deepEqual(await found(requiredChecks, { hub: { repositories: [bare] } }), [
      'bad Required checks: no workflow of acme/erp produces "Odoo CE CI"',
    ]);
  });

  it("looks at the branch that is protected", async () => {
    const other = { ...erp, defaultBranch: "19.0" };
    const repository = { branch: "19.0" };
    assert.deepEqual(await found(requiredChecks, { hub: { repositories: [other] }, repository }), [
      "good Required checks: are each produced by a workflow",
    ]);
  });

  it("does not guess when it may not read the files", async () => {
    const permissions = enough.filter((one) => one !== "contents=write");
    assert.deepEqual(await found(requiredChecks, { token: "narrow", permissions }), [
      "skipped Required checks: not looked at: workflows of acme/erp cannot be read (403)",
    ]);
  });
});
