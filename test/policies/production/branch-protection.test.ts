import assert from "node:assert/strict";
import { branchProtection } from "../../../policies/production/branch-protection.ts";
import { type Resource, unknown, violations } from "../framework.ts";
import { platform, platformName, ruleset } from "./compliant.ts";

describe("production/branch-protection", () => {
  const judged = (...resources: Resource[]): Promise<string[]> =>
    violations([branchProtection], ...resources);
  const says = (fault: string): string[] => [
    `${platformName}: branch "main" of acme/odoo-ce ${fault}. Fix: declare a BranchProtection for it with the requiredChecks of its settings`,
  ];
  const repositories = (more: object): Resource =>
    platform({
      repositories: [
        {
          owner: "acme",
          name: "odoo-ce",
          owned: true,
          branch: "main",
          requiredChecks: ["Odoo CE CI"],
          ...more,
        },
      ],
    });

  it("refuses an owned repository without protection, of another branch, or switched off", async () => {
    const conditions = (includes: string[], excludes: string[] = []) => ({
      conditions: { refName: { includes, excludes } },
    });
    const useless = [
      ruleset({ repository: "odoo-other" }),
      ruleset({ enforcement: "evaluate" }),
      ruleset({ target: "tag" }),
      ruleset({ bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "always" }] }),
      ruleset(conditions(["refs/heads/main"], ["refs/heads/m*"])),
      ruleset(conditions(["refs/heads/other"])),
      ruleset(conditions(["~ALL"], ["refs/heads/main"])),
      ruleset({ repository: unknown }),
    ];
    assert.deepEqual(await judged(platform()), says("is not protected"));
    for (const one of useless) assert.deepEqual(await judged(platform(), one), says("is not protected"));
    assert.deepEqual(await judged(platform(), ruleset(conditions(["~ALL"]))), []);
  });

  it("refuses a protection without the required checks, by name", async () => {
    const checks = { requiredStatusChecks: { requiredChecks: [{ context: "lint" }] } };
    assert.deepEqual(await judged(platform(), ruleset({}, checks)), says('does not require "Odoo CE CI"'));
    assert.deepEqual(
      await judged(platform(), ruleset({}, { requiredStatusChecks: "all" })),
      says('does not require "Odoo CE CI"'),
    );
  });

  it("refuses force-pushes, and changes without a pull request", async () => {
    assert.deepEqual(
      await judged(platform(), ruleset({}, { nonFastForward: false })),
      says("can be force-pushed to"),
    );
    const { pullRequest: _, ...without } = ruleset().props["rules"] as Record<string, unknown>;
    assert.deepEqual(
      await judged(platform(), ruleset({ rules: without })),
      says("can be changed without a pull request"),
    );
  });

  it("takes a classic protection as well", async () => {
    const classic = (more: object = {}): Resource => ({
      type: "github:index/branchProtection:BranchProtection",
      props: {
        repositoryId: "odoo-ce",
        pattern: "main",
        requiredPullRequestReviews: [{ requiredApprovingReviewCount: 1 }],
        requiredStatusChecks: [{ contexts: ["Odoo CE CI"] }],
        ...more,
      },
    });
    assert.deepEqual(await judged(platform(), classic()), []);
    assert.deepEqual(
      await judged(platform(), classic({ allowsForcePushes: true })),
      says("can be force-pushed to"),
    );
  });

  it("asks nothing for a repository that another stack owns, or that GitHub's plan cannot protect", async () => {
    assert.deepEqual(await judged(repositories({ owned: false })), []);
    assert.deepEqual(await judged(repositories({ protectable: false })), []);
    assert.equal((await judged(repositories({ protectable: true }))).length, 1);
  });
});
