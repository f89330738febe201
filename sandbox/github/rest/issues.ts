import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import type { Hub } from "../hub.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Issue } from "../rows/issues.ts";
import type { Repository } from "../rows/repositories.ts";
import { issueView, labelView } from "../views/issue.ts";
import { addLabel, findLabel } from "./labels.ts";

const label = z.union([z.string(), z.object({ name: z.string() })]);
const fields = {
  body: optional(z.string()),
  labels: optional(z.array(label)),
  assignees: optional(z.array(z.string())),
};
const newIssue = z.object({ ...fields, title: z.union([z.string(), z.number()]).transform(String) });
const changes = z.object({
  ...fields,
  title: optional(z.string()),
  state: optional(z.enum(["open", "closed"])),
  state_reason: optional(z.enum(["completed", "not_planned", "duplicate", "reopened"])),
});
const labelList = z.object({ labels: optional(z.array(label)) });

/** Issues: incidents are opened here. Pull requests are found here too, as on GitHub. */
export const issues: Operations = {
  "issues/list-for-repo": {
    route: "GET /repos/{owner}/{repo}/issues",
    needs: "issues=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = hub.tables.issues.list((one) => one.repository === repository.id);
      const found = rows.filter((row) => matches(call, row)).toReversed();
      const inOrder = call.query("direction") === "asc" ? found.toReversed() : found;
      return call.page(inOrder, (row) => issueView(hub, repository, row));
    },
  },

  "issues/create": {
    route: "POST /repos/{owner}/{repo}/issues",
    needs: "issues=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(newIssue);
      if (body.title === "") throw invalid("Issue", "title", "missing_field");
      const row = addIssue(call, {
        title: body.title,
        body: body.body ?? null,
        labels: labelIds(hub, repository, body.labels ?? []),
        assignees: known(hub, body.assignees ?? []),
      });
      return created(tell(call, row, "opened"));
    },
  },

  "issues/get": {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}",
    needs: "issues=read",
    answer: (call) => ok(issueView(call.hub, call.repository, issueOf(call))),
  },

  "issues/update": {
    route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    needs: "issues=write",
    async answer(call) {
      const { hub, repository } = call;
      const row = issueOf(call);
      const { labels, assignees, ...body } = await call.body(changes);
      const changed: Issue = {
        ...row,
        ...given(body),
        ...(labels && { labels: labelIds(hub, repository, labels) }),
        ...(assignees && { assignees: known(hub, assignees) }),
        ...stateChange(call, row, body.state, body.state_reason),
        updated_at: hub.now(),
      };
      hub.tables.issues.put(row.id, changed);
      const action =
        changed.state === row.state ? "edited" : changed.state === "closed" ? "closed" : "reopened";
      return ok(tell(call, changed, action));
    },
  },

  "issues/list-labels-on-issue": {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/labels",
    needs: "issues=read",
    answer: (call) => call.page(issueOf(call).labels, (id) => viewOf(call, id)),
  },

  "issues/add-labels": {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    needs: "issues=write",
    async answer(call) {
      const { labels = [] } = await call.body(labelList);
      return relabel(call, (before) => [...before, ...labelIds(call.hub, call.repository, labels)]);
    },
  },

  "issues/set-labels": {
    route: "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels",
    needs: "issues=write",
    async answer(call) {
      const { labels = [] } = await call.body(labelList);
      return relabel(call, () => labelIds(call.hub, call.repository, labels));
    },
  },

  "issues/remove-label": {
    route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    needs: "issues=write",
    answer(call) {
      const row = findLabel(call.hub, call.repository, call.param("name"));
      if (!row || !issueOf(call).labels.includes(row.id))
        throw new Refusal("not-found", { message: "Label does not exist" });
      return relabel(call, (before) => before.filter((id) => id !== row.id));
    },
  },

  "issues/remove-all-labels": {
    route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels",
    needs: "issues=write",
    answer(call) {
      relabel(call, () => []);
      return noContent;
    },
  },
};

/** The issue or pull request of the path. @throws Refusal 404 */
export function issueOf(call: Call): Issue {
  const number = call.number("issue_number");
  const row = call.hub.tables.issues.find(
    (one) => one.repository === call.repository.id && one.number === number,
  );
  if (!row) throw new Refusal("not-found");
  return row;
}

/** A new issue, or pull request, under the repository's next number. */
export function addIssue(
  call: Call,
  given: Pick<Issue, "title" | "body" | "labels" | "assignees" | "pull">,
): Issue {
  const { hub, repository, user } = call;
  const number = hub.tables.issues.list((one) => one.repository === repository.id).length + 1;
  const id = hub.nextId();
  const now = hub.now();
  return hub.tables.issues.put(id, {
    ...given,
    id,
    repository: repository.id,
    number,
    state: "open",
    state_reason: null,
    user: user.login,
    locked: false,
    closed_at: null,
    closed_by: null,
    created_at: now,
    updated_at: now,
  });
}

/** What opening or closing changes beside the state. */
export function stateChange(
  call: Call,
  row: Issue,
  state: Issue["state"] | undefined,
  reason?: Issue["state_reason"],
): Partial<Issue> {
  if (state === undefined || state === row.state) return {};
  return state === "closed"
    ? {
        state,
        state_reason: reason ?? "completed",
        closed_at: call.hub.now(),
        closed_by: call.user.login,
      }
    : { state, state_reason: "reopened", closed_at: null, closed_by: null };
}

// GitHub makes labels that an issue names and the repository does not have.
function labelIds(hub: Hub, repository: Repository, names: readonly z.infer<typeof label>[]): number[] {
  return names.map((one) => {
    const name = typeof one === "string" ? one : one.name;
    return (findLabel(hub, repository, name) ?? addLabel(hub, repository, { name })).id;
  });
}

// Nor does it complain of assignees that it does not know.
const known = (hub: Hub, logins: readonly string[]): string[] =>
  logins.map((login) => hub.owner(login)?.login).filter((login) => login !== undefined);

function relabel(call: Call, change: (before: number[]) => number[]) {
  const row = issueOf(call);
  const labels = [...new Set(change(row.labels))];
  const changed = call.hub.tables.issues.put(row.id, { ...row, labels, updated_at: call.hub.now() });
  tell(call, changed, labels.length < row.labels.length ? "unlabeled" : "labeled");
  return ok(labels.map((id) => viewOf(call, id)));
}

function viewOf(call: Call, id: number) {
  const row = call.hub.tables.labels.get(id);
  if (!row) throw new Error(`no label ${id}`);
  return labelView(call.hub, call.repository, row);
}

function tell(call: Call, row: Issue, action: string) {
  const issue = issueView(call.hub, call.repository, row);
  if (!row.pull) emit(call.hub, call.repository, call.user, "issues", { action, issue });
  return issue;
}

function matches(call: Call, row: Issue): boolean {
  const state = call.query("state") ?? "open";
  const since = call.query("since");
  const names = row.labels.map((id) => call.hub.tables.labels.get(id)?.name.toLowerCase());
  const wanted = (call.query("labels") ?? "").split(",").filter((name) => name !== "");
  return (
    (state === "all" || row.state === state) &&
    wanted.every((name) => names.includes(name.toLowerCase())) &&
    call.accepts("creator", row.user) &&
    (since === undefined || Date.parse(row.updated_at) >= Date.parse(since))
  );
}
