import type { Call } from "../call.ts";
import { accepted, created, noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { WorkflowJob, WorkflowRun } from "../rows/runs.ts";
import { jobView, runView } from "../views/run.ts";
import { workflowOf } from "./workflows.ts";

const path = "/repos/{owner}/{repo}/actions/runs" as const;
const one = `${path}/{run_id}` as const;

/** Runs of workflows and their jobs. Their logs and artifacts are in downloads.ts, who must agree to them in reviews.ts. */
export const runs: Operations = {
  "actions/list-workflow-runs-for-repo": {
    route: `GET ${path}`,
    needs: "actions=read",
    answer: (call) => listed(call, () => true),
  },

  "actions/list-workflow-runs": {
    route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    needs: "actions=read",
    answer(call) {
      const { id } = workflowOf(call);
      return listed(call, (run) => run.workflow === id);
    },
  },

  "actions/get-workflow-run": {
    route: `GET ${one}`,
    needs: "actions=read",
    answer: (call) => ok(runView(call.hub, call.repository, runOf(call))),
  },

  "actions/delete-workflow-run": {
    route: `DELETE ${one}`,
    needs: "actions=write",
    answer(call) {
      const run = runOf(call);
      if (run.status !== "completed")
        throw new Refusal("conflict", { message: "The run has not completed." });
      const { tables } = call.hub;
      tables.runs.delete(run.id);
      for (const table of [tables.jobs, tables.artifacts, tables.approvals])
        for (const row of table.list((row) => row.run === run.id)) table.delete(row.id);
      return noContent;
    },
  },

  "actions/cancel-workflow-run": {
    route: `POST ${one}/cancel`,
    needs: "actions=write",
    answer: cancel,
  },

  "actions/force-cancel-workflow-run": {
    route: `POST ${one}/force-cancel`,
    needs: "actions=write",
    answer: cancel,
  },

  "actions/re-run-workflow": {
    route: `POST ${one}/rerun`,
    needs: "actions=write",
    answer: (call) => again(call, false),
  },

  "actions/re-run-workflow-failed-jobs": {
    route: `POST ${one}/rerun-failed-jobs`,
    needs: "actions=write",
    answer: (call) => again(call, true),
  },

  "actions/list-jobs-for-workflow-run": {
    route: `GET ${one}/jobs`,
    needs: "actions=read",
    answer(call) {
      const run = runOf(call);
      return jobsPage(call, run, call.query("filter") === "all" ? undefined : run.run_attempt);
    },
  },

  "actions/list-jobs-for-workflow-run-attempt": {
    route: `GET ${one}/attempts/{attempt_number}/jobs`,
    needs: "actions=read",
    answer: (call) => jobsPage(call, runOf(call), call.number("attempt_number")),
  },

  "actions/get-job-for-workflow-run": {
    route: "GET /repos/{owner}/{repo}/actions/jobs/{job_id}",
    needs: "actions=read",
    answer(call) {
      const { run, job } = jobOf(call);
      return ok(jobView(call.hub, call.repository, run, job));
    },
  },
};

function listed(call: Call, accept: (run: WorkflowRun) => boolean) {
  const { hub, repository } = call;
  const status = call.query("status");
  const sha = call.query("head_sha");
  const rows = hub.tables.runs
    .list((run) => run.repository === repository.id && accept(run))
    .filter(
      (run) =>
        call.accepts("event", run.event) &&
        call.accepts("branch", run.head_branch) &&
        call.accepts("actor", run.actor),
    )
    .filter((run) => status === undefined || run.status === status || run.conclusion === status)
    .filter((run) => sha === undefined || run.head_sha === sha)
    .toReversed();
  return call.page(
    rows,
    (row) => runView(hub, repository, row),
    (page) => ({ total_count: rows.length, workflow_runs: page }),
  );
}

/** The run of the path. @throws Refusal 404 */
export function runOf(call: Call): WorkflowRun {
  const run = call.hub.tables.runs.get(call.param("run_id"));
  if (run?.repository !== call.repository.id) throw new Refusal("not-found");
  return run;
}

/** The job of the path, and its run. @throws Refusal 404 */
export function jobOf(call: Call): { run: WorkflowRun; job: WorkflowJob } {
  const { tables } = call.hub;
  const job = tables.jobs.get(call.param("job_id"));
  const run = job && tables.runs.get(job.run);
  if (!job || run?.repository !== call.repository.id) throw new Refusal("not-found");
  return { run, job };
}

/** The jobs of a run, in the order in which they were known. */
export const jobsOf = (call: Call, run: WorkflowRun, attempt: number | undefined): WorkflowJob[] =>
  call.hub.tables.jobs.list(
    (job) => job.run === run.id && (attempt === undefined || job.attempt === attempt),
  );

function jobsPage(call: Call, run: WorkflowRun, attempt: number | undefined) {
  const rows = jobsOf(call, run, attempt);
  return call.page(
    rows,
    (row) => jobView(call.hub, call.repository, run, row),
    (page) => ({ total_count: rows.length, jobs: page }),
  );
}

function cancel(call: Call) {
  const run = runOf(call);
  if (run.status === "completed" || call.hub.options.runner?.cancel(run) !== true)
    throw new Refusal("conflict", { message: "Cannot cancel a workflow run that is completed." });
  return accepted({});
}

function again(call: Call, failedOnly: boolean) {
  const run = runOf(call);
  if (run.status !== "completed")
    throw new Refusal("conflict", { message: "This workflow is already running" });
  call.hub.options.runner?.again(run, call.user.login, failedOnly);
  return created({});
}
