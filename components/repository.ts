import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { ActionsSecrets } from "./actions-secrets.ts";
import { BranchProtection } from "./branch-protection.ts";
import { DeployWebhook } from "./deploy-webhook.ts";

export interface RepositoryArgs {
  owner: string;
  /** Name of an existing repository; it is looked up, never made or deleted. */
  name: string;
  /** This stack declares what exists once: protection, labels and webhook. */
  owned: boolean;
  branch: string;
  requiredChecks: string[];
  approvals: number;
  /** Who must approve a deployment: users, or organization/team. */
  reviewers: string[];
  /** The owner's plan can protect this repository (components/github-plan.ts). */
  protectable: boolean;
  stack: string;
  domain: string;
  webhookSecret: pulumi.Input<string>;
  /** What the workflows need to run this stack. */
  secrets: Record<string, pulumi.Output<string>>;
  variables: Record<string, pulumi.Input<string>>;
  /**
   * What workflows need to look at this stack: of pull requests, and by the hour. Whoever may push a branch can read them, so
   * what they open should read alone.
   */
  previewSecrets?: Record<string, pulumi.Output<string>>;
}

/** Labels of what the platform itself files. */
const labels = {
  "platform: incident": { color: "b60205", description: "A deployment failed or the platform is unhealthy" },
  "platform: drift": { color: "fbca04", description: "Something differs from what is declared" },
  "platform: rollback": { color: "5319e7", description: "A release was taken back" },
} as const;

/**
 * A repository that deploys to this stack: its protection, environment, secrets, variables, webhook and labels.
 *
 * On a plan that cannot protect a private branch the rest is still declared, and a warning names what is not protected.
 *
 * @example
 * new Repository("odoo-prod-odoo-ce", { owner: "acme", name: "odoo-ce", owned: true, requiredChecks: ["Odoo CE CI"], ... });
 */
export class Repository extends pulumi.ComponentResource {
  readonly environment: github.RepositoryEnvironment | undefined;
  readonly protection: BranchProtection | undefined;
  readonly actionsSecrets: ActionsSecrets;
  readonly webhook: DeployWebhook | undefined;
  readonly labels: github.IssueLabel[];

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Repository", name, {}, opts);
    const repository = github.getRepositoryOutput(
      { fullName: `${args.owner}/${args.name}` },
      { parent: this },
    ).name;
    if (!args.protectable) warnUnprotected(args, this);
    this.environment = args.protectable ? createEnvironment(name, args, repository, this) : undefined;
    this.protection = protects(args)
      ? new BranchProtection(name, { ...args, repository }, { parent: this })
      : undefined;
    const environment = this.environment?.environment;
    this.actionsSecrets = new ActionsSecrets(name, { ...args, repository, environment }, { parent: this });
    if (args.previewSecrets && args.protectable)
      createPreviews(name, args, args.previewSecrets, repository, this);
    const secret = args.webhookSecret;
    this.webhook = args.owned
      ? new DeployWebhook(name, { ...args, repository, secret }, { parent: this })
      : undefined;
    this.labels = args.owned ? createLabels(name, repository, this) : [];
    this.registerOutputs({ environment });
  }
}

const protects = ({ owned, protectable }: RepositoryArgs): boolean => owned && protectable;

function warnUnprotected(args: RepositoryArgs, parent: pulumi.Resource): void {
  const unprotected = [
    ...(args.owned ? [`branch "${args.branch}" (checks, reviews, force-push)`] : []),
    `environment "${args.stack}" (reviewers, its own secrets)`,
  ].join(" and ");
  const message =
    `${args.owner}/${args.name} is private and its owner's GitHub plan cannot protect it. Not protected: ${unprotected}. ` +
    `Make the repository public, or move to a plan with protected branches; the next update then declares them.`;
  pulumi.log
    .warn(message, parent)
    // The log goes through the engine, which has its own way of failing.
    .catch(() => {});
}

function createEnvironment(
  name: string,
  args: RepositoryArgs,
  repository: pulumi.Output<string>,
  parent: pulumi.Resource,
): github.RepositoryEnvironment {
  const environment = new github.RepositoryEnvironment(
    `${name}-environment`,
    {
      repository,
      environment: args.stack,
      canAdminsBypass: false,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      ...(args.reviewers.length > 0 ? { reviewers: [reviewersOf(args.reviewers, parent)] } : {}),
    },
    { parent },
  );
  new github.RepositoryEnvironmentDeploymentPolicy(
    `${name}-environment-branch`,
    { repository, environment: environment.environment, branchPattern: args.branch },
    { parent },
  );
  return environment;
}

/** An environment of any branch and without reviewers, with secrets of its own. */
function createPreviews(
  name: string,
  { stack }: RepositoryArgs,
  secrets: Record<string, pulumi.Output<string>>,
  repository: pulumi.Output<string>,
  parent: pulumi.Resource,
): void {
  const { environment } = new github.RepositoryEnvironment(
    `${name}-preview-environment`,
    { repository, environment: `${stack}-preview` },
    { parent },
  );
  new ActionsSecrets(
    `${name}-preview`,
    { repository, environment, stack, secrets, variables: {} },
    { parent },
  );
}

function reviewersOf(reviewers: string[], parent: pulumi.Resource) {
  const teams = reviewers.filter((one) => one.includes("/"));
  const users = reviewers.filter((one) => !one.includes("/"));
  return {
    users: users.map((username) => github.getUserOutput({ username }, { parent }).id.apply(Number)),
    teams: teams.map((team) => {
      const slug = team.slice(team.indexOf("/") + 1);
      return github.getTeamOutput({ slug }, { parent }).id.apply(Number);
    }),
  };
}

function createLabels(
  name: string,
  repository: pulumi.Output<string>,
  parent: pulumi.Resource,
): github.IssueLabel[] {
  return Object.entries(labels).map(
    ([label, look]) =>
      new github.IssueLabel(
        `${name}-label-${label.replace("platform: ", "")}`,
        { repository, name: label, ...look },
        { parent },
      ),
  );
}
