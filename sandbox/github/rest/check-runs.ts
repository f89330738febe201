import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import { nodeId } from "../node-id.ts";
import { created, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { CheckRun } from "../rows/deployments.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";
import { commitOf } from "./statuses.ts";

const text = optional(z.string());
const fields = {
  details_url: text,
  external_id: text,
  status: optional(z.enum(["queued", "in_progress", "completed", "waiting", "requested", "pending"])),
  conclusion: optional(
    z.enum([
      "action_required",
      "cancelled",
      "failure",
      "neutral",
      "success",
      "skipped",
      "stale",
      "timed_out",
    ]),
  ),
  started_at: text,
  completed_at: text,
  output: optional(z.object({ title: text, summary: text, text })),
};
const newRun = z.object({ ...fields, name: z.string(), head_sha: z.string() });
const changes = z.object({ ...fields, name: text });

/** Check runs. Only apps write them; a workflow's own token is one. */
export const checkRuns: Operations = {
  "checks/create": {
    route: "POST /repos/{owner}/{repo}/check-runs",
    needs: "checks=write",
    async answer(call) {
      demandApp(call);
      const { hub, repository } = call;
      const { head_sha, ...body } = await call.body(newRun);
      const id = hub.nextId();
      const blank: CheckRun = {
        id,
        repository: repository.id,
        name: body.name,
        head_sha: commitOf(call, head_sha).sha,
        status: "queued",
        conclusion: null,
        external_id: "",
        details_url: null,
        output: { title: null, summary: null, text: null },
        started_at: hub.now(),
        completed_at: null,
      };
      return created(keep(call, blank, body, "created"));
    },
  },

  "checks/get": {
    route: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: "checks=read",
    answer: (call) => ok(view(call, runOf(call))),
  },

  "checks/update": {
    route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: "checks=write",
    async answer(call) {
      demandApp(call);
      const row = runOf(call);
      return ok(keep(call, row, await call.body(changes), "completed"));
    },
  },

  "checks/list-for-ref": {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    needs: "checks=read",
    answer(call) {
      const { hub, repository } = call;
      const { sha } = commitOf(call, call.param("ref"));
      const rows = hub.tables.checkRuns
        .list((one) => one.repository === repository.id && one.head_sha === sha)
        .filter((row) => call.accepts("check_name", row.name) && call.accepts("status", row.status));
      return call.page(
        rows.toReversed(),
        (row) => view(call, row),
        (page) => ({ total_count: rows.length, check_runs: page }),
      );
    },
  },
};

function demandApp(call: Call): void {
  if (call.actor.token?.kind !== "app") throw new Refusal("app-only");
}

function runOf(call: Call): CheckRun {
  const row = call.hub.tables.checkRuns.get(call.param("check_run_id"));
  if (row?.repository !== call.repository.id) throw new Refusal("not-found");
  return row;
}

function keep(call: Call, before: CheckRun, body: z.infer<typeof changes>, action: string) {
  const { output, name, ...rest } = body;
  const row: CheckRun = {
    ...before,
    ...given({ name }),
    ...given(rest),
    ...(output && {
      output: { title: output.title ?? null, summary: output.summary ?? null, text: output.text ?? null },
    }),
  };
  // A conclusion completes the run, whatever status was said with it.
  if (body.conclusion) {
    row.status = "completed";
    row.completed_at = body.completed_at ?? call.hub.now();
  }
  call.hub.tables.checkRuns.put(row.id, row);
  const check_run = view(call, row);
  if (action === "created" || row.status === "completed")
    emit(call.hub, call.repository, call.user, "check_run", { action, check_run });
  return check_run;
}

function view(call: Call, row: CheckRun) {
  const url = `${repositoryUrl(call.hub, call.repository)}/check-runs/${row.id}`;
  const { repository: _repository, ...fields } = row;
  return {
    ...fields,
    node_id: nodeId("CheckRun", row.id),
    url,
    html_url: `${repositoryPage(call.hub, call.repository)}/runs/${row.id}`,
    output: { ...row.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}
