import { readFileSync } from "node:fs";
import { join } from "node:path";
import { names } from "../sandbox/machines/addresses.ts";
import { receiverKeys } from "../sandbox/receivers/keys.ts";
import { readRun, type Run } from "../sandbox/run.ts";
import type { SecretName } from "../settings/secrets.ts";
import { isSandbox, sandboxDir } from "./engine-env.ts";
import type { Generated } from "./generate.ts";
import type { StackFile } from "./project.ts";

/** The certificate of the running sandbox's own authority; undefined where it has no machines. */
export function worldAuthority(): string | undefined {
  const run = readRun(sandboxDir());
  if (!run?.machines) return undefined;
  return readFileSync(join(run.dir, "authority", "ca.pem"), "utf8");
}

/** Secrets of a sandbox's stack that its world has made, and the stack does not have yet. */
export function worldSecrets(stack: string, { values }: StackFile): Generated[] {
  const run = readRun(sandboxDir());
  if (!isSandbox(stack) || !run) return [];
  const made = { ...registrySecret(run, values), ...receiverSecrets(run, values) };
  return Object.entries(made)
    .filter(([key]) => !(key in values))
    .map(([key, value]) => ({ key: key as SecretName, value, secret: true }));
}

type Made = Partial<Record<SecretName, string>>;

function registrySecret({ machines, credentials }: Run, values: StackFile["values"]): Made {
  const { registry } = (values["image"] ?? {}) as { registry?: unknown };
  if (!machines || registry !== names.registry) return {};
  return { registryCredentials: `sandbox:${credentials.registryPassword}` };
}

/** What opens the receivers of messages, for the channels that the settings name. */
function receiverSecrets({ ports, credentials }: Run, values: StackFile["values"]): Made {
  const { slack, mattermost, pagerduty } = (values["alerts"] ?? {}) as Record<string, unknown>;
  if (ports.receivers === undefined) return {};
  const root = `http://127.0.0.1:${ports.receivers}`;
  const keys = receiverKeys(credentials.receiversToken);
  return {
    ...(slack !== undefined && { slackWebhookUrl: `${root}/slack/services/${keys.slack}` }),
    ...(mattermost !== undefined && { mattermostWebhookUrl: `${root}/mattermost/hooks/${keys.mattermost}` }),
    ...(pagerduty === true && { pagerdutyRoutingKey: keys.pagerduty }),
  };
}
