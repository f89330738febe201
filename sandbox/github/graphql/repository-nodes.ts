import type { Call } from "../call.ts";
import { findRef } from "../git.ts";
import { nodeId, parseNodeId } from "../node-id.ts";
import { actors, ruleFor, rulesOf } from "../protection-rules.ts";
import type { ProtectionRule } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import { repositoryPage } from "../views/repository.ts";
import { ownerNode, teamNode } from "./account-nodes.ts";
import { connect, type Slice } from "./connection.ts";

/** A repository, and below it its rules; both lead to each other, so they live together. */
export function repositoryNode(call: Call, row: Repository) {
  const { hub } = call;
  return {
    __typename: "Repository",
    id: nodeId("Repository", row.id),
    databaseId: row.id,
    name: row.name,
    nameWithOwner: `${row.owner}/${row.name}`,
    description: row.description,
    url: repositoryPage(hub, row),
    isPrivate: row.private,
    isArchived: row.archived,
    visibility: row.private ? "PRIVATE" : "PUBLIC",
    owner: () => ownerNode(call, hub.account(row.owner)),
    defaultBranchRef() {
      const ref = findRef(hub, row, `refs/heads/${row.default_branch}`);
      return ref && { __typename: "Ref", id: nodeId("Ref", ref.id), ...named(call, row) };
    },
    branchProtectionRules: (slice: Slice) =>
      connect(
        rulesOf(hub, row).map((rule) => ruleNode(call, rule)),
        slice,
      ),
  };
}

const named = (call: Call, row: Repository) => ({
  name: row.default_branch,
  prefix: "refs/heads/",
  branchProtectionRule() {
    const rule = ruleFor(call.hub, row, row.default_branch);
    return rule ? ruleNode(call, rule) : null;
  },
});

export function ruleNode(call: Call, row: ProtectionRule) {
  const { id, repository, requiredChecks, ...fields } = row;
  const allowances = (ids: readonly string[]) => (slice: Slice) => connect(allowed(call, row, ids), slice);
  return {
    ...fields,
    __typename: "BranchProtectionRule",
    id: nodeId("BranchProtectionRule", id),
    databaseId: id,
    creator: null,
    repository() {
      const owner = call.hub.tables.repositories.get(repository);
      return owner ? repositoryNode(call, owner) : null;
    },
    requiredApprovingReviewCount: row.requiresApprovingReviews ? row.requiredApprovingReviewCount : null,
    requiredStatusCheckContexts: requiredChecks.map((check) => check.context),
    requiredStatusChecks: requiredChecks.map(({ context, app_id }) => ({
      context,
      app:
        app_id === null
          ? null
          : {
              __typename: "App",
              id: nodeId("App", app_id),
              databaseId: app_id,
              name: `app-${app_id}`,
              slug: `app-${app_id}`,
            },
    })),
    pushAllowances: allowances(row.pushActorIds),
    reviewDismissalAllowances: allowances(row.reviewDismissalActorIds),
    bypassForcePushAllowances: allowances(row.bypassForcePushActorIds),
    bypassPullRequestAllowances: allowances(row.bypassPullRequestActorIds),
  };
}

function allowed(call: Call, row: ProtectionRule, ids: readonly string[]) {
  const { users, teams } = actors(call.hub, ids);
  const nodes = [...users.map((user) => ownerNode(call, user)), ...teams.map((team) => teamNode(call, team))];
  // An allowance's own id only has to be its own.
  return nodes.map((actor) => ({
    id: `${nodeId("BranchProtectionRule", row.id)}/${actor.id}`,
    actor,
    branchProtectionRule: () => ruleNode(call, row),
  }));
}

/** The app's number behind a check's `appId`; "any" and nothing are any app. */
export const appNumber = (id: string | null | undefined): number | null => {
  const node = id ? parseNodeId(id) : undefined;
  return node?.kind === "App" ? node.id : null;
};
