import { z } from "zod";
import type { Call } from "../call.ts";
import { deleteRef, findRef, moveRef } from "../git.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { ruleFor } from "../protection-rules.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Ref, Repository } from "../rows/repositories.ts";
import { commitView } from "../views/commit.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";

const heads = "refs/heads/";

/** Branches, and the refs and commits below them. Commits are made through contents. */
export const branches: Operations = {
  "repos/list-branches": {
    route: "GET /repos/{owner}/{repo}/branches",
    needs: "contents=read",
    answer(call) {
      const { hub, repository } = call;
      const wanted = call.query("protected");
      const rows = refsOf(hub, repository)
        .filter((row) => row.ref.startsWith(heads))
        .filter((row) => wanted === undefined || String(isProtected(hub, repository, row)) === wanted);
      return call.page(rows, (row) => ({
        name: row.ref.slice(heads.length),
        commit: { sha: row.sha, url: `${repositoryUrl(hub, repository)}/commits/${row.sha}` },
        protected: isProtected(hub, repository, row),
      }));
    },
  },

  "repos/get-branch": {
    route: "GET /repos/{owner}/{repo}/branches/{branch}",
    needs: "contents=read",
    answer(call) {
      const { hub, repository } = call;
      const name = call.param("branch");
      const row = findRef(hub, repository, heads + name);
      const commit = row && hub.commit(repository, row.sha);
      if (!commit) throw new Refusal("branch-not-found");
      const rule = ruleFor(hub, repository, name);
      const url = `${repositoryUrl(hub, repository)}/branches/${name}`;
      return ok({
        name,
        commit: commitView(hub, repository, commit),
        _links: { self: url, html: `${repositoryPage(hub, repository)}/tree/${name}` },
        protected: rule !== undefined,
        protection: {
          enabled: rule !== undefined,
          required_status_checks: {
            enforcement_level: rule?.requiresStatusChecks
              ? rule.isAdminEnforced
                ? "everyone"
                : "non_admins"
              : "off",
            contexts: rule?.requiredChecks.map((check) => check.context) ?? [],
            checks: rule?.requiredChecks ?? [],
          },
        },
        protection_url: `${url}/protection`,
      });
    },
  },

  "repos/list-commits": {
    route: "GET /repos/{owner}/{repo}/commits",
    needs: "contents=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = [];
      let next = hub.commit(repository, call.query("sha") ?? repository.default_branch);
      if (!next) throw new Refusal("conflict", { message: "Git Repository is empty." });
      for (; next; next = hub.commit(repository, next.parents[0] ?? "")) rows.push(next);
      return call.page(rows, (row) => commitView(hub, repository, row));
    },
  },

  "git/get-ref": {
    route: "GET /repos/{owner}/{repo}/git/ref/{ref}",
    needs: "contents=read",
    answer: (call) => ok(refView(call.hub, call.repository, refOf(call))),
  },

  "git/create-ref": {
    route: "POST /repos/{owner}/{repo}/git/refs",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const { ref, sha } = await call.body(z.object({ ref: z.string(), sha: z.string() }));
      if (!/^refs\/[^/]+\/.+/.test(ref))
        throw new Refusal("validation-failed", { message: "Reference name must start with 'refs/'." });
      if (findRef(hub, repository, ref))
        throw new Refusal("validation-failed", { message: "Reference already exists" });
      demandCommit(call, sha);
      return created(refView(hub, repository, moveRef(hub, repository, call.user.login, ref, sha)));
    },
  },

  "git/update-ref": {
    route: "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const { sha, force } = await call.body(z.object({ sha: z.string(), force: optional(z.boolean()) }));
      const { ref, sha: before } = refOf(call);
      demandCommit(call, sha);
      if (force !== true && !leadsTo(call, sha, before))
        throw new Refusal("validation-failed", { message: "Update is not a fast forward" });
      return ok(refView(hub, repository, moveRef(hub, repository, call.user.login, ref, sha)));
    },
  },

  "git/delete-ref": {
    route: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
    needs: "contents=write",
    answer(call) {
      const row = findRef(call.hub, call.repository, `refs/${call.param("ref")}`);
      if (!row) throw new Refusal("validation-failed", { message: "Reference does not exist" });
      deleteRef(call.hub, call.repository, call.user.login, row);
      return noContent;
    },
  },
};

const refsOf = (hub: Hub, repository: Repository): Ref[] =>
  hub.tables.refs.list((one) => one.repository === repository.id);

const isProtected = (hub: Hub, repository: Repository, row: Ref): boolean =>
  ruleFor(hub, repository, row.ref.slice(heads.length)) !== undefined;

function refOf(call: Call): Ref {
  const row = findRef(call.hub, call.repository, `refs/${call.param("ref")}`);
  if (!row) throw new Refusal("not-found");
  return row;
}

function demandCommit(call: Call, sha: string): void {
  if (!call.hub.commit(call.repository, sha))
    throw new Refusal("validation-failed", { message: "Object does not exist" });
}

/** Whether a commit has the other one among its ancestors, or is it. */
function leadsTo(call: Call, sha: string, before: string): boolean {
  const waiting = [sha];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === before) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(call.hub.commit(call.repository, next)?.parents ?? []));
  }
  return false;
}

const refView = (hub: Hub, repository: Repository, row: Ref) => ({
  ref: row.ref,
  node_id: nodeId("Ref", row.id),
  url: `${repositoryUrl(hub, repository)}/git/${row.ref}`,
  object: { type: "commit", sha: row.sha, url: `${repositoryUrl(hub, repository)}/git/commits/${row.sha}` },
});
