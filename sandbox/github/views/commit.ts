import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Commit, Repository } from "../rows/repositories.ts";
import { email, userOrNull } from "./account.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

export const commitUrls = (hub: Hub, repository: Repository, sha: string) => ({
  url: `${repositoryUrl(hub, repository)}/commits/${sha}`,
  html_url: `${repositoryPage(hub, repository)}/commit/${sha}`,
});

/** `commit` */
export function commitView(hub: Hub, repository: Repository, commit: Commit) {
  const urls = commitUrls(hub, repository, commit.sha);
  const person = { name: commit.author, email: email(commit.author), date: commit.date };
  return {
    ...urls,
    sha: commit.sha,
    node_id: nodeId("Commit", repository.id),
    comments_url: `${urls.url}/comments`,
    commit: {
      url: `${repositoryUrl(hub, repository)}/git/commits/${commit.sha}`,
      author: person,
      committer: person,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.sha, url: `${repositoryUrl(hub, repository)}/git/trees/${commit.sha}` },
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: userOrNull(hub, commit.author),
    committer: userOrNull(hub, commit.author),
    parents: commit.parents.map((sha) => ({ sha, ...commitUrls(hub, repository, sha) })),
  };
}
