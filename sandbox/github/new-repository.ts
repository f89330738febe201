import type { Hub } from "./hub.ts";
import type { Repository, RepositorySettings } from "./rows/repositories.ts";

// https://docs.github.com/issues/using-labels-and-milestones-to-track-work/managing-labels#about-default-labels
const defaultLabels: readonly (readonly [name: string, color: string, description: string])[] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

const defaults: Omit<RepositorySettings, "name"> = {
  description: null,
  homepage: null,
  private: false,
  default_branch: "main",
  archived: false,
  is_template: false,
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_discussions: false,
  has_downloads: true,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  allow_forking: true,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
};

/** An empty repository with what GitHub gives to every new one. */
export function newRepository(
  hub: Hub,
  owner: string,
  settings: Partial<RepositorySettings> & { name: string },
): Repository {
  const id = hub.nextId();
  const now = hub.now();
  for (const [name, color, description] of defaultLabels) {
    const label = hub.nextId();
    hub.tables.labels.put(label, { id: label, repository: id, name, color, description, default: true });
  }
  return hub.tables.repositories.put(id, {
    ...defaults,
    ...settings,
    id,
    owner,
    topics: [],
    vulnerability_alerts: false,
    automated_security_fixes: false,
    created_at: now,
    updated_at: now,
    pushed_at: now,
  });
}

/** Takes a repository away with all that hangs on it; what hangs on those rows can no longer be reached. */
export function deleteRepository(hub: Hub, repository: Repository): void {
  const { tables } = hub;
  const ofRepository = [
    tables.refs,
    tables.protectionRules,
    tables.rulesets,
    tables.environments,
    tables.webhooks,
    tables.labels,
    tables.issues,
    tables.deployments,
    tables.commitStatuses,
    tables.checkRuns,
    tables.workflows,
    tables.dispatches,
    tables.runs,
    tables.jobs,
    tables.approvals,
    tables.artifacts,
  ];
  for (const table of ofRepository)
    for (const row of table.list((one) => one.repository === repository.id)) table.delete(row.id);
  for (const table of [tables.keyPairs, tables.secrets, tables.variables])
    for (const row of table.list((one) => one.repository === repository.id)) table.delete(scopedKey(row));
  tables.repositories.delete(repository.id);
}

/** Where a secret, variable or key pair is kept: names are unique within a repository or environment. */
export const scopedKey = (row: { repository: number; environment: number; name?: string }): string =>
  [row.repository, row.environment, row.name?.toUpperCase() ?? ""].join("/");
