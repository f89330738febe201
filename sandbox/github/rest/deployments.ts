import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Deployment, DeploymentStatus } from "../rows/deployments.ts";
import type { Repository } from "../rows/repositories.ts";
import { latestChecks } from "../status-checks.ts";
import { userOrNull } from "../views/account.ts";
import { repositoryUrl } from "../views/repository.ts";

const text = optional(z.string());
const flag = optional(z.boolean());
const newDeployment = z.object({
  ref: z.string(),
  task: text,
  auto_merge: flag,
  required_contexts: optional(z.array(z.string())),
  payload: optional(z.union([z.record(z.string(), z.unknown()), z.string()])),
  environment: text,
  description: text,
  transient_environment: flag,
  production_environment: flag,
});
const newStatus = z.object({
  state: z.enum(["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]),
  target_url: text,
  log_url: text,
  description: text,
  environment: text,
  environment_url: text,
  auto_inactive: flag,
});
const path = "/repos/{owner}/{repo}/deployments" as const;

/** Deployments and what became of them. */
export const deployments: Operations = {
  "repos/list-deployments": {
    route: `GET ${path}`,
    needs: "deployments=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = hub.tables.deployments
        .list((one) => one.repository === repository.id)
        .filter((row) =>
          (["sha", "ref", "task", "environment"] as const).every((name) => call.accepts(name, row[name])),
        );
      return call.page(rows.toReversed(), (row) => view(hub, repository, row));
    },
  },

  "repos/create-deployment": {
    route: `POST ${path}`,
    needs: "deployments=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(newDeployment);
      const commit = hub.commit(repository, body.ref);
      if (!commit) throw new Refusal("validation-failed", { message: `No ref found for: ${body.ref}` });
      demandGreen(call, commit.sha, body.ref, body.required_contexts);
      const id = hub.nextId();
      const now = hub.now();
      const environment = body.environment ?? "production";
      const row: Deployment = {
        id,
        repository: repository.id,
        sha: commit.sha,
        ref: body.ref,
        task: body.task ?? "deploy",
        payload: body.payload ?? {},
        environment,
        description: body.description ?? null,
        transient_environment: body.transient_environment ?? false,
        production_environment: body.production_environment ?? environment === "production",
        creator: call.user.login,
        created_at: now,
        updated_at: now,
      };
      const deployment = view(hub, repository, hub.tables.deployments.put(id, row));
      emit(hub, repository, call.user, "deployment", { action: "created", deployment });
      return created(deployment);
    },
  },

  "repos/get-deployment": {
    route: `GET ${path}/{deployment_id}`,
    needs: "deployments=read",
    answer: (call) => ok(view(call.hub, call.repository, deploymentOf(call))),
  },

  "repos/delete-deployment": {
    route: `DELETE ${path}/{deployment_id}`,
    needs: "deployments=write",
    answer(call) {
      const { tables } = call.hub;
      const row = deploymentOf(call);
      const others = tables.deployments.list(
        (one) =>
          one.repository === row.repository && one.environment === row.environment && one.id !== row.id,
      );
      const active = statusesOf(call.hub, row).at(-1)?.state === "success";
      if (active && others.length > 0)
        throw new Refusal("validation-failed", {
          message:
            "We cannot delete an active deployment unless it is the only deployment in a given environment.",
        });
      tables.deployments.delete(row.id);
      return noContent;
    },
  },

  "repos/list-deployment-statuses": {
    route: `GET ${path}/{deployment_id}/statuses`,
    needs: "deployments=read",
    answer(call) {
      const { hub, repository } = call;
      return call.page(statusesOf(hub, deploymentOf(call)).toReversed(), (row) =>
        statusView(hub, repository, row),
      );
    },
  },

  "repos/create-deployment-status": {
    route: `POST ${path}/{deployment_id}/statuses`,
    needs: "deployments=write",
    async answer(call) {
      const { hub, repository } = call;
      const deployment = deploymentOf(call);
      const body = await call.body(newStatus);
      if ((body.auto_inactive ?? true) && body.state === "success") retire(call, deployment);
      const row = addStatus(call, deployment, {
        state: body.state,
        description: body.description ?? "",
        environment: body.environment ?? deployment.environment,
        environment_url: body.environment_url ?? "",
        log_url: body.log_url ?? body.target_url ?? "",
      });
      hub.tables.deployments.put(deployment.id, { ...deployment, updated_at: hub.now() });
      const deployment_status = statusView(hub, repository, row);
      emit(hub, repository, call.user, "deployment_status", {
        action: "created",
        deployment: view(hub, repository, deployment),
        deployment_status,
      });
      return created(deployment_status);
    },
  },

  "repos/get-deployment-status": {
    route: `GET ${path}/{deployment_id}/statuses/{status_id}`,
    needs: "deployments=read",
    answer(call) {
      const row = statusesOf(call.hub, deploymentOf(call)).find((one) => one.id === call.number("status_id"));
      if (!row) throw new Refusal("not-found");
      return ok(statusView(call.hub, call.repository, row));
    },
  },
};

