import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Repository } from "../rows/repositories.ts";
import type { Artifact, WorkflowJob, WorkflowRun } from "../rows/runs.ts";
import { email, simpleUser } from "./account.ts";
import { repositoryPage, repositoryUrl, repositoryView } from "./repository.ts";

/** `workflow-run` */
export function runView(hub: Hub, repository: Repository, run: WorkflowRun) {
  const root = repositoryUrl(hub, repository);
  const url = `${root}/actions/runs/${run.id}`;
  const commit = hub.commit(repository, run.head_sha);
  const person = commit && { name: commit.author, email: email(commit.author) };
  const view = repositoryView(hub, repository);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.head_branch,
    head_sha: run.head_sha,
    path: run.path,
    display_title: run.display_title,
    run_number: run.run_number,
    run_attempt: run.run_attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow,
    check_suite_id: run.id,
    check_suite_node_id: nodeId("CheckSuite", run.id),
    url,
    html_url: `${repositoryPage(hub, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.created_at,
    updated_at: run.updated_at,
    run_started_at: run.run_started_at,
    actor: simpleUser(hub, hub.account(run.actor)),
    triggering_actor: simpleUser(hub, hub.account(run.triggering_actor)),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${root}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.run_attempt > 1 ? `${url}/attempts/${run.run_attempt - 1}` : null,
    workflow_url: `${root}/actions/workflows/${run.workflow}`,
    head_commit: commit
      ? {
          id: commit.sha,
          tree_id: commit.sha,
          message: commit.message,
          timestamp: commit.date,
          author: person,
          committer: person,
        }
      : null,
    repository: view,
    head_repository: view,
  };
}

/** `job` */
export function jobView(hub: Hub, repository: Repository, run: WorkflowRun, job: WorkflowJob) {
  const root = repositoryUrl(hub, repository);
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${root}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId("CheckRun", job.id),
    head_sha: run.head_sha,
    head_branch: run.head_branch,
    workflow_name: run.name,
    url: `${root}/actions/jobs/${job.id}`,
    html_url: `${repositoryPage(hub, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.created_at,
    started_at: job.started_at,
    completed_at: job.completed_at,
    name: job.name,
    steps: job.steps,
    check_run_url: `${root}/check-runs/${job.id}`,
    labels: job.labels,
    runner_id: job.steps.length > 0 ? 1 : null,
    runner_name: job.steps.length > 0 ? "sandbox" : null,
    runner_group_id: job.steps.length > 0 ? 1 : null,
    runner_group_name: job.steps.length > 0 ? "Default" : null,
  };
}

/** `artifact` */
export function artifactView(hub: Hub, repository: Repository, artifact: Artifact) {
  const url = `${repositoryUrl(hub, repository)}/actions/artifacts/${artifact.id}`;
  const run = hub.tables.runs.get(artifact.run);
  const { id, name, size_in_bytes, created_at } = artifact;
  return {
    id,
    node_id: nodeId("Artifact", id),
    name,
    size_in_bytes,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at,
    updated_at: created_at,
    expires_at: null,
    workflow_run: run
      ? {
          id: run.id,
          repository_id: run.repository,
          head_repository_id: run.repository,
          head_branch: run.head_branch,
          head_sha: run.head_sha,
        }
      : null,
  };
}
