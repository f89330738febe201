import type { Plugin } from "../protocol/plugin.ts";
import { branchProtectionV3 } from "./branch-protection-v3.ts";
import { branchProtection } from "./branch-protection.ts";
import { connect, type Environment, type GitHub } from "./client.ts";
import { dependabotSecurityUpdates } from "./dependabot.ts";
import { deploymentPolicy, repositoryEnvironment } from "./environment.ts";
import { functions } from "./functions.ts";
import { issueLabel } from "./label.ts";
import { repositoryRuleset } from "./ruleset.ts";
import { actionsEnvironmentSecret, actionsSecret } from "./secrets.ts";
import { actionsEnvironmentVariable, actionsVariable } from "./variables.ts";
import { repositoryWebhook } from "./webhook.ts";

/** The resource types of `@pulumi/github` that the platform uses. */
export const github = (env: Environment): Plugin<GitHub> => ({
  version: "6.15.0",
  connect: connect(env),
  functions,
  resources: {
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": actionsEnvironmentSecret,
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": actionsEnvironmentVariable,
    "github:index/actionsSecret:ActionsSecret": actionsSecret,
    "github:index/actionsVariable:ActionsVariable": actionsVariable,
    "github:index/branchProtection:BranchProtection": branchProtection,
    "github:index/branchProtectionV3:BranchProtectionV3": branchProtectionV3,
    "github:index/issueLabel:IssueLabel": issueLabel,
    "github:index/repositoryDependabotSecurityUpdates:RepositoryDependabotSecurityUpdates":
      dependabotSecurityUpdates,
    "github:index/repositoryEnvironment:RepositoryEnvironment": repositoryEnvironment,
    "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy":
      deploymentPolicy,
    "github:index/repositoryRuleset:RepositoryRuleset": repositoryRuleset,
    "github:index/repositoryWebhook:RepositoryWebhook": repositoryWebhook,
  },
});
