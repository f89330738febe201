import type { Call } from "../call.ts";
import { Refusal } from "../refusals.ts";
import type { Scope } from "../rows/actions.ts";
import { environmentOf } from "./environments.ts";

/** Secrets and variables belong to a repository or to one of its environments, and are served alike in both places. */
export interface Place {
  /** As the operations' ids say it. */
  noun: "repo" | "environment";
  path: `/repos/${string}`;
  /** The fine-grained permission, where it is not the thing's own. */
  permission?: "environments";
  scope: (call: Call) => Scope;
}

export const inRepository: Place = {
  noun: "repo",
  path: "/repos/{owner}/{repo}/actions",
  scope: (call) => ({ repository: call.repository.id, environment: 0 }),
};

export const inEnvironment: Place = {
  noun: "environment",
  path: "/repos/{owner}/{repo}/environments/{environment_name}",
  permission: "environments",
  scope: (call) => ({ repository: call.repository.id, environment: environmentOf(call).id }),
};

export const isIn =
  (scope: Scope) =>
  (row: Scope): boolean =>
    row.repository === scope.repository && row.environment === scope.environment;

/** The name as GitHub keeps it. @throws Refusal 422 for one that it does not allow */
export function allowedName(kind: "Secret" | "Variable", name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/i.test(name))
    throw new Refusal("validation-failed", {
      message: `${kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`,
    });
  if (/^github_/i.test(name))
    throw new Refusal("validation-failed", { message: `${kind} names must not start with GITHUB_.` });
  return name.toUpperCase();
}
