import { unlessMissing } from "../protocol/http.ts";
import { ids } from "./ids.ts";
import type { Resource } from "../protocol/plugin.ts";
import { bool, list, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";

const inputs: Shape = {
  repository: text({ required: true, replaces: true }),
  environment: text({ required: true, replaces: true }),
  canAdminsBypass: bool({ default: true }),
  preventSelfReview: bool({ default: false }),
  waitTimer: number({ min: 0, max: 43200 }),
  reviewers: list(object({ teams: set(number()), users: set(number()) })),
  deploymentBranchPolicy: object({
    protectedBranches: bool({ required: true }),
    customBranchPolicies: bool({ required: true }),
  }),
};

const path = async (api: GitHub, { repository, environment }: Properties): Promise<string> =>
  `${await api.repository(repository)}/environments/${segment(environment)}`;

/** https://docs.github.com/en/rest/deployments/environments */
export const repositoryEnvironment: Resource<GitHub> = {
  inputs,
  outputs: ["repositoryId"],
  importId: ids("repository", "environment"),
  validate: ({ reviewers }) => {
    const [{ teams = [], users = [] } = {}] = Array.isArray(reviewers)
      ? (reviewers as Record<string, unknown[]>[])
      : [];
    return teams.length + users.length > 6
      ? [{ property: "reviewers", reason: "a maximum of 6 reviewers (users and teams combined) can be set" }]
      : [];
  },
  create: async (api, wanted) => {
    await api.put(await path(api, wanted), request(wanted));
    const { id } = await api.get<{ id: number }>(await api.repository(wanted["repository"]));
    return { id: ids.of(wanted["repository"], wanted["environment"]), state: { repositoryId: id } };
  },
  read: async (api, _id, state) => {
    const found = await unlessMissing(api.get<Environment>(await path(api, state)));
    return found && stateOf(found);
  },
  update: async (api, { inputs }) => {
    await api.put(await path(api, inputs), request(inputs));
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(await path(api, state)));
  },
};

function request(wanted: Properties): Properties {
  const [reviewers] = (wanted["reviewers"] as { teams?: number[]; users?: number[] }[] | undefined) ?? [];
  const policy = wanted["deploymentBranchPolicy"] as Properties | undefined;
  return {
    wait_timer: wanted["waitTimer"] ?? 0,
    can_admins_bypass: wanted["canAdminsBypass"],
    prevent_self_review: wanted["preventSelfReview"],
    reviewers: reviewers
      ? [
          ...(reviewers.teams ?? []).map((id) => ({ type: "Team", id })),
          ...(reviewers.users ?? []).map((id) => ({ type: "User", id })),
        ]
      : null,
    deployment_branch_policy: policy
      ? {
          protected_branches: policy["protectedBranches"],
          custom_branch_policies: policy["customBranchPolicies"],
        }
      : null,
  };
}

/** A rule that is gone leaves what the state has, as with the official plugin: that drift is not noticed. */
function stateOf({
  name,
  protection_rules,
  can_admins_bypass,
  deployment_branch_policy,
}: Environment): Properties {
  const rules = protection_rules ?? [];
  const timer = rules.find(({ type }) => type === "wait_timer");
  const review = rules.find(({ type }) => type === "required_reviewers");
  const reviewers = (kind: string): number[] =>
    (review?.reviewers ?? []).filter(({ type }) => type === kind).map(({ reviewer }) => reviewer.id);
  return {
    environment: name,
    canAdminsBypass: can_admins_bypass,
    deploymentBranchPolicy: deployment_branch_policy
      ? {
          protectedBranches: deployment_branch_policy.protected_branches,
          customBranchPolicies: deployment_branch_policy.custom_branch_policies,
        }
      : undefined,
    ...(timer && { waitTimer: timer.wait_timer }),
    ...(review && {
      reviewers: [{ teams: reviewers("Team"), users: reviewers("User") }],
      preventSelfReview: review.prevent_self_review ?? false,
    }),
  };
}

interface Environment {
  readonly name: string;
  readonly can_admins_bypass?: boolean;
  readonly protection_rules?: {
    type: string;
    wait_timer?: number;
    prevent_self_review?: boolean;
    reviewers?: { type: string; reviewer: { id: number } }[];
  }[];
  readonly deployment_branch_policy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
}

/** Which branches or tags may be deployed to an environment with custom policies. */
export const deploymentPolicy: Resource<GitHub> = {
  inputs: {
    repository: text({ required: true, replaces: true }),
    environment: text({ required: true, replaces: true }),
    branchPattern: text({ replaces: changesKind }),
    tagPattern: text({ replaces: changesKind }),
  },
  outputs: ["policyId", "repositoryId"],
  importId: ids("repository", "environment", "policyId"),
  validate: ({ branchPattern, tagPattern }) =>
    (branchPattern === undefined) === (tagPattern === undefined)
      ? [{ property: "branchPattern", reason: "exactly one of branchPattern and tagPattern must be set" }]
      : [],
  create: async (api, wanted) => {
    const policy = await api.post<Policy>(`${await path(api, wanted)}/deployment-branch-policies`, {
      name: wanted["branchPattern"] ?? wanted["tagPattern"],
      type: wanted["branchPattern"] === undefined ? "tag" : "branch",
    });
    const { id } = await api.get<{ id: number }>(await api.repository(wanted["repository"]));
    const state = { policyId: policy.id, repositoryId: id };
    return { id: ids.of(wanted["repository"], wanted["environment"], policy.id), state };
  },
  read: async (api, _id, state) => {
    const found = await unlessMissing(api.get<Policy>(await policyPath(api, state)));
    if (!found) return undefined;
    const isBranch = found.type === "branch";
    return {
      policyId: found.id,
      branchPattern: isBranch ? found.name : undefined,
      tagPattern: isBranch ? undefined : found.name,
    };
  },
  update: async (api, { state, inputs }) => {
    const name = inputs["branchPattern"] ?? inputs["tagPattern"];
    await api.put(await policyPath(api, { ...state, ...inputs }), { name });
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(await policyPath(api, state)));
  },
};

/** A branch pattern that becomes a tag pattern is another policy. */
function changesKind(old: unknown, now: unknown): boolean {
  return old === undefined || old === "" || now === undefined || now === "";
}

const policyPath = async (api: GitHub, state: Properties): Promise<string> =>
  `${await path(api, state)}/deployment-branch-policies/${segment(state["policyId"])}`;

interface Policy {
  readonly id: number;
  readonly name: string;
  readonly type?: string;
}
