import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import type { RawConfig } from "./check.ts";
import { completeSettings } from "./complete.ts";
import { type Settings, sections } from "./schema.ts";
import { type PublicKeyName, type SecretName, publicKeys, secretKeys } from "./secrets.ts";
import { updateKeys } from "./update-keys.ts";

/** A stack's settings as the program takes them: sections in plain, secrets as secret outputs. */
export interface LoadedSettings extends Settings {
  secrets: Partial<Record<SecretName, pulumi.Output<string>>>;
  publicKeys: Partial<Record<PublicKeyName, string>>;
  /** Changes when a secret does. It cannot be guessed back: generated secrets of 32 bytes go into it. */
  secretsDigest: string;
  /** The release that a verb hands in with this update, JSON. */
  release: string | undefined;
}

/**
 * Reads the running stack's settings.
 * @throws {UserError} badInput, naming every fault at once
 */
export function loadSettings(): LoadedSettings {
  const config = new pulumi.Config();
  const settings = completeSettings(rawConfig(config.name), pulumi.getStack());
  const secrets = mapKeys(secretKeys, (key) => config.getSecret(key));
  const plain = (Object.keys(secretKeys) as SecretName[]).map((key) => config.get(key) ?? null);
  const secretsDigest = createHash("sha256").update(JSON.stringify(plain)).digest("hex");
  return {
    ...settings,
    secrets,
    publicKeys: mapKeys(publicKeys, (key) => config.get(key)),
    secretsDigest,
    release: config.get("release"),
  };
}

// Not in the SDK's public types, yet the only way to learn that a value was encrypted in the stack's file.
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret: (key: string) => boolean };

function rawConfig(project: string): RawConfig {
  const values: Record<string, unknown> = {};
  const encrypted = new Set<string>();
  for (const [full, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!full.startsWith(`${project}:`)) continue;
    const key = full.slice(project.length + 1);
    if (updateKeys.some((one) => one === key)) continue;
    values[key] = key in sections ? structured(text) : text;
    if (isConfigSecret(full)) encrypted.add(key);
  }
  return { values, encrypted, githubOwner: new pulumi.Config("github").get("owner") };
}

// The engine hands structured values over as JSON; what is none was written as a bare word.
function structured(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mapKeys<K extends string, V>(
  keys: Record<K, unknown>,
  value: (key: K) => V | undefined,
): Partial<Record<K, V>> {
  const pairs = (Object.keys(keys) as K[]).map((key) => [key, value(key)] as const);
  return Object.fromEntries(pairs.filter(([, found]) => found !== undefined)) as Partial<Record<K, V>>;
}
