import { z } from "zod";
import type { Call } from "../call.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { matchesPattern } from "../patterns.ts";
import { Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Ruleset } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import { repositoryPage, repositoryUrl } from "../views/repository.ts";

// https://docs.github.com/rest/repos/rules#create-a-repository-ruleset
const ruleTypes = [
  "creation",
  "update",
  "deletion",
  "required_linear_history",
  "merge_queue",
  "required_deployments",
  "required_signatures",
  "pull_request",
  "required_status_checks",
  "non_fast_forward",
  "commit_message_pattern",
  "commit_author_email_pattern",
  "committer_email_pattern",
  "branch_name_pattern",
  "tag_name_pattern",
  "file_path_restriction",
  "max_file_path_length",
  "file_extension_restriction",
  "max_file_size",
  "workflows",
  "code_scanning",
  "copilot_code_review",
] as const;

const fields = {
  target: optional(z.enum(["branch", "tag", "push"])),
  bypass_actors: optional(
    z.array(
      z.object({
        actor_id: z
          .number()
          .int()
          .nullish()
          .transform((id) => id ?? null),
        actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]),
        bypass_mode: optional(z.enum(["always", "pull_request", "exempt"])).transform(
          (mode) => mode ?? "always",
        ),
      }),
    ),
  ),
  conditions: optional(
    z.object({
      ref_name: z.object({
        include: optional(z.array(z.string())).transform((list) => list ?? []),
        exclude: optional(z.array(z.string())).transform((list) => list ?? []),
      }),
    }),
  ),
  rules: optional(
    z.array(
      z
        .object({ type: z.enum(ruleTypes), parameters: optional(z.record(z.string(), z.unknown())) })
        .transform((rule) => ({
          type: rule.type,
          ...(rule.parameters && { parameters: rule.parameters }),
        })),
    ),
  ),
};
const enforcement = z.enum(["disabled", "active", "evaluate"]);
const newRuleset = z.object({ ...fields, name: z.string(), enforcement });
const changes = z.object({ ...fields, name: optional(z.string()), enforcement: optional(enforcement) });

/** Rulesets of a repository, and the rules that hold for a branch because of them. */
export const rulesets: Operations = {
  "repos/get-repo-rulesets": {
    route: "GET /repos/{owner}/{repo}/rulesets",
    needs: "metadata=read",
    answer(call) {
      const { hub, repository } = call;
      hub.demandProtection(repository);
      return call.page(rulesetsOf(hub, repository), (row) => {
        const { rules: _rules, conditions: _conditions, bypass_actors: _actors, ...short } = view(call, row);
        return short;
      });
    },
  },

  "repos/create-repo-ruleset": {
    route: "POST /repos/{owner}/{repo}/rulesets",
    needs: "administration=write",
    async answer(call) {
      const { hub, repository } = call;
      hub.demandProtection(repository);
      const body = await call.body(newRuleset);
      check(call, body, undefined);
      const id = hub.nextId();
      const now = hub.now();
      const row: Ruleset = {
        id,
        repository: repository.id,
        target: "branch",
        bypass_actors: [],
        conditions: null,
        rules: [],
        ...given(body),
        name: body.name,
        enforcement: body.enforcement,
        created_at: now,
        updated_at: now,
      };
      return created(view(call, hub.tables.rulesets.put(id, row)));
    },
  },

  "repos/get-repo-ruleset": {
    route: "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}",
    needs: "metadata=read",
    answer: (call) => ok(view(call, rulesetOf(call))),
  },

  "repos/update-repo-ruleset": {
    route: "PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}",
    needs: "administration=write",
    async answer(call) {
      const row = rulesetOf(call);
      const body = await call.body(changes);
      check(call, body, row);
      const changed = { ...row, ...given(body), updated_at: call.hub.now() };
      return ok(view(call, call.hub.tables.rulesets.put(row.id, changed)));
    },
  },

  "repos/delete-repo-ruleset": {
    route: "DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}",
    needs: "administration=write",
    answer(call) {
      call.hub.tables.rulesets.delete(rulesetOf(call).id);
      return noContent;
    },
  },

  "repos/get-branch-rules": {
    route: "GET /repos/{owner}/{repo}/rules/branches/{branch}",
    needs: "metadata=read",
    answer(call) {
      const { hub, repository } = call;
      hub.demandProtection(repository);
      const rules = rulesetsOf(hub, repository)
        .filter((row) => row.enforcement === "active" && covers(row, repository, call.param("branch")))
        .flatMap((row) =>
          row.rules.map((rule) => ({
            ...rule,
            ruleset_source_type: "Repository",
            ruleset_source: `${repository.owner}/${repository.name}`,
            ruleset_id: row.id,
          })),
        );
      return call.page(rules, (rule) => rule);
    },
  },
};

const rulesetsOf = (hub: Hub, repository: Repository): Ruleset[] =>
  hub.tables.rulesets.list((one) => one.repository === repository.id);

function rulesetOf(call: Call): Ruleset {
  call.hub.demandProtection(call.repository);
  const row = call.hub.tables.rulesets.get(call.param("ruleset_id"));
  if (row?.repository !== call.repository.id) throw new Refusal("not-found");
  return row;
}

function check(
  call: Call,
  body: { name?: string | undefined; enforcement?: string | undefined },
  row: Ruleset | undefined,
): void {
  const { hub, repository } = call;
  const twin = rulesetsOf(hub, repository).find((one) => one.name === body.name && one.id !== row?.id);
  if (twin) throw new Refusal("validation-failed", { errors: ["Name must be unique"] });
  if (body.enforcement === "evaluate" && hub.plan(hub.account(repository.owner)) !== "enterprise")
    throw new Refusal("validation-failed", {
      errors: ["Enforcement evaluate is not supported for this plan"],
    });
}

/** Whether a ruleset's conditions include a branch: full refs with wildcards, `~ALL` and `~DEFAULT_BRANCH`. */
function covers(row: Ruleset, repository: Repository, branch: string): boolean {
  const matches = (pattern: string): boolean =>
    pattern === "~ALL" ||
    (pattern === "~DEFAULT_BRANCH" && branch === repository.default_branch) ||
    matchesPattern(pattern, `refs/heads/${branch}`);
  const { include, exclude } = row.conditions?.ref_name ?? { include: ["~ALL"], exclude: [] };
  return row.target === "branch" && include.some(matches) && !exclude.some(matches);
}

function view(call: Call, row: Ruleset) {
  const { hub, repository } = call;
  const { repository: _repository, ...fields } = row;
  return {
    ...fields,
    node_id: nodeId("RepositoryRuleset", row.id),
    source_type: "Repository",
    source: `${repository.owner}/${repository.name}`,
    current_user_can_bypass: "never",
    _links: {
      self: { href: `${repositoryUrl(hub, repository)}/rulesets/${row.id}` },
      html: { href: `${repositoryPage(hub, repository)}/rules/${row.id}` },
    },
  };
}
