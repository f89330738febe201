import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Repository } from "../rows/repositories.ts";
import { simpleUser } from "./account.ts";

/** Addresses below a repository, as URI templates (https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#hypermedia). */
const links: Record<string, string> = {
  archive: "/{archive_format}{/ref}",
  assignees: "/assignees{/user}",
  blobs: "/git/blobs{/sha}",
  branches: "/branches{/branch}",
  collaborators: "/collaborators{/collaborator}",
  comments: "/comments{/number}",
  commits: "/commits{/sha}",
  compare: "/compare/{base}...{head}",
  contents: "/contents/{+path}",
  contributors: "/contributors",
  deployments: "/deployments",
  downloads: "/downloads",
  events: "/events",
  forks: "/forks",
  git_commits: "/git/commits{/sha}",
  git_refs: "/git/refs{/sha}",
  git_tags: "/git/tags{/sha}",
  hooks: "/hooks",
  issue_comment: "/issues/comments{/number}",
  issue_events: "/issues/events{/number}",
  issues: "/issues{/number}",
  keys: "/keys{/key_id}",
  labels: "/labels{/name}",
  languages: "/languages",
  merges: "/merges",
  milestones: "/milestones{/number}",
  notifications: "/notifications{?since,all,participating}",
  pulls: "/pulls{/number}",
  releases: "/releases{/id}",
  stargazers: "/stargazers",
  statuses: "/statuses/{sha}",
  subscribers: "/subscribers",
  subscription: "/subscription",
  tags: "/tags",
  teams: "/teams",
  trees: "/git/trees{/sha}",
};

export const repositoryUrl = (hub: Hub, { owner, name }: Repository): string =>
  hub.api(`/repos/${owner}/${name}`);
export const repositoryPage = (hub: Hub, { owner, name }: Repository): string =>
  hub.html(`/${owner}/${name}`);

/** What the account that asks may do: everybody here administers. */
export const permissions = { admin: true, maintain: true, push: true, triage: true, pull: true };

/** `repository`, which is also all of `minimal-repository`. */
export function repositoryView(hub: Hub, row: Repository) {
  const url = repositoryUrl(hub, row);
  const page = repositoryPage(hub, row);
  const openIssues = hub.tables.issues.list(
    (one) => one.repository === row.id && one.state === "open",
  ).length;
  const { vulnerability_alerts: _alerts, automated_security_fixes, owner, ...settings } = row;
  return {
    ...settings,
    node_id: nodeId("Repository", row.id),
    full_name: `${owner}/${row.name}`,
    owner: simpleUser(hub, hub.account(owner)),
    visibility: row.private ? "private" : "public",
    html_url: page,
    url,
    ...Object.fromEntries(Object.entries(links).map(([name, path]) => [`${name}_url`, `${url}${path}`])),
    git_url: page.replace(/^https?/, "git") + ".git",
    ssh_url: `git@${new URL(page).hostname}:${owner}/${row.name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    fork: false,
    disabled: false,
    has_pages: false,
    license: null,
    language: null,
    size: 0,
    forks_count: 0,
    forks: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    open_issues_count: openIssues,
    open_issues: openIssues,
    permissions,
    security_and_analysis: {
      dependabot_security_updates: { status: automated_security_fixes ? "enabled" : "disabled" },
      secret_scanning: { status: "disabled" },
      secret_scanning_push_protection: { status: "disabled" },
    },
  };
}

/** `full-repository` */
export function fullRepository(hub: Hub, row: Repository) {
  const owner = hub.account(row.owner);
  return {
    ...repositoryView(hub, row),
    subscribers_count: 0,
    network_count: 0,
    ...(owner.type === "Organization" && { organization: simpleUser(hub, owner) }),
  };
}
