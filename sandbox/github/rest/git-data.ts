import { createHash } from "node:crypto";
import { z } from "zod";
import type { Call } from "../call.ts";
import { blobSha } from "../blob.ts";
import { addCommit } from "../git.ts";
import { created, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Commit } from "../rows/repositories.ts";
import { commitView } from "../views/commit.ts";
import { repositoryUrl } from "../views/repository.ts";

/** A tree that was made by itself; a commit keeps its own. */
interface Tree {
  repository: number;
  files: Record<string, string>;
}

const entry = z.object({
  path: z.string(),
  mode: z.enum(["100644", "100755", "040000", "160000", "120000"]),
  type: optional(z.enum(["blob", "tree", "commit"])),
  sha: z.string().nullish(),
  content: optional(z.string()),
});

/** Commits of many files at once: a tree with their contents, a commit of it, and a ref that is moved to that. */
export const gitData: Operations = {
  "git/create-tree": {
    route: "POST /repos/{owner}/{repo}/git/trees",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(z.object({ tree: z.array(entry), base_tree: optional(z.string()) }));
      const files = body.base_tree === undefined ? {} : { ...filesOf(call, body.base_tree) };
      const known = new Map(Object.values(files).map((text) => [blobSha(text), text]));
      for (const { path, sha, content } of body.tree) {
        if (path === "" || path.startsWith("/"))
          throw new Refusal("validation-failed", {
            message: "tree.path contains a malformed path component",
          });
        const text = content ?? known.get(sha ?? "");
        if (sha === null) delete files[path];
        else if (text === undefined)
          throw new Refusal("validation-failed", { message: `tree.sha ${sha} is not a valid blob` });
        else files[path] = text;
      }
      const sha = createHash("sha1").update(JSON.stringify(files)).digest("hex");
      trees(call).put(`${repository.id}/${sha}`, { repository: repository.id, files });
      const url = `${repositoryUrl(hub, repository)}/git`;
      const tree = Object.entries(files).map(([path, text]) => ({
        path,
        mode: "100644",
        type: "blob",
        size: Buffer.byteLength(text),
        sha: blobSha(text),
        url: `${url}/blobs/${blobSha(text)}`,
      }));
      return created({ sha, url: `${url}/trees/${sha}`, tree, truncated: false });
    },
  },

  "git/create-commit": {
    route: "POST /repos/{owner}/{repo}/git/commits",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const parents = optional(z.array(z.string()));
      const body = await call.body(z.object({ message: z.string(), tree: z.string(), parents }));
      for (const parent of body.parents ?? [])
        if (!hub.tables.commits.get(`${repository.id}/${parent}`))
          throw new Refusal("validation-failed", {
            message: "Parent SHA does not exist or is not a commit object",
          });
      const commit = addCommit(hub, repository, {
        message: body.message,
        author: call.user.login,
        files: filesOf(call, body.tree),
        parents: body.parents ?? [],
      });
      return created(gitCommitView(call, commit));
    },
  },

  "git/get-commit": {
    route: "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
    needs: "contents=read",
    answer(call) {
      const commit = call.hub.tables.commits.get(`${call.repository.id}/${call.param("commit_sha")}`);
      if (!commit) throw new Refusal("not-found");
      return ok(gitCommitView(call, commit));
    },
  },
};

const trees = (call: Call) => call.hub.world.store.table<Tree>("trees");

/** What stands in a tree; a commit's has the commit's own SHA here. */
function filesOf(call: Call, sha: string): Record<string, string> {
  const key = `${call.repository.id}/${sha}`;
  const files = trees(call).get(key)?.files ?? call.hub.tables.commits.get(key)?.files;
  if (!files) throw new Refusal("validation-failed", { message: "Tree SHA does not exist" });
  return files;
}

/** `git-commit`: the commit object itself, without what GitHub knows of it. */
function gitCommitView(call: Call, row: Commit) {
  const { sha, node_id, html_url, commit, parents } = commitView(call.hub, call.repository, row);
  const { author, committer, message, tree, verification, url } = commit;
  return { sha, node_id, url, html_url, author, committer, message, tree, parents, verification };
}
