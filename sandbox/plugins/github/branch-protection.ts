import type { Resource } from "../protocol/plugin.ts";
import { bool, list, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { actorNames, nodeIds, type Actor } from "./actors.ts";
import { GraphQLError, type GitHub } from "./client.ts";

/** The simple switches, and what GraphQL calls them. */
const switches = {
  allowsDeletions: "allowsDeletions",
  allowsForcePushes: "allowsForcePushes",
  enforceAdmins: "isAdminEnforced",
  lockBranch: "lockBranch",
  requireConversationResolution: "requiresConversationResolution",
  requireSignedCommits: "requiresCommitSignatures",
  requiredLinearHistory: "requiresLinearHistory",
} as const;

const inputs: Shape = {
  ...Object.fromEntries(Object.keys(switches).map((name) => [name, bool({ default: false })])),
  repositoryId: text({ required: true, replaces: true, writeOnly: true }),
  pattern: text({ required: true }),
  requiredPullRequestReviews: list(
    object({
      requiredApprovingReviewCount: number({ default: 1, min: 0, max: 6 }),
      requireCodeOwnerReviews: bool(),
      dismissStaleReviews: bool(),
      restrictDismissals: bool(),
      dismissalRestrictions: set(text()),
      pullRequestBypassers: set(text()),
      requireLastPushApproval: bool({ default: false }),
    }),
  ),
  requiredStatusChecks: list(object({ strict: bool(), contexts: set(text()) })),
  restrictPushes: list(object({ blocksCreations: bool({ default: true }), pushAllowances: set(text()) })),
  forcePushBypassers: set(text()),
};

/** Classic protection, by GraphQL: https://docs.github.com/en/graphql/reference/objects#branchprotectionrule */
export const branchProtection: Resource<GitHub> = {
  inputs,
  create: async (api, wanted) => {
    const repositoryId = await repositoryNode(api, String(wanted["repositoryId"]));
    const { createBranchProtectionRule: made } = await api.graphql<{ createBranchProtectionRule: Made }>(
      `mutation ($input: CreateBranchProtectionRuleInput!) {
        createBranchProtectionRule(input: $input) { branchProtectionRule { id } }
      }`,
      { input: { ...(await request(api, wanted)), repositoryId } },
    );
    return { id: made.branchProtectionRule.id };
  },
  read: async (api, id, state) => {
    try {
      const { node } = await api.graphql<{ node: Rule | null }>(ruleQuery, { id });
      return node ? await stateOf(api, node, state) : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  update: async (api, { id, inputs }) => {
    await api.graphql(
      `mutation ($input: UpdateBranchProtectionRuleInput!) {
        updateBranchProtectionRule(input: $input) { branchProtectionRule { id } }
      }`,
      { input: { ...(await request(api, inputs)), branchProtectionRuleId: id } },
    );
  },
  delete: async (api, id) => {
    await api.graphql(
      `mutation ($input: DeleteBranchProtectionRuleInput!) {
        deleteBranchProtectionRule(input: $input) { clientMutationId }
      }`,
      { input: { branchProtectionRuleId: id } },
    );
  },
};

const isMissing = (error: unknown): boolean =>
  error instanceof GraphQLError && error.message.includes("Could not resolve to a node with the global id");

/** A node id, or a repository's name. */
async function repositoryNode(api: GitHub, given: string): Promise<string> {
  try {
    const { node } = await api.graphql<{ node: { id: string } | null }>(
      "query ($id: ID!) { node(id: $id) { id } }",
      {
        id: given,
      },
    );
    if (node?.id === given) return given;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  const { name: owner } = await api.owner();
  const { repository } = await api.graphql<{ repository: { id: string } }>(
    "query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }",
    { owner, name: given },
  );
  return repository.id;
}

async function request(api: GitHub, wanted: Properties): Promise<Properties> {
  const one = (name: string): Properties | undefined => (wanted[name] as Properties[] | undefined)?.[0];
  const actors = (names: unknown): Promise<string[]> => nodeIds(api, (names as string[] | undefined) ?? []);
  const reviews = one("requiredPullRequestReviews");
  const checks = one("requiredStatusChecks");
  const pushes = one("restrictPushes");
  const dismissers = await actors(reviews?.["dismissalRestrictions"]);
  const bypassers = await actors(wanted["forcePushBypassers"]);
  return {
    ...Object.fromEntries(
      Object.entries(switches).map(([name, vendors]) => [vendors, wanted[name] ?? false]),
    ),
    pattern: wanted["pattern"],
    allowsForcePushes: bypassers.length > 0 ? false : (wanted["allowsForcePushes"] ?? false),
    bypassForcePushActorIds: bypassers,
    requiresApprovingReviews: reviews !== undefined,
    requiredApprovingReviewCount: reviews?.["requiredApprovingReviewCount"] ?? 0,
    requiresCodeOwnerReviews: reviews?.["requireCodeOwnerReviews"] ?? false,
    dismissesStaleReviews: reviews?.["dismissStaleReviews"] ?? false,
    requireLastPushApproval: reviews?.["requireLastPushApproval"] ?? false,
    restrictsReviewDismissals: dismissers.length > 0 || (reviews?.["restrictDismissals"] ?? false),
    reviewDismissalActorIds: dismissers,
    bypassPullRequestActorIds: await actors(reviews?.["pullRequestBypassers"]),
    requiresStatusChecks: checks !== undefined,
    requiresStrictStatusChecks: checks?.["strict"] ?? false,
    requiredStatusCheckContexts: checks?.["contexts"] ?? [],
    restrictsPushes: pushes !== undefined,
    blocksCreations: pushes?.["blocksCreations"] ?? false,
    pushActorIds: await actors(pushes?.["pushAllowances"]),
  };
}

async function stateOf(api: GitHub, rule: Rule, state: Properties): Promise<Properties> {
  const one = (name: string): Properties => (state[name] as Properties[] | undefined)?.[0] ?? {};
  const { name: owner } = await api.owner();
  const names = ({ nodes }: Allowances, known: unknown): string[] => actorNames(nodes, known, owner);
  const reviews = one("requiredPullRequestReviews");
  return {
    ...Object.fromEntries(Object.entries(switches).map(([name, vendors]) => [name, rule[vendors]])),
    repositoryId: state["repositoryId"] ?? rule.repository.id,
    pattern: rule.pattern,
    requiredPullRequestReviews: rule.requiresApprovingReviews
      ? [
          {
            requiredApprovingReviewCount: rule.requiredApprovingReviewCount ?? 0,
            requireCodeOwnerReviews: rule.requiresCodeOwnerReviews,
            dismissStaleReviews: rule.dismissesStaleReviews,
            restrictDismissals: rule.restrictsReviewDismissals,
            dismissalRestrictions: names(rule.reviewDismissalAllowances, reviews["dismissalRestrictions"]),
            pullRequestBypassers: names(rule.bypassPullRequestAllowances, reviews["pullRequestBypassers"]),
            requireLastPushApproval: rule.requireLastPushApproval,
          },
        ]
      : [],
    requiredStatusChecks: rule.requiresStatusChecks
      ? [{ strict: rule.requiresStrictStatusChecks, contexts: rule.requiredStatusCheckContexts ?? [] }]
      : [],
    restrictPushes: rule.restrictsPushes
      ? [
          {
            blocksCreations: rule.blocksCreations,
            pushAllowances: names(rule.pushAllowances, one("restrictPushes")["pushAllowances"]),
          },
        ]
      : [],
    forcePushBypassers: rule.allowsForcePushes
      ? []
      : names(rule.bypassForcePushAllowances, state["forcePushBypassers"]),
  };
}

const allowance = (name: string): string => `${name}(first: 100) { nodes { actor {
  ... on App { id name slug } ... on Team { id name slug } ... on User { id name login }
} } }`;

const ruleQuery = `query ($id: ID!) { node(id: $id) { ... on BranchProtectionRule {
  id pattern repository { id name }
  ${["pushAllowances", "reviewDismissalAllowances", "bypassForcePushAllowances", "bypassPullRequestAllowances"].map(allowance).join("\n  ")}
  ${Object.values(switches).join(" ")}
  blocksCreations dismissesStaleReviews requireLastPushApproval requiredApprovingReviewCount
  requiredStatusCheckContexts requiresApprovingReviews requiresCodeOwnerReviews requiresStatusChecks
  requiresStrictStatusChecks restrictsPushes restrictsReviewDismissals
} } }`;

interface Made {
  readonly branchProtectionRule: { id: string };
}

interface Allowances {
  readonly nodes: { actor: Actor | null }[];
}

type Rule = Record<(typeof switches)[keyof typeof switches], boolean> & {
  readonly pattern: string;
  readonly repository: { id: string };
  readonly pushAllowances: Allowances;
  readonly reviewDismissalAllowances: Allowances;
  readonly bypassForcePushAllowances: Allowances;
  readonly bypassPullRequestAllowances: Allowances;
  readonly blocksCreations: boolean;
  readonly dismissesStaleReviews: boolean;
  readonly requireLastPushApproval: boolean;
  readonly requiredApprovingReviewCount: number | null;
  readonly requiredStatusCheckContexts: string[] | null;
  readonly requiresApprovingReviews: boolean;
  readonly requiresCodeOwnerReviews: boolean;
  readonly requiresStatusChecks: boolean;
  readonly requiresStrictStatusChecks: boolean;
  readonly restrictsPushes: boolean;
  readonly restrictsReviewDismissals: boolean;
};
