import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import { addCommit, findRef, moveRef } from "../git.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Issue } from "../rows/issues.ts";
import type { Commit } from "../rows/repositories.ts";
import { blobUrls, changedPaths } from "../views/files.ts";
import { pullDetails, pullView, type PullRow } from "../views/pull.ts";
import { addIssue, stateChange } from "./issues.ts";

const flag = optional(z.boolean());
const text = optional(z.string());
const newPull = z.object({ title: text, body: text, head: z.string(), base: z.string(), draft: flag });
const changes = z.object({
  title: text,
  body: text,
  base: text,
  state: optional(z.enum(["open", "closed"])),
});

/** Pull requests between branches of one repository, as far as previews, findings and merges need them. */
export const pulls: Operations = {
  "pulls/list": {
    route: "GET /repos/{owner}/{repo}/pulls",
    needs: "pull_requests=read",
    answer(call) {
      const { hub, repository } = call;
      const state = call.query("state") ?? "open";
      const head = call.query("head")?.split(":").at(-1);
      const rows = hub.tables.issues
        .list((one) => one.repository === repository.id && (state === "all" || one.state === state))
        .filter(isPull)
        .filter(
          (row) => call.accepts("base", row.pull.base) && (head === undefined || head === row.pull.head),
        );
      return call.page(rows.toReversed(), (row) => pullView(hub, repository, row));
    },
  },

  "pulls/create": {
    route: "POST /repos/{owner}/{repo}/pulls",
    needs: "pull_requests=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(newPull);
      if (!body.title) throw invalid("PullRequest", "title", "missing_field");
      const head = body.head.split(":").at(-1) ?? "";
      for (const [field, branch] of Object.entries({ head, base: body.base }))
        if (!findRef(hub, repository, `refs/heads/${branch}`)) throw invalid("PullRequest", field, "invalid");
      const twin = hub.tables.issues.find(
        (one) => one.repository === repository.id && one.state === "open" && one.pull?.head === head,
      );
      if (twin) {
        const message = `A pull request already exists for ${repository.owner}:${head}.`;
        const fault = { resource: "PullRequest", code: "custom", field: "", message } as const;
        throw new Refusal("validation-failed", { errors: [fault] });
      }
      const pull = {
        head,
        base: body.base,
        draft: body.draft ?? false,
        merged_at: null,
        merge_commit_sha: null,
      };
      const row = addIssue(call, {
        title: body.title,
        body: body.body ?? null,
        labels: [],
        assignees: [],
        pull,
      });
      return created(tell(call, { ...row, pull }, "opened"));
    },
  },

  "pulls/get": {
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    needs: "pull_requests=read",
    answer: (call) => ok(pullDetails(call.hub, call.repository, pullOf(call))),
  },

  "pulls/update": {
    route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
    needs: "pull_requests=write",
    async answer(call) {
      const row = pullOf(call);
      const { base, state, ...body } = await call.body(changes);
      const changed: PullRow = {
        ...row,
        ...given(body),
        ...stateChange(call, row, state),
        pull: { ...row.pull, ...given({ base }) },
        updated_at: call.hub.now(),
      };
      call.hub.tables.issues.put(row.id, changed);
      const action =
        changed.state === row.state ? "edited" : changed.state === "closed" ? "closed" : "reopened";
      return ok(tell(call, changed, action));
    },
  },

  "pulls/list-files": {
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
    needs: "pull_requests=read",
    answer(call) {
      const { hub, repository } = call;
      const { head, base } = ends(call, pullOf(call));
      return call.page(changedPaths(base.files, head.files), ({ path, status, text: content }) => ({
        ...blobUrls(hub, repository, path, content, head.sha),
        filename: path,
        status,
        additions: 0,
        deletions: 0,
        changes: 0,
      }));
    },
  },

  "pulls/check-if-merged": {
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/merge",
    needs: "pull_requests=read",
    answer(call) {
      if (pullOf(call).pull.merged_at === null) throw new Refusal("not-found");
      return noContent;
    },
  },

  "pulls/merge": {
    route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const row = pullOf(call);
      const body = await call.body(z.object({ commit_title: text, sha: text }));
      if (row.state === "closed") throw new Refusal("not-mergeable");
      const { head, base } = ends(call, row);
      if (body.sha !== undefined && body.sha !== head.sha)
        throw new Refusal("conflict", {
          message: "Head branch was modified. Review and try the merge again.",
        });
      const commit = addCommit(hub, repository, {
        message:
          body.commit_title ?? `Merge pull request #${row.number} from ${repository.owner}/${row.pull.head}`,
        author: call.user.login,
        files: head.files,
        parents: [base.sha, head.sha],
      });
      moveRef(hub, repository, call.user.login, `refs/heads/${row.pull.base}`, commit.sha);
      const merged: PullRow = {
        ...row,
        ...stateChange(call, row, "closed"),
        pull: { ...row.pull, merged_at: hub.now(), merge_commit_sha: commit.sha },
      };
      hub.tables.issues.put(row.id, merged);
      tell(call, merged, "closed");
      return ok({ sha: commit.sha, merged: true, message: "Pull Request successfully merged" });
    },
  },
};

const isPull = (row: Issue): row is PullRow => row.pull !== undefined;

function pullOf(call: Call): PullRow {
  const number = call.number("pull_number");
  const row = call.hub.tables.issues.find(
    (one) => one.repository === call.repository.id && one.number === number,
  );
  if (!row || !isPull(row)) throw new Refusal("not-found");
  return row;
}

function ends(call: Call, row: PullRow): { head: Commit; base: Commit } {
  const head = call.hub.commit(call.repository, `refs/heads/${row.pull.head}`);
  const base = call.hub.commit(call.repository, `refs/heads/${row.pull.base}`);
  if (!head || !base) throw new Refusal("not-mergeable");
  return { head, base };
}

function tell(call: Call, row: PullRow, action: string) {
  const pull_request = pullDetails(call.hub, call.repository, row);
  emit(call.hub, call.repository, call.user, "pull_request", { action, number: row.number, pull_request });
  return pull_request;
}
