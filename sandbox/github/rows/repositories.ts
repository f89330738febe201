import type { Time } from "./time.ts";

/** What `PATCH /repos/{owner}/{repo}` may change. */
export interface RepositorySettings {
  name: string;
  description: string | null;
  homepage: string | null;
  private: boolean;
  default_branch: string;
  archived: boolean;
  is_template: boolean;
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_discussions: boolean;
  has_downloads: boolean;
  allow_squash_merge: boolean;
  allow_merge_commit: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  allow_forking: boolean;
  delete_branch_on_merge: boolean;
  web_commit_signoff_required: boolean;
  squash_merge_commit_title: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
  squash_merge_commit_message: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
  merge_commit_title: "PR_TITLE" | "MERGE_MESSAGE";
  merge_commit_message: "PR_BODY" | "PR_TITLE" | "BLANK";
}

export interface Repository extends RepositorySettings {
  id: number;
  owner: string;
  topics: string[];
  vulnerability_alerts: boolean;
  automated_security_fixes: boolean;
  created_at: Time;
  updated_at: Time;
  pushed_at: Time;
}

/** A branch or tag. */
export interface Ref {
  id: number;
  repository: number;
  /** `refs/heads/main` */
  ref: string;
  sha: string;
}

/** A commit with its whole tree: the repositories here hold workflows and little else. */
export interface Commit {
  repository: number;
  sha: string;
  message: string;
  author: string;
  parents: string[];
  files: Record<string, string>;
  date: Time;
}
