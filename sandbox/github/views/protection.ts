import type { Hub } from "../hub.ts";
import { actors } from "../protection-rules.ts";
import type { ProtectionRule } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import { simpleUser, team } from "./account.ts";
import { repositoryUrl } from "./repository.ts";

const protectionUrl = (hub: Hub, repository: Repository, branch: string): string =>
  `${repositoryUrl(hub, repository)}/branches/${branch}/protection`;

/** `branch-protection`: a rule in REST's words. What is off is left out, or says `enabled: false`. */
export function protectionView(hub: Hub, repository: Repository, branch: string, rule: ProtectionRule) {
  const url = protectionUrl(hub, repository, branch);
  return {
    url,
    ...(rule.requiresStatusChecks && { required_status_checks: checksView(url, rule) }),
    ...(rule.requiresApprovingReviews && { required_pull_request_reviews: reviewsView(hub, url, rule) }),
    required_signatures: signaturesView(url, rule),
    // Must be there: the official plugin dies of a nil pointer without it.
    enforce_admins: adminsView(url, rule),
    required_linear_history: { enabled: rule.requiresLinearHistory },
    allow_force_pushes: { enabled: rule.allowsForcePushes },
    allow_deletions: { enabled: rule.allowsDeletions },
    block_creations: { enabled: rule.blocksCreations },
    required_conversation_resolution: { enabled: rule.requiresConversationResolution },
    lock_branch: { enabled: rule.lockBranch },
    allow_fork_syncing: { enabled: rule.lockAllowsFetchAndMerge },
    ...(rule.restrictsPushes && {
      restrictions: { url: `${url}/restrictions`, ...people(hub, `${url}/restrictions`, rule.pushActorIds) },
    }),
  };
}

export const adminsView = (url: string, rule: ProtectionRule) => ({
  url: `${url}/enforce_admins`,
  enabled: rule.isAdminEnforced,
});

export const signaturesView = (url: string, rule: ProtectionRule) => ({
  url: `${url}/required_signatures`,
  enabled: rule.requiresCommitSignatures,
});

/** `status-check-policy`: both lists must be there, though they say the same. */
export const checksView = (url: string, rule: ProtectionRule) => ({
  url: `${url}/required_status_checks`,
  strict: rule.requiresStrictStatusChecks,
  contexts: rule.requiredChecks.map((check) => check.context),
  contexts_url: `${url}/required_status_checks/contexts`,
  checks: rule.requiredChecks,
});

/** `protected-branch-pull-request-review` */
export const reviewsView = (hub: Hub, url: string, rule: ProtectionRule) => ({
  url: `${url}/required_pull_request_reviews`,
  dismiss_stale_reviews: rule.dismissesStaleReviews,
  require_code_owner_reviews: rule.requiresCodeOwnerReviews,
  required_approving_review_count: rule.requiredApprovingReviewCount,
  require_last_push_approval: rule.requireLastPushApproval,
  ...(rule.restrictsReviewDismissals && {
    dismissal_restrictions: {
      url: `${url}/dismissal_restrictions`,
      ...people(hub, `${url}/dismissal_restrictions`, rule.reviewDismissalActorIds),
    },
  }),
  ...(rule.bypassPullRequestActorIds.length > 0 && {
    bypass_pull_request_allowances: lists(hub, rule.bypassPullRequestActorIds),
  }),
});

const people = (hub: Hub, url: string, ids: readonly string[]) => ({
  users_url: `${url}/users`,
  teams_url: `${url}/teams`,
  apps_url: `${url}/apps`,
  ...lists(hub, ids),
});

function lists(hub: Hub, ids: readonly string[]) {
  const { users, teams } = actors(hub, ids);
  return {
    users: users.map((user) => simpleUser(hub, user)),
    teams: teams.map((one) => team(hub, one)),
    apps: [],
  };
}
