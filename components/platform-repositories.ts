import type * as pulumi from "@pulumi/pulumi";
import { type OdooPlatformArgs, secretOf } from "./platform-args.ts";
import { Repository } from "./repository.ts";

/** What GitHub's workflows need, by the name they know it under. */
const actionsSecrets = {
  DEPLOY_WEBHOOK_SECRET: "webhookSecret",
  DIGITALOCEAN_TOKEN: "actionsDigitaloceanToken",
  SPACES_ACCESS_KEY_ID: "actionsSpacesAccessId",
  SPACES_SECRET_ACCESS_KEY: "actionsSpacesSecretKey",
  PLATFORM_GITHUB_TOKEN: "actionsGithubToken",
  PULUMI_CONFIG_PASSPHRASE: "actionsPassphrase",
  PULUMI_ACCESS_TOKEN: "actionsPulumiToken",
  STATE_ACCESS_KEY_ID: "actionsStateAccessId",
  STATE_SECRET_ACCESS_KEY: "actionsStateSecretKey",
} as const;

/** Every repository of the settings, with its protection, secrets, variables and webhook. */
export function createRepositories(
  name: string,
  args: OdooPlatformArgs,
  parent: pulumi.Resource,
): Repository[] {
  const secrets = Object.entries(actionsSecrets).flatMap(([key, from]) => {
    const secret = args.secrets[from];
    return secret ? [[key, secret] as const] : [];
  });
  const all = Object.fromEntries(secrets);
  const reading = args.secrets["previewDigitaloceanToken"];
  const shared = {
    stack: args.stack,
    domain: args.platform.domain,
    webhookSecret: secretOf(args, "webhookSecret"),
    secrets: all,
    // What deploys is not signed in a preview.
    ...(reading && {
      previewSecrets: { ...omit(all, "DEPLOY_WEBHOOK_SECRET"), DIGITALOCEAN_TOKEN: reading },
    }),
    variables: { PLATFORM_STACK: args.stack, PLATFORM_DOMAIN: args.platform.domain },
  };
  return args.repositories.map(
    (repository) => new Repository(`${name}-${repository.name}`, { ...repository, ...shared }, { parent }),
  );
}

const omit = <T>(all: Record<string, T>, left: string): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== left));
