import type { Hub } from "./hub.ts";
import type { CommitStatus } from "./rows/deployments.ts";
import type { Repository } from "./rows/repositories.ts";

/** The last status of each context on a commit, newest first. */
export function latestStatuses(hub: Hub, repository: Repository, sha: string): CommitStatus[] {
  const rows = hub.tables.commitStatuses.list((one) => one.repository === repository.id && one.sha === sha);
  return [...new Map(rows.map((row) => [row.context, row])).values()].toReversed();
}

/** What each check of a commit came to, by name: statuses and check runs alike, as a required check sees them. */
export function latestChecks(hub: Hub, repository: Repository, sha: string): Map<string, string> {
  const runs = hub.tables.checkRuns.list((one) => one.repository === repository.id && one.head_sha === sha);
  const passes = ["success", "neutral", "skipped"];
  return new Map([
    ...latestStatuses(hub, repository, sha).map((row) => [row.context, row.state] as const),
    ...runs.map((row) => [row.name, passes.includes(row.conclusion ?? "") ? "success" : row.status] as const),
  ]);
}
