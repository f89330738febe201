import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import { created, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { CommitStatus } from "../rows/deployments.ts";
import type { Commit, Repository } from "../rows/repositories.ts";
import { latestStatuses } from "../status-checks.ts";
import { userOrNull } from "../views/account.ts";
import { commitUrls, commitView } from "../views/commit.ts";
import { repositoryUrl, repositoryView } from "../views/repository.ts";

const text = optional(z.string());
const newStatus = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: text,
  description: text,
  context: text,
});

/** Statuses of commits, the older kind of check. */
export const statuses: Operations = {
  "repos/create-commit-status": {
    route: "POST /repos/{owner}/{repo}/statuses/{sha}",
    needs: "statuses=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(newStatus);
      const { sha } = commitOf(call, call.param("sha"));
      const id = hub.nextId();
      const row: CommitStatus = {
        id,
        repository: repository.id,
        sha,
        state: body.state,
        context: body.context ?? "default",
        description: body.description ?? null,
        target_url: body.target_url ?? null,
        creator: call.user.login,
        created_at: hub.now(),
      };
      hub.tables.commitStatuses.put(id, row);
      const { state, context, description, target_url } = row;
      emit(hub, repository, call.user, "status", { id, sha, state, context, description, target_url });
      return created(view(hub, repository, row));
    },
  },

  "repos/list-commit-statuses-for-ref": {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
    needs: "statuses=read",
    answer(call) {
      const { hub, repository } = call;
      const { sha } = commitOf(call, call.param("ref"));
      const rows = hub.tables.commitStatuses.list(
        (one) => one.repository === repository.id && one.sha === sha,
      );
      return call.page(rows.toReversed(), (row) => view(hub, repository, row));
    },
  },

  "repos/get-combined-status-for-ref": {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/status",
    needs: "statuses=read",
    answer(call) {
      const { hub, repository } = call;
      const { sha } = commitOf(call, call.param("ref"));
      const rows = latestStatuses(hub, repository, sha);
      const commit = commitUrls(hub, repository, sha).url;
      return call.page(
        rows,
        (row) => view(hub, repository, row),
        (page) => ({
          state: combined(rows),
          statuses: page,
          sha,
          total_count: rows.length,
          repository: repositoryView(hub, repository),
          commit_url: commit,
          url: `${commit}/status`,
        }),
      );
    },
  },

  "repos/get-commit": {
    route: "GET /repos/{owner}/{repo}/commits/{ref}",
    needs: "contents=read",
    answer: (call) => ok(commitView(call.hub, call.repository, commitOf(call, call.param("ref")))),
  },
};

/** The commit of a path's ref. @throws Refusal 422, as GitHub does for an unknown SHA */
export function commitOf(call: Call, ref: string): Commit {
  const commit = call.hub.commit(call.repository, ref);
  if (!commit) throw new Refusal("no-commit", { message: `No commit found for SHA: ${ref}` });
  return commit;
}

function combined(rows: readonly CommitStatus[]): string {
  if (rows.some((row) => row.state === "error" || row.state === "failure")) return "failure";
  return rows.length === 0 || rows.some((row) => row.state === "pending") ? "pending" : "success";
}

const view = (hub: Hub, repository: Repository, row: CommitStatus) => ({
  url: `${repositoryUrl(hub, repository)}/statuses/${row.sha}`,
  avatar_url: null,
  id: row.id,
  node_id: nodeId("StatusContext", row.id),
  state: row.state,
  description: row.description,
  target_url: row.target_url,
  context: row.context,
  created_at: row.created_at,
  updated_at: row.created_at,
  creator: userOrNull(hub, row.creator),
});
