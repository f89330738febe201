import { type Hub, same } from "../hub.ts";
import { matchesPattern } from "../patterns.ts";
import type { Environment } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import type { WorkflowRun } from "../rows/runs.ts";

/** The environment of a name, made without any protection where there is none, as GitHub does when a job first names it. */
export function environmentFor(hub: Hub, repository: Repository, name: string): Environment {
  const known = hub.tables.environments.find(
    (one) => one.repository === repository.id && same(one.name, name),
  );
  if (known) return known;
  const id = hub.nextId();
  return hub.tables.environments.put(id, {
    id,
    repository: repository.id,
    name,
    wait_timer: 0,
    prevent_self_review: false,
    can_admins_bypass: true,
    reviewers: [],
    deployment_branch_policy: null,
    created_at: hub.now(),
    updated_at: hub.now(),
  });
}

/** Why a run may not deploy there at all; undefined when it may. */
export function barred(hub: Hub, environment: Environment, run: WorkflowRun): string | undefined {
  const policy = environment.deployment_branch_policy;
  if (!policy?.custom_branch_policies) return undefined;
  const kind = run.ref.startsWith("refs/tags/") ? "tag" : "branch";
  const allowed = hub.tables.branchPolicies.list(
    (one) => one.environment === environment.id && one.type === kind,
  );
  if (run.ref.startsWith("refs/pull/") || !allowed.some(({ name }) => matchesPattern(name, run.head_branch)))
    return `Branch "${run.head_branch}" is not allowed to deploy to ${environment.name} due to environment protection rules.`;
  return undefined;
}

/** Whether a person must agree first. Without Enterprise a private repository's reviewers count for nothing. */
export const needsReview = (hub: Hub, repository: Repository, environment: Environment): boolean =>
  environment.reviewers.length > 0 && hub.planFor(repository) === "enterprise";

/** Whether this user is among those who may agree. */
export function mayReview(hub: Hub, environment: Environment, login: string, run: WorkflowRun): boolean {
  if (environment.prevent_self_review && run.triggering_actor === login) return false;
  return environment.reviewers.some(({ type, id }) =>
    type === "User"
      ? hub.tables.owners.get(id)?.login === login
      : (hub.tables.teams.get(id)?.members.includes(login) ?? false),
  );
}
