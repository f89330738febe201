import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

export interface BranchProtectionArgs {
  /** Name of the repository, without its owner. */
  repository: pulumi.Input<string>;
  branch: string;
  /** Checks that must pass before a merge, by the name that GitHub shows. */
  requiredChecks: string[];
  /** Approving reviews that a pull request needs. */
  approvals: number;
}

/**
 * Nobody, administrators included, changes the branch but by a pull request that was reviewed and passed its checks.
 *
 * A ruleset, not a classic protection: it leaves a protection that a team has made by hand alone, and it reads back as
 * it was written, where `BranchProtectionV3` differs after every write
 * (https://github.com/integrations/terraform-provider-github/issues/1701).
 *
 * @example
 * new BranchProtection("odoo-prod-odoo-ce", { repository: "odoo-ce", branch: "main", requiredChecks: ["Odoo CE CI"], approvals: 1 });
 */
export class BranchProtection extends pulumi.ComponentResource {
  readonly ruleset: github.RepositoryRuleset;

  constructor(name: string, args: BranchProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:BranchProtection", name, {}, opts);
    this.ruleset = createRuleset(name, args, this);
    this.registerOutputs({ ruleset: this.ruleset.name });
  }
}

function createRuleset(
  name: string,
  args: BranchProtectionArgs,
  parent: pulumi.Resource,
): github.RepositoryRuleset {
  const checks = args.requiredChecks.map((context) => ({ context }));
  return new github.RepositoryRuleset(
    `${name}-ruleset`,
    {
      repository: args.repository,
      name: `odoo-platform: ${args.branch}`,
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: [`refs/heads/${args.branch}`], excludes: [] } },
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: {
          requiredApprovingReviewCount: args.approvals,
          dismissStaleReviewsOnPush: true,
          requiredReviewThreadResolution: true,
        },
        ...(checks.length > 0
          ? { requiredStatusChecks: { requiredChecks: checks, strictRequiredStatusChecksPolicy: true } }
          : {}),
      },
    },
    { parent },
  );
}
