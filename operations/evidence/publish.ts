import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type GitHubRepository, refusedByGitHub, statusOf } from "../github-api.ts";

/** An orphan branch: it has evidence and nothing else, so no clone of the code drags it along. */
const branch = "evidence";
const attempts = 5;
/** A log's end is what is asked for; the whole of it stays in the folder. */
const longestText = 64 * 1024;

export interface Published {
  branch: string;
  /** `docs/evidence/STACK/YYYYMMDD-HHMM` */
  path: string;
  commit: string;
  url: string;
}

/**
 * Puts an evidence folder onto the branch `evidence`, as one commit. Makes the branch when there is none, and begins again
 * when somebody else was quicker.
 * @throws {UserError} as `refusedByGitHub`
 */
export async function publish(
  repository: GitHubRepository,
  stack: string,
  folder: string,
): Promise<Published> {
  const path = `docs/evidence/${stack}/${basename(folder)}`;
  const files = textsOf(folder);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const commit = await attemptCommit(repository, path, files);
      if (commit) return { branch, path, commit: commit.sha, url: treeUrl(commit.html_url, path) };
      if (attempt === attempts) throw new Error("the branch moved at each attempt");
      await sleep(200 * attempt * (1 + Math.random()));
    }
  } catch (error) {
    throw refusedByGitHub(`the evidence was put onto the branch ${branch}`, error);
  }
}

/** One commit on top of what the branch has now; undefined when it moved meanwhile. */
async function attemptCommit(
  { octokit, owner, repo }: GitHubRepository,
  path: string,
  files: Record<string, string>,
) {
  const { git } = octokit.rest;
  const head = await headOf();
  const base = head && (await git.getCommit({ owner, repo, commit_sha: head })).data.tree.sha;
  const tree = await git.createTree({
    owner,
    repo,
    ...(base && { base_tree: base }),
    tree: Object.entries(files).map(([name, content]) => ({
      path: `${path}/${name}`,
      mode: "100644",
      type: "blob",
      content,
    })),
  });
  const commit = await git.createCommit({
    owner,
    repo,
    message: `Evidence ${path.replace("docs/evidence/", "")}`,
    tree: tree.data.sha,
    parents: head ? [head] : [],
  });
  const { sha } = commit.data;
  try {
    if (head) await git.updateRef({ owner, repo, ref: `heads/${branch}`, sha, force: false });
    else await git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha });
    return commit.data;
  } catch (error) {
    // 422: it is no fast forward any more, or somebody has made the branch; else the same refusal comes again.
    if (statusOf(error) === 409 || (statusOf(error) === 422 && (await headOf()) !== head)) return undefined;
    throw error;
  }

  async function headOf(): Promise<string | undefined> {
    try {
      return (await git.getRef({ owner, repo, ref: `heads/${branch}` })).data.object.sha;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}

/** The files of a folder by name, each no longer than its last 64 KB. */
function textsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile());
  return Object.fromEntries(
    names.map(({ name }) => {
      const text = readFileSync(join(folder, name), "utf8");
      const tail = text.slice(-longestText);
      const whole = tail.length === text.length || !name.endsWith(".log");
      return [name, whole ? text : `(the end of it)\n${tail.slice(tail.indexOf("\n") + 1)}`];
    }),
  );
}

const treeUrl = (commitUrl: string, path: string): string =>
  `${commitUrl.replace(/\/commit\/[0-9a-f]+$/, "")}/tree/${branch}/${path}`;
