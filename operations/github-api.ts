import { Octokit } from "octokit";
import { restRoot } from "../components/github-plan.ts";
import type { Settings } from "../settings/schema.ts";
import { UserError } from "../user-error.ts";

/** A repository on GitHub, and the client that writes to it. */
export interface GitHubRepository {
  owner: string;
  repo: string;
  /** The branch that gets deployed. */
  branch: string;
  octokit: Octokit;
}

/** The repository in which a stack's deployments, incidents, nonces and evidence are kept: one, so that nothing is told twice. */
export function mainRepository({
  repositories,
}: Pick<Settings, "repositories">): Settings["repositories"][number] | undefined {
  return repositories.find(({ owned }) => owned) ?? repositories[0];
}

/**
 * Opens a stack's repository at GitHub, with the token and endpoint that the official plugin uses.
 * @throws {UserError} badInput for a stack without repositories; notAuthenticated without a token
 */
export function openRepository(
  stack: string,
  settings: Settings,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): GitHubRepository {
  const repository = mainRepository(settings);
  if (!repository) {
    const message = `${stack}: repositories is empty in its settings, so there is none to write to`;
    throw new UserError("badInput", message);
  }
  return openByName(repository, signal, env);
}

/**
 * Opens a repository that is known by its name.
 * @throws {UserError} notAuthenticated without a token
 */
export function openByName(
  { owner, name: repo, branch }: { owner: string; name: string; branch: string },
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): GitHubRepository {
  const token = env["GITHUB_TOKEN"];
  if (!token) {
    const hint = "`platform init` lists the permissions that a token needs.";
    throw new UserError("notAuthenticated", "GITHUB_TOKEN: is not set; GitHub cannot be reached", { hint });
  }
  return { owner, repo, branch, octokit: client(token, restRoot(env["GITHUB_BASE_URL"] ?? api), signal) };
}

const api = "https://api.github.com";

function client(token: string, baseUrl: string, signal: AbortSignal): Octokit {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return new Octokit({
    auth: token,
    baseUrl,
    request: { signal },
    log: quiet,
    // Whoever calls has seconds, and says what to do when they are over.
    retry: { enabled: false },
    throttle: { enabled: false },
  });
}

/** The status of GitHub's refusal; undefined for what is none. */
export function statusOf(error: unknown): number | undefined {
  const { status } = error as { status?: unknown };
  return typeof status === "number" ? status : undefined;
}

/** What GitHub said no to, as an error for people. */
export function refusedByGitHub(what: string, error: unknown): UserError {
  const status = statusOf(error);
  if (status === undefined || status === 500)
    return new UserError("failed", `GitHub did not answer when ${what}`, {
      hint: "Try again.",
      cause: error,
    });
  const exit = status === 401 || status === 403 || status === 404 ? "notAuthenticated" : "failed";
  const hint = "`platform doctor` says what the token lacks.";
  return new UserError(exit, `GitHub answered ${status} when ${what}`, { hint, cause: error });
}
