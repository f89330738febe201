import { z } from "zod";
import type { Call } from "../call.ts";
import type { Hub } from "../hub.ts";
import { scopedKey } from "../new-repository.ts";
import { nodeId } from "../node-id.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Environment } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import { simpleUser, team } from "../views/account.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";

const reviewer = z.object({ type: z.enum(["User", "Team"]), id: z.number().int() });
const settings = z.object({
  wait_timer: optional(z.number().int().min(0).max(43_200)),
  prevent_self_review: optional(z.boolean()),
  can_admins_bypass: optional(z.boolean()),
  reviewers: optional(z.array(reviewer).max(6)),
  deployment_branch_policy: optional(
    z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }),
  ),
});

/** Environments: where a job deploys to, who must agree, and from which branches. */
export const environments: Operations = {
  "repos/get-all-environments": {
    route: "GET /repos/{owner}/{repo}/environments",
    needs: "actions=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = hub.tables.environments.list((one) => one.repository === repository.id);
      return call.page(
        rows,
        (row) => environmentView(hub, repository, row),
        (page) => ({ total_count: rows.length, environments: page }),
      );
    },
  },

  "repos/get-environment": {
    route: "GET /repos/{owner}/{repo}/environments/{environment_name}",
    needs: "actions=read",
    answer: (call) => ok(environmentView(call.hub, call.repository, environmentOf(call))),
  },

  "repos/create-or-update-environment": {
    route: "PUT /repos/{owner}/{repo}/environments/{environment_name}",
    needs: "administration=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(settings);
      const reviewers = body.reviewers ?? [];
      demandPlan(call, reviewers.length > 0 || (body.wait_timer ?? 0) > 0);
      demandReviewers(hub, repository, reviewers);
      const policy = body.deployment_branch_policy ?? null;
      if (policy && policy.protected_branches === policy.custom_branch_policies)
        throw new Refusal("validation-failed", {
          message: "protected_branches and custom_branch_policies cannot have the same value",
        });
      const known = find(call);
      const row: Environment = {
        id: known?.id ?? hub.nextId(),
        repository: repository.id,
        name: known?.name ?? call.param("environment_name"),
        wait_timer: body.wait_timer ?? 0,
        prevent_self_review: body.prevent_self_review ?? false,
        can_admins_bypass: body.can_admins_bypass ?? true,
        reviewers,
        deployment_branch_policy: policy,
        created_at: known?.created_at ?? hub.now(),
        updated_at: hub.now(),
      };
      return ok(environmentView(hub, repository, hub.tables.environments.put(row.id, row)));
    },
  },

  "repos/delete-an-environment": {
    route: "DELETE /repos/{owner}/{repo}/environments/{environment_name}",
    needs: "administration=write",
    answer(call) {
      const { tables } = call.hub;
      const row = environmentOf(call);
      tables.environments.delete(row.id);
      for (const policy of tables.branchPolicies.list((one) => one.environment === row.id))
        tables.branchPolicies.delete(policy.id);
      for (const table of [tables.keyPairs, tables.secrets, tables.variables])
        for (const one of table.list((kept) => kept.environment === row.id)) table.delete(scopedKey(one));
      return noContent;
    },
  },
};

function find(call: Call): Environment | undefined {
  const name = call.param("environment_name").toLowerCase();
  return call.hub.tables.environments.find(
    (one) => one.repository === call.repository.id && one.name.toLowerCase() === name,
  );
}

/** The environment of the path. @throws Refusal 404 */
export function environmentOf(call: Call): Environment {
  const row = find(call);
  if (!row) throw new Refusal("not-found");
  return row;
}

// Required reviewers and wait timers of private repositories need Enterprise; a Team plan gets this 422
// (backstage/backstage#28977; https://docs.github.com/actions/reference/deployments-and-environments).
function demandPlan(call: Call, protects: boolean): void {
  const { hub, repository } = call;
  if (protects && hub.planFor(repository) !== "enterprise") throw new Refusal("plan-without-reviewers");
}

function demandReviewers(hub: Hub, repository: Repository, reviewers: Environment["reviewers"]): void {
  for (const { type, id } of reviewers) {
    const known =
      type === "User"
        ? hub.tables.owners.get(id)?.type === "User"
        : hub.tables.teams.get(id)?.organization === repository.owner;
    if (!known)
      throw new Refusal("validation-failed", { message: `Invalid ${type.toLowerCase()} id: ${id}` });
  }
}

// A rule's id only has to be lasting and its own: the environment's, shifted.
const ruleId = (row: Environment, rule: number): number => row.id * 10 + rule;

/** Who must agree, as the API names them. */
export function reviewersView(hub: Hub, row: Environment) {
  return row.reviewers.map(({ type, id }) => {
    const user = type === "User" ? hub.tables.owners.get(id) : undefined;
    const group = type === "Team" ? hub.tables.teams.get(id) : undefined;
    return { type, reviewer: user ? simpleUser(hub, user) : group ? team(hub, group) : null };
  });
}

function rules(hub: Hub, row: Environment): unknown[] {
  const reviewers = reviewersView(hub, row);
  const rule = (number: number, type: string) => {
    const id = ruleId(row, number);
    return { id, node_id: nodeId("Environment", id), type };
  };
  return [
    ...(row.wait_timer > 0 ? [{ ...rule(1, "wait_timer"), wait_timer: row.wait_timer }] : []),
    ...(reviewers.length > 0
      ? [{ ...rule(2, "required_reviewers"), prevent_self_review: row.prevent_self_review, reviewers }]
      : []),
    ...(row.deployment_branch_policy ? [rule(3, "branch_policy")] : []),
  ];
}

/** `environment` */
export function environmentView(hub: Hub, repository: Repository, row: Environment) {
  const name = encodeURIComponent(row.name);
  return {
    id: row.id,
    node_id: nodeId("Environment", row.id),
    name: row.name,
    url: `${repositoryUrl(hub, repository)}/environments/${name}`,
    html_url: `${repositoryPage(hub, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: row.created_at,
    updated_at: row.updated_at,
    can_admins_bypass: row.can_admins_bypass,
    protection_rules: rules(hub, row),
    deployment_branch_policy: row.deployment_branch_policy,
  };
}
