import { type GitHubRepository, refusedByGitHub, statusOf } from "../github-api.ts";
import type { Announcement } from "./announce.ts";
import { runOf } from "./message.ts";

const states = {
  started: "in_progress",
  deployed: "success",
  rolledBack: "success",
  failed: "failure",
} as const;

/**
 * Keeps GitHub's list of deployments: one a run and release, in the environment that has the stack's name, and what became
 * of it.
 * @returns its number; undefined where there is nothing to tell
 * @throws {UserError} as `refusedByGitHub`
 */
export async function tellDeployment(
  repository: GitHubRepository,
  what: Announcement,
): Promise<number | undefined> {
  if (what.kind === "recovered") return undefined;
  const { octokit, owner, repo } = repository;
  try {
    const deployment_id = (await existing(repository, what)) ?? (await made(repository, what));
    await octokit.rest.repos.createDeploymentStatus({
      owner,
      repo,
      deployment_id,
      state: states[what.kind],
      description: what.summary.slice(0, 140),
      environment_url: what.url,
      ...(what.runUrl !== undefined && { log_url: what.runUrl }),
    });
    return deployment_id;
  } catch (error) {
    throw refusedByGitHub("told of the deployment", error);
  }
}

/** The one that an earlier announcement of this run has made, for this release. */
async function existing(
  { octokit, owner, repo }: GitHubRepository,
  what: Announcement,
): Promise<number | undefined> {
  const { data } = await octokit.rest.repos.listDeployments({
    owner,
    repo,
    environment: what.stack,
    per_page: 20,
  });
  return data.find(({ payload }) => {
    const { run, tag } = (typeof payload === "string" ? {} : payload) as { run?: unknown; tag?: unknown };
    return run === runOf(what) && tag === what.release.tag;
  })?.id;
}

async function made(repository: GitHubRepository, what: Announcement): Promise<number> {
  const { branch } = repository;
  const { gitSha } = what.release;
  const id = gitSha === undefined ? undefined : await createdAt(repository, gitSha, what);
  const at = id ?? (await createdAt(repository, branch, what));
  if (at === undefined) throw new Error(`${branch} is no ref of ${repository.owner}/${repository.repo}`);
  return at;
}

/** Undefined when the repository does not have the commit: another one's image. */
async function createdAt(
  { octokit, owner, repo }: GitHubRepository,
  ref: string,
  what: Announcement,
): Promise<number | undefined> {
  const { stack, environment, release, dispatch, summary } = what;
  try {
    const { data } = await octokit.rest.repos.createDeployment({
      owner,
      repo,
      ref,
      environment: stack,
      production_environment: environment === "production",
      auto_merge: false,
      // It is told what happens; nothing is asked.
      required_contexts: [],
      description: summary.slice(0, 140),
      payload: {
        run: runOf(what),
        tag: release.tag,
        digest: release.digest ?? null,
        task_id: dispatch?.task_id ?? null,
      },
    });
    return "id" in data ? data.id : undefined;
  } catch (error) {
    if (statusOf(error) === 422) return undefined;
    throw error;
  }
}
