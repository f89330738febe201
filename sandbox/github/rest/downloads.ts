import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { zip } from "../actions/zip.ts";
import type { Call } from "../call.ts";
import { noContent, ok, type Answer, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Artifact, WorkflowJob, WorkflowRun } from "../rows/runs.ts";
import { artifactView } from "../views/run.ts";
import { jobOf, jobsOf, runOf } from "./runs.ts";

const actions = "/repos/{owner}/{repo}/actions" as const;

/** Logs and artifacts. GitHub answers with an address that is good for a minute, and so does this. */
export const downloads: Operations = {
  "actions/download-job-logs-for-workflow-run": {
    route: `GET ${actions}/jobs/{job_id}/logs`,
    needs: "actions=read",
    answer(call) {
      const { run, job } = jobOf(call);
      return found(call, Buffer.from(logOf(call, run, job)), "text/plain; charset=utf-8");
    },
  },

  "actions/download-workflow-run-logs": {
    route: `GET ${actions}/runs/{run_id}/logs`,
    needs: "actions=read",
    answer(call) {
      const run = runOf(call);
      return logsOf(call, run, run.run_attempt);
    },
  },

  "actions/download-workflow-run-attempt-logs": {
    route: `GET ${actions}/runs/{run_id}/attempts/{attempt_number}/logs`,
    needs: "actions=read",
    answer: (call) => logsOf(call, runOf(call), call.number("attempt_number")),
  },

  "actions/list-artifacts-for-repo": {
    route: `GET ${actions}/artifacts`,
    needs: "actions=read",
    answer: (call) => artifacts(call, () => true),
  },

  "actions/list-workflow-run-artifacts": {
    route: `GET ${actions}/runs/{run_id}/artifacts`,
    needs: "actions=read",
    answer(call) {
      const { id } = runOf(call);
      return artifacts(call, ({ run }) => run === id);
    },
  },

  "actions/get-artifact": {
    route: `GET ${actions}/artifacts/{artifact_id}`,
    needs: "actions=read",
    answer: (call) => ok(artifactView(call.hub, call.repository, artifactOf(call))),
  },

  "actions/delete-artifact": {
    route: `DELETE ${actions}/artifacts/{artifact_id}`,
    needs: "actions=write",
    answer(call) {
      call.hub.tables.artifacts.delete(artifactOf(call).id);
      return noContent;
    },
  },

  "actions/download-artifact": {
    route: `GET ${actions}/artifacts/{artifact_id}/{archive_format}`,
    needs: "actions=read",
    answer(call) {
      const artifact = artifactOf(call);
      const folder = call.hub.options.runner?.artifactsOf(artifact.run);
      if (folder === undefined || call.param("archive_format") !== "zip") throw new Refusal("not-found");
      return found(call, zip(filesBelow(join(folder, artifact.name))), "application/zip");
    },
  },
};

function found(call: Call, bytes: Buffer, type: string): Answer {
  const path = call.hub.options.runner?.downloads.offer(bytes, type);
  if (path === undefined) throw new Refusal("not-found");
  return { status: 302, headers: { Location: call.hub.html(path) } };
}

function logOf(call: Call, run: WorkflowRun, job: WorkflowJob): string {
  const file = call.hub.options.runner?.logFile(run.id, job.attempt, job.id);
  return file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
}

function logsOf(call: Call, run: WorkflowRun, attempt: number): Answer {
  const jobs = jobsOf(call, run, attempt);
  const files = jobs.map((job, index) => [
    `${index}_${job.name.replaceAll(/[/\\:*?"<>|]/g, "_")}.txt`,
    Buffer.from(logOf(call, run, job)),
  ]);
  return found(call, zip(Object.fromEntries(files) as Record<string, Buffer>), "application/zip");
}

function artifacts(call: Call, accept: (artifact: Artifact) => boolean) {
  const { hub, repository } = call;
  const rows = hub.tables.artifacts
    .list((one) => one.repository === repository.id && accept(one))
    .filter(({ name }) => call.accepts("name", name))
    .toReversed();
  return call.page(
    rows,
    (row) => artifactView(hub, repository, row),
    (page) => ({ total_count: rows.length, artifacts: page }),
  );
}

function artifactOf(call: Call): Artifact {
  const artifact = call.hub.tables.artifacts.get(call.param("artifact_id"));
  if (artifact?.repository !== call.repository.id) throw new Refusal("not-found");
  return artifact;
}

function filesBelow(folder: string, place = ""): Record<string, Buffer> {
  const entries = readdirSync(folder, { withFileTypes: true });
  return Object.assign(
    {},
    ...entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory()
        ? filesBelow(path, `${place}${entry.name}/`)
        : { [`${place}${entry.name}`]: readFileSync(path) };
    }),
  ) as Record<string, Buffer>;
}
