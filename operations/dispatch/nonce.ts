import { UserError } from "../../user-error.ts";
import { type GitHubRepository, refusedByGitHub, statusOf } from "../github-api.ts";

/** Below `refs/`, neither a branch nor a tag: nobody's clone fetches it, and no workflow runs for it. */
const place = "platform/nonces";

/**
 * Uses a nonce up, once and for all: GitHub makes a ref only where there is none, so of two that come at the same moment
 * one is refused.
 * @throws {UserError} notAuthenticated when it was used before; as `refusedByGitHub`
 */
export async function useNonce(
  { octokit, owner, repo, branch }: GitHubRepository,
  nonce: string,
): Promise<void> {
  const ref = `${place}/${nonce}`;
  try {
    const head = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` });
    await octokit.rest.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: head.data.object.sha });
  } catch (error) {
    if (statusOf(error) === 422 && (await isThere()))
      throw new UserError("notAuthenticated", "the dispatch was used before; each is good for one time", {
        hint: "Approve the task again: that makes a new one.",
        cause: error,
      });
    throw refusedByGitHub("asked to keep the dispatch's nonce; nothing was deployed", error);
  }

  // 422 tells only in words which of its reasons it was.
  async function isThere(): Promise<boolean> {
    return await octokit.rest.git.getRef({ owner, repo, ref }).then(
      () => true,
      () => false,
    );
  }
}
