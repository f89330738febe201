import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

export interface ActionsSecretsArgs {
  /** Name of the repository, without its owner. */
  repository: pulumi.Input<string>;
  /** The environment that holds them; without one they are the repository's, their names ending in the stack's. */
  environment: pulumi.Input<string> | undefined;
  stack: string;
  /** Secrets by name. Each must be a Pulumi secret. */
  secrets: Record<string, pulumi.Output<string>>;
  /** Plain values by name. */
  variables: Record<string, pulumi.Input<string>>;
}

/**
 * What GitHub's workflows need to run this stack: its secrets and variables.
 *
 * GitHub cannot say a secret's value back, so one that was edited by hand is not seen by a refresh; the next change of
 * the setting, or `platform doctor`, puts it right.
 *
 * @example
 * new ActionsSecrets("odoo-prod-odoo-ce", { repository, environment, stack: "prod", secrets: { DIGITALOCEAN_TOKEN: token }, variables: {} });
 */
export class ActionsSecrets extends pulumi.ComponentResource {
  readonly secrets: (github.ActionsSecret | github.ActionsEnvironmentSecret)[];
  readonly variables: (github.ActionsVariable | github.ActionsEnvironmentVariable)[];

  constructor(name: string, args: ActionsSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:ActionsSecrets", name, {}, opts);
    this.secrets = Object.entries(args.secrets).map(([key, value]) =>
      createSecret(name, key, value, args, this),
    );
    this.variables = Object.entries(args.variables).map(([key, value]) =>
      createVariable(name, key, value, args, this),
    );
    this.registerOutputs({ secrets: Object.keys(args.secrets), variables: Object.keys(args.variables) });
  }
}

function createSecret(
  name: string,
  key: string,
  value: pulumi.Output<string>,
  { repository, environment, stack }: ActionsSecretsArgs,
  parent: pulumi.Resource,
) {
  const urn = `${name}-secret-${dashed(key)}`;
  const hidden = pulumi.secret(value);
  if (environment === undefined) {
    const args = { repository, secretName: suffixed(key, stack), value: hidden };
    return new github.ActionsSecret(urn, args, { parent });
  }
  const args = { repository, environment, secretName: key, value: hidden };
  return new github.ActionsEnvironmentSecret(urn, args, { parent });
}

function createVariable(
  name: string,
  key: string,
  value: pulumi.Input<string>,
  { repository, environment, stack }: ActionsSecretsArgs,
  parent: pulumi.Resource,
) {
  const urn = `${name}-variable-${dashed(key)}`;
  if (environment === undefined) {
    return new github.ActionsVariable(
      urn,
      { repository, variableName: suffixed(key, stack), value },
      { parent },
    );
  }
  const args = { repository, environment, variableName: key, value };
  return new github.ActionsEnvironmentVariable(urn, args, { parent });
}

/** A repository's secrets are shared by all stacks, so there each name carries its stack. */
export const suffixed = (key: string, stack: string): string =>
  `${key}_${stack.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_")}`;

const dashed = (key: string): string => key.toLowerCase().replaceAll("_", "-");
