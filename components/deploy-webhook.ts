import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

export interface DeployWebhookArgs {
  /** Name of the repository, without its owner. */
  repository: pulumi.Input<string>;
  /** Where Odoo answers. */
  domain: string;
  /** Signs every delivery (X-Hub-Signature-256). */
  secret: pulumi.Input<string>;
}

/** What an approved task in Odoo needs to hear of: that its code moved, its checks ran, its deployment ended. */
const events = ["deployment_status", "pull_request", "push", "workflow_run"];

/**
 * Tells Odoo what happens in the repository, signed.
 *
 * @example
 * new DeployWebhook("odoo-prod-odoo-ce", { repository: "odoo-ce", domain: "erp.example.com", secret });
 */
export class DeployWebhook extends pulumi.ComponentResource {
  readonly webhook: github.RepositoryWebhook;

  constructor(name: string, args: DeployWebhookArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:DeployWebhook", name, {}, opts);
    this.webhook = new github.RepositoryWebhook(
      `${name}-webhook`,
      {
        repository: args.repository,
        events,
        active: true,
        configuration: {
          url: `https://${args.domain}/pulser/github`,
          contentType: "json",
          insecureSsl: false,
          secret: pulumi.secret(args.secret),
        },
      },
      { parent: this },
    );
    this.registerOutputs({ url: `https://${args.domain}/pulser/github` });
  }
}
