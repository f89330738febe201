import { same, type Hub } from "./hub.ts";
import { nodeId, parseNodeId } from "./node-id.ts";
import { matchesPattern } from "./patterns.ts";
import type { Owner, Team } from "./rows/accounts.ts";
import type { ProtectionRule } from "./rows/protection.ts";
import type { Repository } from "./rows/repositories.ts";

/** A rule that forbids nothing but what GitHub forbids by default: deleting and forcing. */
export const unprotected: Omit<ProtectionRule, "id" | "repository" | "pattern"> = {
  allowsDeletions: false,
  allowsForcePushes: false,
  blocksCreations: false,
  dismissesStaleReviews: false,
  isAdminEnforced: false,
  lockAllowsFetchAndMerge: false,
  lockBranch: false,
  requireLastPushApproval: false,
  requiredApprovingReviewCount: 0,
  requiredChecks: [],
  requiredDeploymentEnvironments: [],
  requiresApprovingReviews: false,
  requiresCodeOwnerReviews: false,
  requiresCommitSignatures: false,
  requiresConversationResolution: false,
  requiresDeployments: false,
  requiresLinearHistory: false,
  requiresStatusChecks: false,
  requiresStrictStatusChecks: false,
  restrictsPushes: false,
  restrictsReviewDismissals: false,
  bypassForcePushActorIds: [],
  bypassPullRequestActorIds: [],
  pushActorIds: [],
  reviewDismissalActorIds: [],
};

export function rulesOf(hub: Hub, repository: Repository): ProtectionRule[] {
  return hub.tables.protectionRules.list((one) => one.repository === repository.id);
}

/** The rule that holds for a branch: one of its own name first, else the oldest whose pattern matches. */
export function ruleFor(hub: Hub, repository: Repository, branch: string): ProtectionRule | undefined {
  const rules = rulesOf(hub, repository);
  return (
    rules.find((one) => one.pattern === branch) ?? rules.find((one) => matchesPattern(one.pattern, branch))
  );
}

/**
 * One entry a check, the one that names an app winning. The official plugin sends each check of a second update
 * twice, with and without its app; keeping both would show a difference on every refresh.
 */
export function mergeChecks(checks: ProtectionRule["requiredChecks"]): ProtectionRule["requiredChecks"] {
  const merged = new Map<string, number | null>();
  for (const { context, app_id } of checks) {
    const known = merged.get(context) ?? null;
    merged.set(context, known ?? (app_id !== null && app_id > 0 ? app_id : null));
  }
  return [...merged].map(([context, app_id]) => ({ context, app_id }));
}

/** Users and teams that may do what a rule forbids to others. (No GitHub Apps are installed here.) */
export interface Actors {
  users: Owner[];
  teams: Team[];
}

/** The accounts behind global ids; an id of nothing is left out, as an account that was deleted would be. */
export function actors(hub: Hub, ids: readonly string[]): Actors {
  const nodes = ids.map(parseNodeId);
  const pick = <T>(kind: string, find: (id: number) => T | undefined): T[] =>
    nodes.flatMap((node) => (node?.kind === kind ? [find(node.id)] : [])).filter((one) => one !== undefined);
  return {
    users: pick("User", (id) => hub.tables.owners.get(id)),
    teams: pick("Team", (id) => hub.tables.teams.get(id)),
  };
}

/** Global ids of users by login and of teams by slug; names of nobody are left out. */
export function actorIds(
  hub: Hub,
  organization: string,
  names: { users?: readonly string[] | undefined; teams?: readonly string[] | undefined },
): string[] {
  const users = (names.users ?? [])
    .map((login) => hub.tables.owners.find((one) => one.type === "User" && same(one.login, login)))
    .flatMap((user) => (user ? [nodeId("User", user.id)] : []));
  const teams = (names.teams ?? [])
    .map((slug) => hub.team(organization, slug))
    .flatMap((team) => (team ? [nodeId("Team", team.id)] : []));
  return [...users, ...teams];
}
