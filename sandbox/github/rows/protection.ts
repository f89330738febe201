import type { Time } from "./time.ts";

/** A branch protection rule, in the words of GraphQL's BranchProtectionRule; REST shows the same rule otherwise. */
export interface ProtectionRule {
  id: number;
  repository: number;
  pattern: string;
  allowsDeletions: boolean;
  allowsForcePushes: boolean;
  blocksCreations: boolean;
  dismissesStaleReviews: boolean;
  isAdminEnforced: boolean;
  lockAllowsFetchAndMerge: boolean;
  lockBranch: boolean;
  requireLastPushApproval: boolean;
  requiredApprovingReviewCount: number;
  /** A check by its name; only the app of that number may report it, or any when null. */
  requiredChecks: { context: string; app_id: number | null }[];
  requiredDeploymentEnvironments: string[];
  requiresApprovingReviews: boolean;
  requiresCodeOwnerReviews: boolean;
  requiresCommitSignatures: boolean;
  requiresConversationResolution: boolean;
  requiresDeployments: boolean;
  requiresLinearHistory: boolean;
  requiresStatusChecks: boolean;
  requiresStrictStatusChecks: boolean;
  restrictsPushes: boolean;
  restrictsReviewDismissals: boolean;
  /** Global ids of users, teams and apps. */
  bypassForcePushActorIds: string[];
  bypassPullRequestActorIds: string[];
  pushActorIds: string[];
  reviewDismissalActorIds: string[];
}

export interface Ruleset {
  id: number;
  repository: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  bypass_actors: { actor_id: number | null; actor_type: string; bypass_mode: string }[];
  conditions: { ref_name: { include: string[]; exclude: string[] } } | null;
  rules: { type: string; parameters?: Record<string, unknown> }[];
  created_at: Time;
  updated_at: Time;
}

export interface Environment {
  id: number;
  repository: number;
  name: string;
  wait_timer: number;
  prevent_self_review: boolean;
  can_admins_bypass: boolean;
  reviewers: { type: "User" | "Team"; id: number }[];
  deployment_branch_policy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  created_at: Time;
  updated_at: Time;
}

export interface DeploymentBranchPolicy {
  id: number;
  environment: number;
  name: string;
  type: "branch" | "tag";
}
