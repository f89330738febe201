import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Comment, Issue } from "../rows/issues.ts";
import { commentView, issueView } from "../views/issue.ts";
import { issueOf } from "./issues.ts";

// GitHub refuses what is longer: "body is too long (maximum is 65536 characters)".
const text = z.object({ body: z.string() });
const longest = 65_536;

/** Comments on issues and pull requests: the platform's findings are one comment, edited in place. */
export const comments: Operations = {
  "issues/list-comments": {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: "issues=read",
    answer(call) {
      const issue = issueOf(call);
      const rows = call.hub.tables.comments.list((one) => one.issue === issue.id);
      return call.page(rows, (row) => commentView(call.hub, call.repository, issue, row));
    },
  },

  "issues/create-comment": {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: "issues=write",
    async answer(call) {
      const { hub } = call;
      const issue = issueOf(call);
      const body = await bodyOf(call);
      const id = hub.nextId();
      const now = hub.now();
      const row = { id, issue: issue.id, user: call.user.login, body, created_at: now, updated_at: now };
      return created(tell(call, issue, hub.tables.comments.put(id, row), "created"));
    },
  },

  "issues/get-comment": {
    route: "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: "issues=read",
    answer(call) {
      const { issue, comment } = commentOf(call);
      return ok(commentView(call.hub, call.repository, issue, comment));
    },
  },

  "issues/update-comment": {
    route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: "issues=write",
    async answer(call) {
      const { issue, comment } = commentOf(call);
      const body = await bodyOf(call);
      const changed = { ...comment, body, updated_at: call.hub.now() };
      return ok(tell(call, issue, call.hub.tables.comments.put(comment.id, changed), "edited"));
    },
  },

  "issues/delete-comment": {
    route: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: "issues=write",
    answer(call) {
      const { issue, comment } = commentOf(call);
      call.hub.tables.comments.delete(comment.id);
      tell(call, issue, comment, "deleted");
      return noContent;
    },
  },
};

async function bodyOf(call: Call): Promise<string> {
  const { body } = await call.body(text);
  const message =
    body.trim() === "" ? "body can't be blank" : `body is too long (maximum is ${longest} characters)`;
  if (body.trim() === "" || body.length > longest)
    throw new Refusal("validation-failed", {
      errors: [{ resource: "IssueComment", code: "unprocessable", field: "data", message }],
    });
  return body;
}

function commentOf(call: Call): { issue: Issue; comment: Comment } {
  const comment = call.hub.tables.comments.get(call.param("comment_id"));
  const issue = comment && call.hub.tables.issues.get(comment.issue);
  if (!comment || issue?.repository !== call.repository.id) throw new Refusal("not-found");
  return { issue, comment };
}

function tell(call: Call, issue: Issue, row: Comment, action: string) {
  const { hub, repository } = call;
  const comment = commentView(hub, repository, issue, row);
  emit(hub, repository, call.user, "issue_comment", {
    action,
    issue: issueView(hub, repository, issue),
    comment,
  });
  return comment;
}
