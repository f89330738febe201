import { buildSchema } from "graphql";

/** The booleans of a branch protection rule, which objects and inputs share. */
const booleans = [
  "allowsDeletions",
  "allowsForcePushes",
  "blocksCreations",
  "dismissesStaleReviews",
  "isAdminEnforced",
  "lockAllowsFetchAndMerge",
  "lockBranch",
  "requireLastPushApproval",
  "requiresApprovingReviews",
  "requiresCodeOwnerReviews",
  "requiresCommitSignatures",
  "requiresConversationResolution",
  "requiresDeployments",
  "requiresLinearHistory",
  "requiresStatusChecks",
  "requiresStrictStatusChecks",
  "restrictsPushes",
  "restrictsReviewDismissals",
] as const;

/** The inputs that name users, teams and apps by their global ids. */
const actorLists = [
  "bypassForcePushActorIds",
  "bypassPullRequestActorIds",
  "pushActorIds",
  "reviewDismissalActorIds",
] as const;

const fieldsOf = (names: readonly string[], type: string): string =>
  names.map((name) => `  ${name}: ${type}`).join("\n");

const ruleInput = `
${fieldsOf(booleans, "Boolean")}
${fieldsOf(actorLists, "[ID!]")}
  requiredApprovingReviewCount: Int
  requiredDeploymentEnvironments: [String!]
  requiredStatusCheckContexts: [String!]
  requiredStatusChecks: [RequiredStatusCheckInput!]
  clientMutationId: String`;

const page = "(first: Int, last: Int, after: String, before: String)";

const connection = (name: string, node: string): string => `
type ${name} { nodes: [${node}] totalCount: Int! pageInfo: PageInfo! }`;

const allowance = (name: string, actor: string): string => `
type ${name} implements Node { id: ID! actor: ${actor} branchProtectionRule: BranchProtectionRule }
${connection(`${name}Connection`, name)}`;

/**
 * The part of GitHub's GraphQL schema that the platform, the official plugin and `gh` use: who is asking, look-ups by
 * global id, repositories and their branch protection rules. A query for anything else is not served.
 * (https://docs.github.com/graphql/reference/objects#branchprotectionrule)
 */
export const schema = buildSchema(`
interface Node { id: ID! }
interface RepositoryOwner { id: ID! login: String! url: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type RateLimit { limit: Int! cost: Int! remaining: Int! used: Int! resetAt: String! }

type User implements Node & RepositoryOwner { id: ID! databaseId: Int login: String! name: String url: String! email: String! }
type Organization implements Node & RepositoryOwner { id: ID! databaseId: Int login: String! name: String url: String! team(slug: String!): Team
  membersWithRole${page}: OrganizationMemberConnection! }
type OrganizationMemberConnection { edges: [OrganizationMemberEdge] nodes: [User] totalCount: Int! pageInfo: PageInfo! }
type OrganizationMemberEdge { cursor: String! role: String node: User }
type Team implements Node { id: ID! databaseId: Int name: String! slug: String! url: String! }
type App implements Node { id: ID! databaseId: Int name: String! slug: String! }
type Ref implements Node { id: ID! name: String! prefix: String! branchProtectionRule: BranchProtectionRule }

type Repository implements Node {
  id: ID! databaseId: Int name: String! nameWithOwner: String! description: String url: String!
  isPrivate: Boolean! isArchived: Boolean! visibility: String! owner: RepositoryOwner!
  defaultBranchRef: Ref
  branchProtectionRules${page}: BranchProtectionRuleConnection!
}

union PushAllowanceActor = App | Team | User
union ReviewDismissalAllowanceActor = App | Team | User
union BranchActorAllowanceActor = App | Team | User
${allowance("PushAllowance", "PushAllowanceActor")}
${allowance("ReviewDismissalAllowance", "ReviewDismissalAllowanceActor")}
${allowance("BypassForcePushAllowance", "BranchActorAllowanceActor")}
${allowance("BypassPullRequestAllowance", "BranchActorAllowanceActor")}
${connection("BranchProtectionRuleConnection", "BranchProtectionRule")}
type RequiredStatusCheckDescription { context: String! app: App }
input RequiredStatusCheckInput { context: String! appId: ID }

type BranchProtectionRule implements Node {
  id: ID! databaseId: Int pattern: String! repository: Repository creator: User
${fieldsOf(booleans, "Boolean!")}
  requiredApprovingReviewCount: Int
  requiredDeploymentEnvironments: [String]
  requiredStatusCheckContexts: [String]
  requiredStatusChecks: [RequiredStatusCheckDescription!]
  pushAllowances${page}: PushAllowanceConnection!
  reviewDismissalAllowances${page}: ReviewDismissalAllowanceConnection!
  bypassForcePushAllowances${page}: BypassForcePushAllowanceConnection!
  bypassPullRequestAllowances${page}: BypassPullRequestAllowanceConnection!
}

input CreateBranchProtectionRuleInput { repositoryId: ID! pattern: String! ${ruleInput} }
input UpdateBranchProtectionRuleInput { branchProtectionRuleId: ID! pattern: String ${ruleInput} }
input DeleteBranchProtectionRuleInput { branchProtectionRuleId: ID! clientMutationId: String }
type CreateBranchProtectionRulePayload { branchProtectionRule: BranchProtectionRule clientMutationId: String }
type UpdateBranchProtectionRulePayload { branchProtectionRule: BranchProtectionRule clientMutationId: String }
type DeleteBranchProtectionRulePayload { clientMutationId: String }

type Query {
  viewer: User!
  rateLimit: RateLimit
  node(id: ID!): Node
  repository(owner: String!, name: String!): Repository
  organization(login: String!): Organization
  user(login: String!): User
}
type Mutation {
  createBranchProtectionRule(input: CreateBranchProtectionRuleInput!): CreateBranchProtectionRulePayload
  updateBranchProtectionRule(input: UpdateBranchProtectionRuleInput!): UpdateBranchProtectionRulePayload
  deleteBranchProtectionRule(input: DeleteBranchProtectionRuleInput!): DeleteBranchProtectionRulePayload
}
`);
