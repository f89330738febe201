import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Issue } from "../rows/issues.ts";
import type { Repository } from "../rows/repositories.ts";
import { simpleUser, userOrNull } from "./account.ts";
import { changedPaths } from "./files.ts";
import { threadView } from "./issue.ts";
import { repositoryPage, repositoryUrl, repositoryView } from "./repository.ts";

/** An issue that is a pull request. */
export type PullRow = Issue & Required<Pick<Issue, "pull">>;

/** `pull-request-simple` */
export function pullView(hub: Hub, repository: Repository, row: PullRow) {
  const root = repositoryUrl(hub, repository);
  const url = `${root}/pulls/${row.number}`;
  const issue = `${root}/issues/${row.number}`;
  const page = `${repositoryPage(hub, repository)}/pull/${row.number}`;
  const head = end(hub, repository, row.pull.head);
  const href = (address: string) => ({ href: address });
  const statuses = `${root}/statuses/${head.sha}`;
  return {
    ...threadView(hub, repository, row),
    node_id: nodeId("PullRequest", row.id),
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${root}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    draft: row.pull.draft,
    head,
    base: end(hub, repository, row.pull.base),
    merged_at: row.pull.merged_at,
    merge_commit_sha: row.pull.merge_commit_sha,
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: null,
    _links: {
      self: href(url),
      html: href(page),
      issue: href(issue),
      comments: href(`${issue}/comments`),
      review_comments: href(`${url}/comments`),
      review_comment: href(`${root}/pulls/comments{/number}`),
      commits: href(`${url}/commits`),
      statuses: href(statuses),
    },
  };
}

/** `pull-request`. Lines are not counted: a file that differs is one changed file. */
export function pullDetails(hub: Hub, repository: Repository, row: PullRow) {
  const merged = row.pull.merged_at !== null;
  const [before, after] = [row.pull.base, row.pull.head].map((branch) =>
    hub.commit(repository, `refs/heads/${branch}`),
  );
  return {
    ...pullView(hub, repository, row),
    merged,
    mergeable: merged ? null : row.state === "open",
    rebaseable: null,
    mergeable_state: merged ? "unknown" : "clean",
    merged_by: merged ? userOrNull(hub, row.closed_by) : null,
    comments: hub.tables.comments.list((one) => one.issue === row.id).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 0,
    deletions: 0,
    changed_files: changedPaths(before?.files ?? {}, after?.files ?? {}).length,
  };
}

function end(hub: Hub, repository: Repository, branch: string) {
  return {
    label: `${repository.owner}:${branch}`,
    ref: branch,
    sha: hub.commit(repository, `refs/heads/${branch}`)?.sha ?? "0".repeat(40),
    user: simpleUser(hub, hub.account(repository.owner)),
    repo: repositoryView(hub, repository),
  };
}
