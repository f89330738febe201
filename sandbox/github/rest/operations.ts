import type { Operations } from "../operation.ts";
import { accounts } from "./accounts.ts";
import { branches } from "./branches.ts";
import { branchPolicies } from "./branch-policies.ts";
import { checkRuns } from "./check-runs.ts";
import { collaborators } from "./collaborators.ts";
import { comments } from "./comments.ts";
import { contents } from "./contents.ts";
import { deployments } from "./deployments.ts";
import { downloads } from "./downloads.ts";
import { dispatches } from "./dispatches.ts";
import { environments } from "./environments.ts";
import { gitData } from "./git-data.ts";
import { issues } from "./issues.ts";
import { labels } from "./labels.ts";
import { meta } from "./meta.ts";
import { protections } from "./protection.ts";
import { pulls } from "./pulls.ts";
import { repositories } from "./repositories.ts";
import { reviews } from "./reviews.ts";
import { rulesets } from "./rulesets.ts";
import { runs } from "./runs.ts";
import { secrets } from "./secrets.ts";
import { security } from "./security.ts";
import { statuses } from "./statuses.ts";
import { variables } from "./variables.ts";
import { webhooks } from "./webhooks.ts";
import { workflows } from "./workflows.ts";

/** Every REST operation that is served, by GitHub's own `operationId`. */
export const operations: Operations = {
  ...meta,
  ...accounts,
  ...collaborators,
  ...repositories,
  ...branches,
  ...contents,
  ...gitData,
  ...protections,
  ...rulesets,
  ...environments,
  ...branchPolicies,
  ...secrets,
  ...variables,
  ...workflows,
  ...dispatches,
  ...runs,
  ...reviews,
  ...downloads,
  ...webhooks,
  ...labels,
  ...issues,
  ...comments,
  ...pulls,
  ...checkRuns,
  ...statuses,
  ...deployments,
  ...security,
};
