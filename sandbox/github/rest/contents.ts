import { z } from "zod";
import type { Call } from "../call.ts";
import { blobSha } from "../blob.ts";
import { addCommit, moveRef } from "../git.ts";
import { created, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import { commitView } from "../views/commit.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";

const text = optional(z.string());
const path = "/repos/{owner}/{repo}/contents/{path}" as const;

/** Files of a repository. Writing one is the way here to make a commit, and so a `push`. */
export const contents: Operations = {
  "repos/get-content": {
    route: `GET ${path}`,
    needs: "contents=read",
    answer(call) {
      const files = tree(call, call.query("ref"));
      const wanted = call.param("path").replace(/\/$/, "");
      const content = files[wanted];
      if (content !== undefined) return ok(fileView(call, wanted, content));
      const below = children(files, wanted);
      if (below.length === 0) throw new Refusal("not-found");
      return ok(below.map((child) => entryView(call, child, files[child])));
    },
  },

  "repos/create-or-update-file-contents": {
    route: `PUT ${path}`,
    needs: "contents=write",
    async answer(call) {
      const { hub, repository, user } = call;
      const schema = z.object({ message: z.string(), content: z.string(), sha: text, branch: text });
      const body = await call.body(schema);
      const file = call.param("path");
      // https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: the `workflow` scope.
      if (file.startsWith(".github/workflows/") && !call.actor.hasScope("workflow"))
        throw new Refusal("not-found", { headers: { "X-Accepted-OAuth-Scopes": "workflow" } });
      const branch = body.branch ?? repository.default_branch;
      const parent = hub.commit(repository, `refs/heads/${branch}`);
      if (!parent && body.branch !== undefined)
        throw new Refusal("not-found", { message: `Branch ${branch} not found` });
      const before = parent?.files[file];
      if (before !== undefined && body.sha === undefined)
        throw new Refusal("invalid-request", { message: `Invalid request.\n\n"sha" wasn't supplied.` });
      if (before !== undefined && body.sha !== blobSha(before))
        throw new Refusal("conflict", { message: `${file} does not match ${body.sha}` });
      const content = decoded(body.content);
      const commit = addCommit(hub, repository, {
        message: body.message,
        author: user.login,
        files: { ...parent?.files, [file]: content },
        parents: parent ? [parent.sha] : [],
      });
      moveRef(hub, repository, user.login, `refs/heads/${branch}`, commit.sha);
      const { sha, node_id, html_url, parents, commit: inner } = commitView(hub, repository, commit);
      const answer = {
        content: entryView(call, file, content),
        commit: { ...inner, sha, node_id, html_url, parents },
      };
      return before === undefined ? created(answer) : ok(answer);
    },
  },
};

function tree(call: Call, ref: string | undefined): Record<string, string> {
  const commit = call.hub.commit(call.repository, ref ?? call.repository.default_branch);
  if (!commit && ref !== undefined)
    throw new Refusal("not-found", { message: `No commit found for the ref ${ref}` });
  if (!commit) throw new Refusal("not-found", { message: "This repository is empty." });
  return commit.files;
}

/** Files and folders directly in a folder; "" is the root. */
function children(files: Record<string, string>, folder: string): string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const inside = Object.keys(files).filter((file) => file.startsWith(prefix));
  const names = inside.map((file) => prefix + (file.slice(prefix.length).split("/")[0] ?? ""));
  return [...new Set(names)].sort();
}

function decoded(content: string): string {
  const bytes = Buffer.from(content, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== content.replace(/[\s=]/g, ""))
    throw invalid("Contents", "content", "invalid", "content is not valid Base64");
  return bytes.toString("utf8");
}

/** `content-directory`'s entry; a folder has no content. */
function entryView(call: Call, file: string, content: string | undefined) {
  const { hub, repository } = call;
  const ref = call.query("ref") ?? repository.default_branch;
  const url = `${repositoryUrl(hub, repository)}/contents/${file}?ref=${ref}`;
  const isFile = content !== undefined;
  const sha = blobSha(content ?? file);
  const git_url = `${repositoryUrl(hub, repository)}/git/${isFile ? "blobs" : "trees"}/${sha}`;
  const html_url = `${repositoryPage(hub, repository)}/${isFile ? "blob" : "tree"}/${ref}/${file}`;
  return {
    type: isFile ? "file" : "dir",
    size: Buffer.byteLength(content ?? ""),
    name: file.split("/").at(-1) ?? file,
    path: file,
    sha,
    url,
    git_url,
    html_url,
    download_url: isFile ? `${repositoryPage(hub, repository)}/raw/${ref}/${file}` : null,
    _links: { self: url, git: git_url, html: html_url },
  };
}

/** `content-file`, with its text in base64, broken into lines as GitHub breaks it. */
const fileView = (call: Call, file: string, content: string) => ({
  ...entryView(call, file, content),
  encoding: "base64",
  content: Buffer.from(content).toString("base64").replace(/.{60}/g, "$&\n") + "\n",
});
