import { z } from "zod";
import type { Call } from "../call.ts";
import { findRef } from "../git.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { actorIds, mergeChecks, ruleFor, unprotected } from "../protection-rules.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { ProtectionRule } from "../rows/protection.ts";
import { adminsView, checksView, protectionView, reviewsView, signaturesView } from "../views/protection.ts";
import { repositoryUrl } from "../views/repository.ts";

const flag = optional(z.boolean());
const names = z.object({
  users: optional(z.array(z.string())),
  teams: optional(z.array(z.string())),
  apps: optional(z.array(z.string())),
});

const reviews = z.object({
  dismissal_restrictions: optional(names),
  dismiss_stale_reviews: flag,
  require_code_owner_reviews: flag,
  required_approving_review_count: optional(z.number().int().min(0).max(6)),
  require_last_push_approval: flag,
  bypass_pull_request_allowances: optional(names),
});

// The first four must be said, if only by null.
const protection = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean(),
      contexts: optional(z.array(z.string())),
      checks: optional(z.array(z.object({ context: z.string(), app_id: optional(z.number().int()) }))),
    })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  required_pull_request_reviews: reviews.nullable(),
  restrictions: names.nullable(),
  required_linear_history: flag,
  allow_force_pushes: flag,
  allow_deletions: flag,
  block_creations: flag,
  required_conversation_resolution: flag,
  lock_branch: flag,
  allow_fork_syncing: flag,
});

const path = "/repos/{owner}/{repo}/branches/{branch}/protection" as const;

/** Branch protection in REST's words; the rules are the same as GraphQL's. */
export const protections: Operations = {
  "repos/get-branch-protection": {
    route: `GET ${path}`,
    needs: "administration=read",
    answer(call) {
      const { hub, repository } = call;
      return ok(protectionView(hub, repository, call.param("branch"), existing(call)));
    },
  },

  "repos/update-branch-protection": {
    route: `PUT ${path}`,
    needs: "administration=write",
    async answer(call) {
      const { hub, repository } = call;
      const branch = demandBranch(call);
      const body = await call.body(protection);
      if (body.restrictions && hub.account(repository.owner).type === "User")
        throw new Refusal("validation-failed", {
          errors: ["Only organization repositories can have users and team restrictions"],
        });
      // A pattern of the branch's own name is made beside a wider one, which then no longer counts.
      const own = hub.tables.protectionRules.find(
        (one) => one.repository === repository.id && one.pattern === branch,
      );
      const rule = {
        ...unprotected,
        requiresCommitSignatures: own?.requiresCommitSignatures ?? false,
        ...fromBody(call, body),
        id: own?.id ?? hub.nextId(),
        repository: repository.id,
        pattern: branch,
      };
      return ok(protectionView(hub, repository, branch, hub.tables.protectionRules.put(rule.id, rule)));
    },
  },

  "repos/delete-branch-protection": {
    route: `DELETE ${path}`,
    needs: "administration=write",
    answer(call) {
      call.hub.tables.protectionRules.delete(existing(call).id);
      return noContent;
    },
  },

  "repos/get-admin-branch-protection": {
    route: `GET ${path}/enforce_admins`,
    needs: "administration=read",
    answer: (call) => ok(adminsView(url(call), existing(call))),
  },

  "repos/get-status-checks-protection": {
    route: `GET ${path}/required_status_checks`,
    needs: "administration=read",
    answer(call) {
      const rule = existing(call);
      if (!rule.requiresStatusChecks)
        throw new Refusal("not-found", { message: "Required status checks not enabled" });
      return ok(checksView(url(call), rule));
    },
  },

  "repos/get-pull-request-review-protection": {
    route: `GET ${path}/required_pull_request_reviews`,
    needs: "administration=read",
    answer: (call) => ok(reviewsView(call.hub, url(call), existing(call))),
  },

  "repos/delete-pull-request-review-protection": {
    route: `DELETE ${path}/required_pull_request_reviews`,
    needs: "administration=write",
    answer(call) {
      change(call, { ...noReviews });
      return noContent;
    },
  },

  "repos/get-commit-signature-protection": {
    route: `GET ${path}/required_signatures`,
    needs: "administration=read",
    answer: (call) => ok(signaturesView(url(call), existing(call))),
  },

  "repos/create-commit-signature-protection": {
    route: `POST ${path}/required_signatures`,
    needs: "administration=write",
    answer: (call) => ok(signaturesView(url(call), change(call, { requiresCommitSignatures: true }))),
  },

  "repos/delete-commit-signature-protection": {
    route: `DELETE ${path}/required_signatures`,
    needs: "administration=write",
    answer(call) {
      change(call, { requiresCommitSignatures: false });
      return noContent;
    },
  },
};

