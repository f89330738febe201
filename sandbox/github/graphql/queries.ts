import type { Call } from "../call.ts";
import { parseNodeId } from "../node-id.ts";
import { graphQLError } from "./errors.ts";
import { repositoryNode, ruleNode } from "./repository-nodes.ts";
import { ownerNode, teamNode } from "./account-nodes.ts";

/** Queries: what can be looked up. Every node names its type, for the interfaces and unions. */
export const queries = {
  viewer: (_: unknown, call: Call) => ownerNode(call, call.user),

  rateLimit: (_: unknown, { quota }: Call) => ({
    ...quota,
    cost: 1,
    resetAt: new Date(quota.reset * 1000).toISOString(),
  }),

  // The official plugin matches on these words: they tell it that what it knew is gone.
  node({ id }: { id: string }, call: Call) {
    const found = nodeOf(call, id);
    if (!found) throw graphQLError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
    return found;
  },

  repository({ owner, name }: { owner: string; name: string }, call: Call) {
    const row = call.hub.repository(owner, name);
    if (!row || !call.actor.maySee(row))
      throw graphQLError("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    return repositoryNode(call, row);
  },

  organization({ login }: { login: string }, call: Call) {
    const row = call.hub.owner(login);
    if (row?.type !== "Organization")
      throw graphQLError("NOT_FOUND", `Could not resolve to an Organization with the login of '${login}'.`);
    return ownerNode(call, row);
  },

  user({ login }: { login: string }, call: Call) {
    const row = call.hub.owner(login);
    if (row?.type !== "User")
      throw graphQLError("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
    return ownerNode(call, row);
  },
};

function nodeOf(call: Call, text: string) {
  const { tables } = call.hub;
  const node = parseNodeId(text);
  switch (node?.kind) {
    case "Repository": {
      const row = tables.repositories.get(node.id);
      return row && call.actor.maySee(row) ? repositoryNode(call, row) : undefined;
    }
    case "BranchProtectionRule": {
      const row = tables.protectionRules.get(node.id);
      return row && ruleNode(call, row);
    }
    case "User":
    case "Organization": {
      const row = tables.owners.get(node.id);
      return row?.type === node.kind ? ownerNode(call, row) : undefined;
    }
    case "Team": {
      const row = tables.teams.get(node.id);
      return row && teamNode(call, row);
    }
    default:
      return undefined;
  }
}
