import { z } from "zod";
import type { Call } from "../call.ts";
import { addCommit, moveRef } from "../git.ts";
import { same } from "../hub.ts";
import { deleteRepository, newRepository } from "../new-repository.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Owner } from "../rows/accounts.ts";
import type { Repository } from "../rows/repositories.ts";
import { fullRepository, repositoryView } from "../views/repository.ts";

const flag = optional(z.boolean());
const text = optional(z.string());

const settings = {
  description: text,
  homepage: text,
  private: flag,
  visibility: optional(z.enum(["public", "private", "internal"])),
  has_issues: flag,
  has_projects: flag,
  has_wiki: flag,
  has_discussions: flag,
  has_downloads: flag,
  is_template: flag,
  allow_squash_merge: flag,
  allow_merge_commit: flag,
  allow_rebase_merge: flag,
  allow_auto_merge: flag,
  allow_update_branch: flag,
  allow_forking: flag,
  delete_branch_on_merge: flag,
  web_commit_signoff_required: flag,
  squash_merge_commit_title: optional(z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"])),
  squash_merge_commit_message: optional(z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"])),
  merge_commit_title: optional(z.enum(["PR_TITLE", "MERGE_MESSAGE"])),
  merge_commit_message: optional(z.enum(["PR_BODY", "PR_TITLE", "BLANK"])),
};
const newSettings = z.object({ ...settings, name: z.string(), auto_init: flag });
const changes = z.object({ ...settings, name: text, default_branch: text, archived: flag });

/** Repositories themselves: looked up by the platform, made and deleted by people and tests. */
export const repositories: Operations = {
  "repos/get": {
    route: "GET /repos/{owner}/{repo}",
    needs: "metadata=read",
    answer: (call) => ok(fullRepository(call.hub, call.repository)),
  },

  "repos/list-for-org": {
    route: "GET /orgs/{org}/repos",
    answer: (call) => list(call, (one) => same(one.owner, call.param("org"))),
  },

  "repos/list-for-user": {
    route: "GET /users/{username}/repos",
    answer: (call) => list(call, (one) => same(one.owner, call.param("username")) && !one.private),
  },

  "repos/list-for-authenticated-user": {
    route: "GET /user/repos",
    answer(call) {
      void call.user;
      return list(call, () => true);
    },
  },

  "repos/create-in-org": {
    route: "POST /orgs/{org}/repos",
    needs: "administration=write",
    answer(call) {
      const owner = call.hub.owner(call.param("org"));
      if (owner?.type !== "Organization") throw new Refusal("not-found");
      return create(call, owner);
    },
  },

  "repos/create-for-authenticated-user": {
    route: "POST /user/repos",
    needs: "administration=write",
    answer: (call) => create(call, call.user),
  },

  "repos/update": {
    route: "PATCH /repos/{owner}/{repo}",
    needs: "administration=write",
    async answer(call) {
      const { hub, repository } = call;
      const { visibility, ...fields } = await call.body(changes);
      if (fields.name !== undefined && !same(fields.name, repository.name))
        demandFree(call, hub.account(repository.owner), fields.name);
      const branch = fields.default_branch;
      if (branch !== undefined && branch !== repository.default_branch && !hub.commit(repository, branch))
        throw invalid("Repository", "default_branch", "invalid", `The branch ${branch} was not found.`);
      const changed = {
        ...repository,
        ...given(fields),
        ...(visibility && { private: visibility !== "public" }),
        updated_at: hub.now(),
      };
      return ok(fullRepository(hub, hub.tables.repositories.put(repository.id, changed)));
    },
  },

  "repos/delete": {
    route: "DELETE /repos/{owner}/{repo}",
    needs: "administration=write",
    answer(call) {
      if (!call.actor.hasScope("delete_repo"))
        throw new Refusal("no-admin", { headers: { "X-Accepted-OAuth-Scopes": "delete_repo" } });
      deleteRepository(call.hub, call.repository);
      return noContent;
    },
  },
};

function list(call: Call, accept: (row: Repository) => boolean) {
  const rows = call.hub.tables.repositories.list((one) => accept(one) && call.actor.maySee(one));
  return call.page(rows, (row) => repositoryView(call.hub, row));
}

async function create(call: Call, owner: Owner) {
  const { visibility, auto_init, ...fields } = await call.body(newSettings);
  demandFree(call, owner, fields.name);
  const hidden = visibility ? visibility !== "public" : fields.private;
  const repository = newRepository(call.hub, owner.login, {
    ...given(fields),
    name: fields.name,
    private: hidden ?? false,
  });
  if (auto_init) {
    const author = call.user.login;
    const files = { "README.md": `# ${fields.name}\n` };
    const { sha } = addCommit(call.hub, repository, {
      message: "Initial commit",
      author,
      files,
      parents: [],
    });
    moveRef(call.hub, repository, author, `refs/heads/${repository.default_branch}`, sha);
  }
  return created(fullRepository(call.hub, repository));
}

function demandFree(call: Call, owner: Owner, name: string): void {
  if (!/^[\w.-]{1,100}$/.test(name)) throw invalid("Repository", "name", "invalid");
  if (call.hub.repository(owner.login, name))
    throw invalid("Repository", "name", "custom", "name already exists on this account");
}