const noReviews = {
  requiresApprovingReviews: false,
  requiredApprovingReviewCount: 0,
  dismissesStaleReviews: false,
  requiresCodeOwnerReviews: false,
  requireLastPushApproval: false,
  restrictsReviewDismissals: false,
  reviewDismissalActorIds: [],
  bypassPullRequestActorIds: [],
};

function fromBody(call: Call, body: z.infer<typeof protection>): Partial<ProtectionRule> {
  const checks = body.required_status_checks;
  const review = body.required_pull_request_reviews;
  const ids = (given: z.infer<typeof names> | undefined | null): string[] =>
    given ? actorIds(call.hub, call.repository.owner, given) : [];
  return {
    requiresStatusChecks: checks !== null,
    requiresStrictStatusChecks: checks?.strict ?? false,
    requiredChecks: mergeChecks([
      ...(checks?.contexts ?? []).map((context) => ({ context, app_id: null })),
      ...(checks?.checks ?? []).map(({ context, app_id }) => ({ context, app_id: app_id ?? null })),
    ]),
    isAdminEnforced: body.enforce_admins ?? false,
    ...(review && {
      requiresApprovingReviews: true,
      requiredApprovingReviewCount: review.required_approving_review_count ?? 1,
      dismissesStaleReviews: review.dismiss_stale_reviews ?? false,
      requiresCodeOwnerReviews: review.require_code_owner_reviews ?? false,
      requireLastPushApproval: review.require_last_push_approval ?? false,
      // An empty object switches the restriction off (https://docs.github.com/rest/branches/branch-protection).
      restrictsReviewDismissals: Object.values(review.dismissal_restrictions ?? {}).some((one) => one),
      reviewDismissalActorIds: ids(review.dismissal_restrictions),
      bypassPullRequestActorIds: ids(review.bypass_pull_request_allowances),
    }),
    restrictsPushes: body.restrictions !== null,
    pushActorIds: ids(body.restrictions),
    requiresLinearHistory: body.required_linear_history ?? false,
    allowsForcePushes: body.allow_force_pushes ?? false,
    allowsDeletions: body.allow_deletions ?? false,
    blocksCreations: body.block_creations ?? false,
    requiresConversationResolution: body.required_conversation_resolution ?? false,
    lockBranch: body.lock_branch ?? false,
    lockAllowsFetchAndMerge: body.allow_fork_syncing ?? false,
  };
}

function demandBranch(call: Call): string {
  const branch = call.param("branch");
  call.hub.demandProtection(call.repository);
  if (!findRef(call.hub, call.repository, `refs/heads/${branch}`)) throw new Refusal("branch-not-found");
  return branch;
}

function existing(call: Call): ProtectionRule {
  const rule = ruleFor(call.hub, call.repository, demandBranch(call));
  if (!rule) throw new Refusal("branch-not-protected");
  return rule;
}

function change(call: Call, fields: Partial<ProtectionRule>): ProtectionRule {
  const rule = { ...existing(call), ...fields };
  return call.hub.tables.protectionRules.put(rule.id, rule);
}

const url = (call: Call): string =>
  `${repositoryUrl(call.hub, call.repository)}/branches/${call.param("branch")}/protection`;
