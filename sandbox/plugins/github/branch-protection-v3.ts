import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { bool, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";
import { ids } from "./ids.ts";

const people: Shape = { users: set(text()), teams: set(text()), apps: set(text()) };

const inputs: Shape = {
  repository: text({ required: true, replaces: true }),
  branch: text({ required: true, replaces: true }),
  enforceAdmins: bool({ default: false }),
  requireSignedCommits: bool({ default: false }),
  requireConversationResolution: bool({ default: false }),
  requiredStatusChecks: object({
    strict: bool({ default: false }),
    contexts: set(text(), { computed: true }),
    checks: set(text(), { computed: true }),
  }),
  requiredPullRequestReviews: object({
    dismissStaleReviews: bool({ default: false }),
    dismissalUsers: set(text()),
    dismissalTeams: set(text()),
    dismissalApps: set(text()),
    requireCodeOwnerReviews: bool(),
    requiredApprovingReviewCount: number({ default: 1, min: 0, max: 6 }),
    requireLastPushApproval: bool({ default: false }),
    bypassPullRequestAllowances: object(people),
  }),
  restrictions: object(people),
};

/** Only organizations have it: the official plugin says so before it asks. */
async function path(api: GitHub, { repository, branch }: Properties): Promise<string> {
  const { name, isOrganization } = await api.owner();
  if (!isOrganization)
    throw new Error(`this resource can only be used in the context of an organization, "${name}" is a user`);
  return `${await api.repository(repository)}/branches/${segment(branch)}/protection`;
}

/** Classic protection, by REST: https://docs.github.com/en/rest/branches/branch-protection */
export const branchProtectionV3: Resource<GitHub> = {
  inputs,
  importId: ids("repository", "branch"),
  create: async (api, wanted) => {
    await api.put(await path(api, wanted), request(wanted, {}));
    await setSignatures(api, wanted);
    return { id: ids.of(wanted["repository"], wanted["branch"]) };
  },
  read: async (api, _id, state) => {
    const at = await path(api, state);
    const found = await unlessMissing(api.get<Protection>(at));
    if (!found) return undefined;
    const signatures = await unlessMissing(api.get<{ enabled: boolean }>(`${at}/required_signatures`));
    return { ...stateOf(found), ...(signatures && { requireSignedCommits: signatures.enabled }) };
  },
  update: async (api, { state, inputs }) => {
    const at = await path(api, inputs);
    await api.put(at, request(inputs, state));
    if (inputs["requiredPullRequestReviews"] === undefined)
      await unlessMissing(api.delete(`${at}/required_pull_request_reviews`));
    await setSignatures(api, inputs);
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(await path(api, state)));
  },
};

async function setSignatures(api: GitHub, wanted: Properties): Promise<void> {
  const at = `${await path(api, wanted)}/required_signatures`;
  if (wanted["requireSignedCommits"]) await api.post(at);
  else await api.delete(at);
}

function request(wanted: Properties, state: Properties): Properties {
  const reviews = wanted["requiredPullRequestReviews"] as Properties | undefined;
  const restrictions = wanted["restrictions"] as Properties | undefined;
  const { users = [], teams = [], apps = [] } = restrictions ?? {};
  return {
    enforce_admins: wanted["enforceAdmins"],
    required_conversation_resolution: wanted["requireConversationResolution"],
    required_status_checks: checksRequest(
      wanted["requiredStatusChecks"] as Properties | undefined,
      state["requiredStatusChecks"] as Properties | undefined,
    ),
    required_pull_request_reviews: reviews
      ? {
          dismissal_restrictions: {
            users: reviews["dismissalUsers"],
            teams: reviews["dismissalTeams"],
            apps: reviews["dismissalApps"],
          },
          bypass_pull_request_allowances: reviews["bypassPullRequestAllowances"],
          dismiss_stale_reviews: reviews["dismissStaleReviews"],
          require_code_owner_reviews: reviews["requireCodeOwnerReviews"] ?? false,
          required_approving_review_count: reviews["requiredApprovingReviewCount"],
          require_last_push_approval: reviews["requireLastPushApproval"],
        }
      : null,
    restrictions: restrictions ? { users, teams, apps } : null,
  };
}

/**
 * After the first write every check goes out twice, as with the official plugin: once from the deprecated list that
 * came back, once from its own.
 */
function checksRequest(wanted: Properties | undefined, known: Properties | undefined): Properties | null {
  if (!wanted) return null;
  const contexts = (wanted["contexts"] ?? known?.["contexts"] ?? []) as string[];
  const checks = (wanted["checks"] ?? known?.["checks"] ?? []) as string[];
  return {
    strict: wanted["strict"],
    checks: [...contexts.map((context) => ({ context, app_id: -1 })), ...checks.map(parseCheck)],
  };
}

/** `context` or `context:app`. */
function parseCheck(check: string): Properties {
  const colon = check.lastIndexOf(":");
  if (colon <= 0) return { context: check };
  const app = Number(check.slice(colon + 1));
  if (!Number.isInteger(app)) throw new Error(`could not parse ${check.slice(colon + 1)} as valid app_id`);
  return { context: check.slice(0, colon), app_id: app };
}

function stateOf(found: Protection): Properties {
  const { required_status_checks: checks, required_pull_request_reviews: reviews, restrictions } = found;
  return {
    enforceAdmins: found.enforce_admins?.enabled ?? false,
    requireConversationResolution: found.required_conversation_resolution?.enabled ?? false,
    requiredStatusChecks: checks && {
      strict: checks.strict ?? false,
      contexts: checks.contexts,
      checks: checks.checks.map(({ context, app_id }) => (app_id ? `${context}:${app_id}` : context)),
    },
    requiredPullRequestReviews: reviews && {
      dismissStaleReviews: reviews.dismiss_stale_reviews,
      dismissalUsers: names(reviews.dismissal_restrictions).users,
      dismissalTeams: names(reviews.dismissal_restrictions).teams,
      dismissalApps: names(reviews.dismissal_restrictions).apps,
      requireCodeOwnerReviews: reviews.require_code_owner_reviews,
      requireLastPushApproval: reviews.require_last_push_approval,
      requiredApprovingReviewCount: reviews.required_approving_review_count,
      bypassPullRequestAllowances:
        reviews.bypass_pull_request_allowances && names(reviews.bypass_pull_request_allowances),
    },
    restrictions: restrictions && names(restrictions),
  };
}

const names = (people: People | undefined): Record<"users" | "teams" | "apps", string[]> => ({
  users: (people?.users ?? []).map(({ login }) => login),
  teams: (people?.teams ?? []).map(({ slug }) => slug),
  apps: (people?.apps ?? []).map(({ slug }) => slug),
});

interface People {
  readonly users?: { login: string }[];
  readonly teams?: { slug: string }[];
  readonly apps?: { slug: string }[];
}

interface Protection {
  readonly enforce_admins?: { enabled: boolean };
  readonly required_conversation_resolution?: { enabled: boolean };
  readonly required_status_checks?: {
    strict?: boolean;
    contexts: string[];
    checks: { context: string; app_id: number | null }[];
  };
  readonly required_pull_request_reviews?: {
    dismiss_stale_reviews: boolean;
    require_code_owner_reviews: boolean;
    require_last_push_approval?: boolean;
    required_approving_review_count?: number;
    dismissal_restrictions?: People;
    bypass_pull_request_allowances?: People;
  };
  readonly restrictions?: People;
}
