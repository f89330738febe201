import type { Store } from "../store.ts";
import type { Owner, Team } from "./rows/accounts.ts";
import type { Repository, Ref, Commit } from "./rows/repositories.ts";
import type { ProtectionRule, Ruleset, Environment, DeploymentBranchPolicy } from "./rows/protection.ts";
import type { KeyPair, Secret, Variable, Workflow, Dispatch } from "./rows/actions.ts";
import type { Webhook, Delivery } from "./rows/webhooks.ts";
import type { Label, Issue, Comment } from "./rows/issues.ts";
import type { Deployment, DeploymentStatus, CommitStatus, CheckRun } from "./rows/deployments.ts";
import type { Approval, Artifact, WorkflowJob, WorkflowRun } from "./rows/runs.ts";
import type { Time } from "./rows/time.ts";

/** All that the emulated GitHub remembers. Tables are read through `world.store`, by these names. */
export function tables(store: Store) {
  return {
    owners: store.table<Owner>("owners"),
    teams: store.table<Team>("teams"),
    repositories: store.table<Repository>("repositories"),
    refs: store.table<Ref>("refs"),
    commits: store.table<Commit>("commits"),
    protectionRules: store.table<ProtectionRule>("protectionRules"),
    rulesets: store.table<Ruleset>("rulesets"),
    environments: store.table<Environment>("environments"),
    branchPolicies: store.table<DeploymentBranchPolicy>("branchPolicies"),
    keyPairs: store.table<KeyPair>("keyPairs"),
    secrets: store.table<Secret>("secrets"),
    variables: store.table<Variable>("variables"),
    webhooks: store.table<Webhook>("webhooks"),
    deliveries: store.table<Delivery>("deliveries"),
    labels: store.table<Label>("labels"),
    issues: store.table<Issue>("issues"),
    comments: store.table<Comment>("comments"),
    deployments: store.table<Deployment>("deployments"),
    deploymentStatuses: store.table<DeploymentStatus>("deploymentStatuses"),
    commitStatuses: store.table<CommitStatus>("commitStatuses"),
    checkRuns: store.table<CheckRun>("checkRuns"),
    workflows: store.table<Workflow>("workflows"),
    dispatches: store.table<Dispatch>("dispatches"),
    runs: store.table<WorkflowRun>("runs"),
    jobs: store.table<WorkflowJob>("jobs"),
    approvals: store.table<Approval>("approvals"),
    artifacts: store.table<Artifact>("artifacts"),
    /** What was seeded once, so that a thing deleted by hand stays deleted. */
    seeds: store.table<{ seeded_at: Time }>("seeds"),
  };
}

export type Tables = ReturnType<typeof tables>;