function deploymentOf(call: Call): Deployment {
  const row = call.hub.tables.deployments.get(call.param("deployment_id"));
  if (row?.repository !== call.repository.id) throw new Refusal("not-found");
  return row;
}

const statusesOf = (hub: Hub, row: Deployment): DeploymentStatus[] =>
  hub.tables.deploymentStatuses.list((one) => one.deployment === row.id);

function addStatus(
  call: Call,
  deployment: Deployment,
  fields: Pick<DeploymentStatus, "state" | "description" | "environment" | "environment_url" | "log_url">,
): DeploymentStatus {
  const id = call.hub.nextId();
  return call.hub.tables.deploymentStatuses.put(id, {
    ...fields,
    id,
    deployment: deployment.id,
    creator: call.user.login,
    created_at: call.hub.now(),
  });
}

// The checks named, or every check that the commit has, must have passed; an empty list asks for none.
function demandGreen(call: Call, sha: string, ref: string, contexts: string[] | undefined): void {
  const checks = latestChecks(call.hub, call.repository, sha);
  const missing = (contexts ?? [...checks.keys()]).filter((context) => checks.get(context) !== "success");
  if (missing.length > 0)
    throw new Refusal("conflict", { message: `Conflict: Commit status checks failed for ${ref}.` });
}

// https://docs.github.com/rest/deployments/deployments#inactive-deployments
function retire(call: Call, latest: Deployment): void {
  const earlier = call.hub.tables.deployments.list(
    (one) =>
      one.repository === latest.repository &&
      one.environment === latest.environment &&
      one.id < latest.id &&
      !one.transient_environment &&
      !one.production_environment,
  );
  for (const row of earlier)
    if (statusesOf(call.hub, row).at(-1)?.state === "success")
      addStatus(call, row, {
        state: "inactive",
        description: "",
        environment: row.environment,
        environment_url: "",
        log_url: "",
      });
}

function view(hub: Hub, repository: Repository, row: Deployment) {
  const url = `${repositoryUrl(hub, repository)}/deployments/${row.id}`;
  const { repository: _repository, creator, ...fields } = row;
  return {
    ...fields,
    url,
    node_id: nodeId("Deployment", row.id),
    original_environment: row.environment,
    creator: userOrNull(hub, creator),
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(hub, repository),
    performed_via_github_app: null,
  };
}

function statusView(hub: Hub, repository: Repository, row: DeploymentStatus) {
  const deployment_url = `${repositoryUrl(hub, repository)}/deployments/${row.deployment}`;
  const { deployment: _deployment, creator, ...fields } = row;
  return {
    ...fields,
    url: `${deployment_url}/statuses/${row.id}`,
    node_id: nodeId("DeploymentStatus", row.id),
    creator: userOrNull(hub, creator),
    target_url: row.log_url,
    updated_at: row.created_at,
    deployment_url,
    repository_url: repositoryUrl(hub, repository),
    performed_via_github_app: null,
  };
}
