import { isSecretName } from "./named-values.ts";

/**
 * The stack's own secrets, whatever they look like. The engine hands a pack the stack's whole configuration, decrypted,
 * in PULUMI_CONFIG (constructEnv in pulumi/sdk/go/common/resource/plugin/analyzer_plugin.go), so that a generated
 * password is recognised as surely as a vendor's token. Keys that say what they hold count; sections do not.
 */
export function stackSecrets(config = process.env["PULUMI_CONFIG"]): string[] {
  return Object.entries(configValues(config))
    .filter(([key, value]) => isSecretName(key) && value.length >= 8)
    .map(([, value]) => value.trim());
}

/** Every flat value of the stack's configuration, or undefined where the engine does not tell. */
export function configValues(config = process.env["PULUMI_CONFIG"]): Record<string, string> {
  if (!config) return {};
  const values = JSON.parse(config) as Record<string, string>;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !/^\s*[[{]/.test(value)));
}
