import { workflowRow } from "../actions/new-run.ts";
import { isWorkflowPath, readWorkflow } from "../actions/workflow-file.ts";
import type { Call } from "../call.ts";
import { nodeId } from "../node-id.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Workflow } from "../rows/actions.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";

/** Workflows are the files of the default branch; each keeps its number while its path stays. */
export const workflows: Operations = {
  "actions/list-repo-workflows": {
    route: "GET /repos/{owner}/{repo}/actions/workflows",
    needs: "actions=read",
    answer(call) {
      const rows = workflowsOf(call);
      return call.page(
        rows,
        (row) => view(call, row),
        (page) => ({ total_count: rows.length, workflows: page }),
      );
    },
  },

  "actions/get-workflow": {
    route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}",
    needs: "actions=read",
    answer: (call) => ok(view(call, workflowOf(call))),
  },

  "actions/disable-workflow": {
    route: "PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable",
    needs: "actions=write",
    answer: (call) => turn(call, "disabled_manually"),
  },

  "actions/enable-workflow": {
    route: "PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable",
    needs: "actions=write",
    answer: (call) => turn(call, "active"),
  },
};

function filesOf(call: Call): Record<string, string> {
  return call.hub.commit(call.repository, call.repository.default_branch)?.files ?? {};
}

const workflowsOf = (call: Call): Workflow[] =>
  Object.keys(filesOf(call))
    .filter(isWorkflowPath)
    .map((path) => workflowRow(call.hub, call.repository, path));

/** The workflow of the path, by its number or its file's name. @throws Refusal 404 */
export function workflowOf(call: Call): Workflow {
  const wanted = call.param("workflow_id");
  const row = workflowsOf(call).find(
    (one) => String(one.id) === wanted || one.path === `.github/workflows/${wanted}`,
  );
  if (!row) throw new Refusal("not-found");
  return row;
}

function turn(call: Call, state: Workflow["state"]) {
  const row = workflowOf(call);
  call.hub.tables.workflows.put(row.id, { ...row, state });
  return noContent;
}

function view(call: Call, row: Workflow) {
  const { hub, repository } = call;
  const page = repositoryPage(hub, repository);
  return {
    id: row.id,
    node_id: nodeId("Workflow", row.id),
    name: nameOf(row.path, filesOf(call)[row.path] ?? ""),
    path: row.path,
    state: row.state,
    created_at: row.created_at,
    updated_at: row.created_at,
    url: `${repositoryUrl(hub, repository)}/actions/workflows/${row.id}`,
    html_url: `${page}/blob/${repository.default_branch}/${row.path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(row.path)}/badge.svg`,
  };
}

/** A workflow's own name, or its path when it has none, as GitHub shows it. */
function nameOf(path: string, text: string): string {
  const { name } = readWorkflow(text);
  return typeof name === "string" && name !== "" ? name : path;
}
