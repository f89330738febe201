import { UserError } from "../user-error.ts";
import { type GitHubRepository, openByName } from "./github-api.ts";

/**
 * The repository that runs this workflow (GITHUB_REPOSITORY), which no stack's settings need to name.
 * @throws {UserError} badInput outside of a workflow; notAuthenticated without a token
 */
export function openOwnRepository(
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): GitHubRepository {
  const [owner, repo] = env["GITHUB_REPOSITORY"]?.split("/") ?? [];
  if (owner && repo)
    return openByName({ owner, name: repo, branch: env["GITHUB_REF_NAME"] ?? "main" }, signal, env);
  const hint = "In a workflow it is set; elsewhere, set it.";
  throw new UserError("badInput", "GITHUB_REPOSITORY: is not set, so there is no repository to write to", {
    hint,
  });
}
