import { listOf, objectsOf, type RepositoryInputs, violation } from "./platform.ts";
import { type Declared, stackRule } from "./stack-rule.ts";

/** What protects a branch, in whichever of GitHub's ways. */
interface Protection {
  readonly repository: unknown;
  readonly covers: (branch: string) => boolean;
  readonly checks: readonly unknown[];
  readonly refusesForcePush: boolean;
  readonly asksForReview: boolean;
}

/**
 * The deployed branch of every repository that the stack owns is changed by reviewed pull requests alone, with the
 * required checks passed and no history rewritten. What the owner's GitHub plan cannot protect is left out here; the
 * program warns of it by name.
 */
export const branchProtection = stackRule({
  name: "production/branch-protection",
  description: "Every owned repository's branch is protected, with its required checks.",
  check: ({ platforms, resources }, report) => {
    const protections = resources.flatMap((resource) => protectionOf(resource) ?? []);
    for (const platform of platforms) {
      for (const repository of objectsOf<RepositoryInputs>(platform.props.repositories)) {
        if (repository.owned !== true || repository.protectable === false) continue;
        const fault = faultOf(repository, protections);
        const fix = "declare a BranchProtection for it with the requiredChecks of its settings";
        if (fault) report(violation(platform, fault, fix), platform.urn);
      }
    }
  },
});

function faultOf(
  { owner = "", name = "", branch = "main", requiredChecks }: RepositoryInputs,
  protections: readonly Protection[],
): string | undefined {
  const where = `branch "${branch}" of ${owner}/${name}`;
  const own = protections.filter(
    (one) => (one.repository === name || one.repository === `${owner}/${name}`) && one.covers(branch),
  );
  if (own.length === 0) return `${where} is not protected`;
  const missing = listOf(requiredChecks).filter((check) => !own.some(({ checks }) => checks.includes(check)));
  if (missing.length > 0)
    return `${where} does not require ${missing.map((one) => `"${String(one)}"`).join(", ")}`;
  if (!own.some(({ refusesForcePush }) => refusesForcePush)) return `${where} can be force-pushed to`;
  if (!own.some(({ asksForReview }) => asksForReview))
    return `${where} can be changed without a pull request`;
  return undefined;
}

function protectionOf({ type, props }: Declared): Protection | undefined {
  if (type === "github:index/repositoryRuleset:RepositoryRuleset") return fromRuleset(props);
  if (type === "github:index/branchProtection:BranchProtection") return fromProtection(props);
  return undefined;
}

interface Ruleset {
  readonly repository?: unknown;
  readonly enforcement?: unknown;
  readonly target?: unknown;
  readonly bypassActors?: unknown;
  readonly conditions?: { readonly refName?: { readonly includes?: unknown; readonly excludes?: unknown } };
  readonly rules?: {
    readonly nonFastForward?: unknown;
    readonly pullRequest?: unknown;
    readonly requiredStatusChecks?: { readonly requiredChecks?: unknown };
  };
}

/** @see https://docs.github.com/en/rest/repos/rules */
function fromRuleset(ruleset: Ruleset): Protection | undefined {
  const { repository, enforcement, target, bypassActors, conditions, rules } = ruleset;
  // One for tags, or with somebody to whom it does not apply, protects no branch.
  if (enforcement !== "active" || target !== "branch" || listOf(bypassActors).length > 0) return undefined;
  const { includes, excludes } = conditions?.refName ?? {};
  const names = (list: unknown, branch: string): boolean =>
    listOf(list).some((one) => one === `refs/heads/${branch}` || one === "~ALL");
  return {
    repository,
    // What is excluded may be a pattern, so nothing may be.
    covers: (branch) => names(includes, branch) && listOf(excludes).length === 0,
    checks: objectsOf<{ context?: unknown }>(rules?.requiredStatusChecks?.requiredChecks).map(
      ({ context }) => context,
    ),
    refusesForcePush: rules?.nonFastForward === true,
    asksForReview: rules?.pullRequest !== undefined,
  };
}

interface ClassicProtection {
  readonly repositoryId?: unknown;
  readonly pattern?: unknown;
  readonly allowsForcePushes?: unknown;
  readonly requiredPullRequestReviews?: unknown;
  readonly requiredStatusChecks?: unknown;
}

/** Its repository may be given by node id, which says no name; then nothing is known to be protected. */
function fromProtection(props: ClassicProtection): Protection {
  return {
    repository: props.repositoryId,
    covers: (branch) => props.pattern === branch,
    checks: objectsOf<{ contexts?: unknown }>(props.requiredStatusChecks).flatMap(({ contexts }) =>
      listOf(contexts),
    ),
    refusesForcePush: props.allowsForcePushes !== true,
    asksForReview: listOf(props.requiredPullRequestReviews).length > 0,
  };
}
