import { mainRepository } from "../github-api.ts";
import { askGitHub } from "../vendor.ts";
import { type Check, bad, good, skipped } from "./check.ts";

const variable = "PLATFORM_APPROVAL";

/**
 * Who must agree before what is merged reaches production: the reviewers of its environment, where GitHub's plan has them, or
 * whoever signs a deployment. The workflow up.yml goes by a variable of the repository, which must say the same.
 */
export const approval: Check = async ({ stack, settings, env }) => {
  const what = "Approval";
  const { platform, repositories = [] } = settings;
  const repository = mainRepository({ repositories });
  if (platform?.environment !== "production" || !repository) return [];
  if (!env["GITHUB_TOKEN"]) return [skipped(what, "not looked at: no token")];
  const path = `/repos/${repository.owner}/${repository.name}`;
  const [environment, chosen] = await Promise.all([
    askGitHub(`${path}/environments/${stack}`, env),
    askGitHub(`${path}/actions/variables/${variable}`, env),
  ]);
  const rules = (environment.body["protection_rules"] ?? []) as { type: string }[];
  const reviewed = rules.some(({ type }) => type === "required_reviewers");
  const byEnvironment = chosen.body["value"] === "environment";
  if (reviewed && byEnvironment)
    return [good(what, `what is merged waits for the reviewers of environment ${stack}`)];
  if (!reviewed && !byEnvironment)
    return [
      good(what, "what is merged waits for a signed deployment: environment has no required reviewers"),
    ];
  return reviewed
    ? [
        bad(
          what,
          `environment ${stack} has reviewers, but up.yml leaves it alone: ${variable} is not "environment"`,
          `gh variable set ${variable} --body environment --repo ${repository.owner}/${repository.name}`,
        ),
      ]
    : [
        bad(
          what,
          `what is merged reaches ${stack} unasked: ${variable} is "environment", which has no required reviewers`,
          `name reviewers in repositories, or: gh variable delete ${variable} --repo ${repository.owner}/${repository.name}`,
        ),
      ];
};
