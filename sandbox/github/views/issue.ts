import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Comment, Issue, Label } from "../rows/issues.ts";
import type { Repository } from "../rows/repositories.ts";
import { userOrNull } from "./account.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

/** `label` */
export const labelView = (hub: Hub, repository: Repository, row: Label) => ({
  id: row.id,
  node_id: nodeId("Label", row.id),
  url: `${repositoryUrl(hub, repository)}/labels/${encodeURIComponent(row.name)}`,
  name: row.name,
  color: row.color,
  description: row.description,
  default: row.default,
});

/** What issues and pull requests say alike. */
export function threadView(hub: Hub, repository: Repository, row: Issue) {
  const assignees = row.assignees.map((login) => userOrNull(hub, login));
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    title: row.title,
    body: row.body,
    user: userOrNull(hub, row.user),
    labels: row.labels
      .map((id) => hub.tables.labels.get(id))
      .flatMap((label) => (label ? [labelView(hub, repository, label)] : [])),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: row.locked,
    active_lock_reason: null,
    author_association: "MEMBER",
    created_at: row.created_at,
    updated_at: row.updated_at,
    closed_at: row.closed_at,
  };
}

/** `issue`; a pull request is one too, with addresses of its other side. */
export function issueView(hub: Hub, repository: Repository, row: Issue) {
  const url = `${repositoryUrl(hub, repository)}/issues/${row.number}`;
  const pull = `${repositoryPage(hub, repository)}/pull/${row.number}`;
  return {
    ...threadView(hub, repository, row),
    node_id: nodeId(row.pull ? "PullRequest" : "Issue", row.id),
    url,
    repository_url: repositoryUrl(hub, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: row.pull ? pull : `${repositoryPage(hub, repository)}/issues/${row.number}`,
    comments: hub.tables.comments.list((one) => one.issue === row.id).length,
    state_reason: row.state_reason,
    closed_by: userOrNull(hub, row.closed_by),
    reactions: reactions(url),
    ...(row.pull && {
      draft: row.pull.draft,
      pull_request: {
        url: `${repositoryUrl(hub, repository)}/pulls/${row.number}`,
        html_url: pull,
        diff_url: `${pull}.diff`,
        patch_url: `${pull}.patch`,
        merged_at: row.pull.merged_at,
      },
    }),
  };
}

/** `issue-comment` */
export function commentView(hub: Hub, repository: Repository, issue: Issue, row: Comment) {
  const url = `${repositoryUrl(hub, repository)}/issues/comments/${row.id}`;
  const page = issueView(hub, repository, issue).html_url;
  return {
    id: row.id,
    node_id: nodeId("IssueComment", row.id),
    url,
    html_url: `${page}#issuecomment-${row.id}`,
    issue_url: `${repositoryUrl(hub, repository)}/issues/${issue.number}`,
    user: userOrNull(hub, row.user),
    body: row.body,
    created_at: row.created_at,
    updated_at: row.updated_at,
    author_association: "MEMBER",
    performed_via_github_app: null,
    reactions: reactions(url),
  };
}

const reactions = (url: string) => ({
  url: `${url}/reactions`,
  total_count: 0,
  "+1": 0,
  "-1": 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});
