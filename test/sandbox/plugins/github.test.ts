import assert from "node:assert/strict";

import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { emulatedGitHub, environmentOf, type Emulated } from "./emulated.ts";
import { testStack, type TestStack } from "./engine.ts";

interface Wishes {
  checks?: string[];
  secret?: string;
  color?: string;
  webhook?: string;
}

/** A repository that is looked up, and everything around it. */
function repository({
  checks = ["CI"],
  secret = "first-secret-of-a-test",
  color = "b60205",
  webhook = "https://a.example.com/hook",
}: Wishes) {
  return async () => {
    const found = await github.getRepository({ fullName: "acme/odoo" });
    const name = found.name;
    new github.RepositoryRuleset("ruleset", {
      repository: name,
      name: "main",
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: ["refs/heads/main"], excludes: [] } },
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: { requiredApprovingReviewCount: 1, dismissStaleReviewsOnPush: true },
        requiredStatusChecks: {
          requiredChecks: checks.map((context) => ({ context })),
          strictRequiredStatusChecksPolicy: true,
        },
      },
    });
    new github.BranchProtection("protection", {
      repositoryId: found.nodeId,
      pattern: "release/*",
      enforceAdmins: true,
      requiredStatusChecks: [{ strict: true, contexts: checks }],
      requiredPullRequestReviews: [{ requiredApprovingReviewCount: 2 }],
    });
    const environment = new github.RepositoryEnvironment("environment", {
      repository: name,
      environment: "prod",
      waitTimer: 5,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    new github.RepositoryEnvironmentDeploymentPolicy("policy", {
      repository: name,
      environment: environment.environment,
      branchPattern: "main",
    });
    const value = pulumi.secret(secret);
    new github.ActionsSecret("secret", { repository: name, secretName: "TOKEN", value });
    new github.ActionsEnvironmentSecret("environment-secret", {
      repository: name,
      environment: environment.environment,
      secretName: "TOKEN",
      plaintextValue: value,
    });
    new github.ActionsVariable("variable", { repository: name, variableName: "STACK", value: "prod" });
    new github.ActionsEnvironmentVariable("environment-variable", {
      repository: name,
      environment: environment.environment,
      variableName: "STACK",
      value: "prod",
    });
    new github.RepositoryWebhook("webhook", {
      repository: name,
      events: ["push", "pull_request"],
      configuration: { url: webhook, contentType: "json", secret: value },
    });
    new github.IssueLabel("label", { repository: name, name: "incident", color, description: "It broke" });
    new github.RepositoryDependabotSecurityUpdates("dependabot", { repository: name, enabled: true });
  };
}

describe("a repository on the emulated GitHub", () => {
  let api: Emulated;
  let test: TestStack;

  before(async () => {
    api = await emulatedGitHub({
      plan: "enterprise",
      repositories: [{ owner: "acme", name: "odoo", private: true }],
    });
    test = await testStack({ env: environmentOf({ gitHub: api }) });
  });
  after(async () => {
    await test.close();
    await api.close();
  });

  it("is protected, wired and labelled", async () => {
    assert.deepEqual(await test.up(repository({})), { create: 12 });
    const hooks = await api.ask("GET", "/repos/acme/odoo/hooks");
    assert.deepEqual((hooks as { config: object }[])[0]?.config, {
      url: "https://a.example.com/hook",
      content_type: "json",
      secret: "********",
      insecure_ssl: "0",
    });
  });

  it("keeps secrets out of the state file", async () => {
    const file = await test.file();
    assert.ok(!file.includes("first-secret-of-a-test"));
    assert.ok(!file.includes("a.example.com"), "a webhook's address may hold a credential");
  });

  it("has nothing to do the second time, nor after a refresh", async () => {
    assert.deepEqual(await test.up(repository({})), { same: 12 });
    assert.deepEqual(await test.refresh(), { same: 12 });
    assert.deepEqual(await test.up(repository({})), { same: 12 });
  });

  it("changes in place", async () => {
    const wishes = {
      checks: ["CI", "Lint"],
      secret: "second",
      color: "00ff00",
      webhook: "https://b.example.com",
    };
    assert.deepEqual(await test.up(repository(wishes)), { update: 6, same: 6 });
    assert.deepEqual(await test.up(repository(wishes)), { same: 12 });
    const label = (await api.ask("GET", "/repos/acme/odoo/labels/incident")) as { color: string };
    assert.equal(label.color, "00ff00");
  });

  it("finds what was deleted and edited by hand, and puts it right", async () => {
    const wishes = {
      checks: ["CI", "Lint"],
      secret: "second",
      color: "00ff00",
      webhook: "https://b.example.com",
    };
    await api.ask("DELETE", "/repos/acme/odoo/actions/secrets/TOKEN");
    const { rulesetId } = await test.state("ruleset");
    await api.ask("DELETE", `/repos/acme/odoo/rulesets/${String(rulesetId)}`);
    await api.ask("PATCH", "/repos/acme/odoo/labels/incident", { color: "111111" });
    const refreshed = await test.refresh();
    assert.deepEqual([refreshed.delete, refreshed.update], [2, 1]);
    assert.deepEqual(await test.up(repository(wishes)), { create: 2, update: 1, same: 9 });
  });

  it("is as it was before", async () => {
    await test.destroy();
    assert.deepEqual(await api.ask("GET", "/repos/acme/odoo/hooks"), []);
    assert.deepEqual(await api.ask("GET", "/repos/acme/odoo/rulesets"), []);
    assert.equal(
      ((await api.ask("GET", "/repos/acme/odoo/environments")) as { total_count: number }).total_count,
      0,
    );
  });
});

describe("classic protection by REST", () => {
  it("is refused for a user before anything is asked", async () => {
    const owners = [{ login: "acme", kind: "user" }] as const;
    const api = await emulatedGitHub({
      owners,
      repositories: [{ owner: "acme", name: "odoo", private: false }],
    });
    const test = await testStack({ env: environmentOf({ gitHub: api }) });
    const program = async (): Promise<void> => {
      new github.BranchProtectionV3("v3", { repository: "odoo", branch: "main" });
    };
    try {
      await assert.rejects(
        test.up(program),
        /only be used in the context of an organization, "acme" is a user/,
      );
    } finally {
      await test.close();
      await api.close();
    }
  });

  it("keeps one entry a check, and is gone when it is destroyed", async () => {
    const api = await emulatedGitHub({ repositories: [{ owner: "acme", name: "odoo", private: false }] });
    const test = await testStack({ env: environmentOf({ gitHub: api }) });
    const program = async (): Promise<void> => {
      new github.BranchProtectionV3("v3", {
        repository: "odoo",
        branch: "main",
        enforceAdmins: true,
        requiredStatusChecks: { strict: true, checks: ["CI"] },
        requiredPullRequestReviews: { requiredApprovingReviewCount: 1 },
      });
    };
    try {
      assert.deepEqual(await test.up(program), { create: 2 });
      assert.deepEqual(await test.up(program), { same: 2 });
      await test.destroy();
      await assert.rejects(api.ask("GET", "/repos/acme/odoo/branches/main/protection"), /404/);
    } finally {
      await test.close();
      await api.close();
    }
  });
});
