import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { digitaloceanScopes, githubPermissions } from "../catalog/token-scopes.ts";
import { type Checked, checkSettings, missingKeys } from "../settings/check.ts";
import { faultList } from "../settings/complete.ts";
import { resourceName } from "../settings/formats.ts";
import type { Settings } from "../settings/schema.ts";
import {
  type PublicKeyName,
  type SecretName,
  howToSet,
  publicKeys,
  secretKeys,
} from "../settings/secrets.ts";
import { UserError } from "../user-error.ts";
import { enterStack, isSandbox } from "./engine-env.ts";
import { type Generated, generate } from "./generate.ts";
import { projectName, readStackFile, stackFile } from "./project.ts";
import { requirePassphrase } from "./passphrase.ts";
import { addToSettings } from "./settings-text.ts";
import { starterSettings } from "./starter.ts";
import type { Context, Outcome, Run } from "./verb.ts";
import { worldAuthority, worldSecrets } from "./world-settings.ts";

type Key = SecretName | PublicKeyName;

/** Makes a stack's settings, or adds what is missing to them. What is there stays as it is, comments too. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress } = context;
  const file = `Pulumi.${stack}.yaml`;
  enterStack(stack);
  requirePassphrase(stack);
  const created = createFile(stack, kindOf(context.options["kind"]));
  const raw = readStackFile(stack);
  const settings = complete(file, checkSettings(raw));
  const missing = missingKeys(raw, settings);
  const generated = [...generate(missing), ...worldSecrets(stack, raw)];
  if (generated.length > 0) {
    await progress.step(`Adding ${generated.length} keys to ${file}`, () => addKeys(stack, generated));
  }
  const added = generated.map(({ key }) => key);
  const yours = missing.filter((key) => !added.includes(key));
  const scopes = scopesOf(settings);
  return {
    json: { file, created, added, missing: yours, digitaloceanScopes: scopes, githubPermissions },
    text: [
      summary(file, created, added),
      ...yours.map((key) => asYours(key, missing, stack)),
      ...scopeText(settings),
    ].join("\n"),
    next:
      created && !isSandbox(stack)
        ? `edit ${file}, then platform preview --stack ${stack}`
        : `platform preview --stack ${stack}`,
  };
};

function kindOf(option: string | boolean | undefined): "droplet" | "app" {
  if (option === undefined || option === "droplet" || option === "app") return option ?? "droplet";
  throw new UserError("badInput", `--kind: "${option}" is not known; there is droplet, app`);
}

function createFile(stack: string, kind: "droplet" | "app"): boolean {
  const name = resourceName.safeParse(stack);
  if (!name.success)
    throw new UserError("badInput", `--stack: "${stack}" ${name.error.issues[0]?.message ?? ""}`);
  if (existsSync(stackFile(stack))) return false;
  writeFileSync(
    stackFile(stack),
    starterSettings(stack, kind, projectName(), isSandbox(stack) ? worldAuthority() : undefined),
  );
  return true;
}

function complete(file: string, { settings, faults }: Checked): Settings {
  if (faults.length > 0) throw new UserError("badInput", faultList(file, faults));
  return settings as Settings;
}

// The engine encrypts, and writes the file in its own way; the text as it was, with only the new keys added, goes back.
async function addKeys(stack: string, generated: Generated[]): Promise<void> {
  const before = readFileSync(stackFile(stack), "utf8");
  const { PlatformStack } = await import("./stack.ts");
  try {
    await (await PlatformStack.open(stack, { create: true })).setConfig(generated);
    const { config, encryptionsalt } = parse(readFileSync(stackFile(stack), "utf8")) as EngineFile;
    const keys = generated.map(({ key }) => `${projectName()}:${key}`);
    const added = Object.fromEntries(keys.map((key) => [key, config[key]]));
    replaceFile(stackFile(stack), addToSettings(before, added, encryptionsalt));
  } catch (error) {
    replaceFile(stackFile(stack), before);
    throw error;
  }
}

interface EngineFile {
  config: Record<string, unknown>;
  encryptionsalt?: string;
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

function summary(file: string, created: boolean, added: Key[]): string {
  if (!created && added.length === 0) return `${file} has all that can be made; nothing was changed.`;
  const what = added.length > 0 ? `: added ${added.join(", ")}` : "";
  return `${file} ${created ? "was made" : "was completed"}${what}.`;
}

function asYours(key: Key, missing: Key[], stack: string): string {
  const { what } = { ...secretKeys, ...publicKeys }[key];
  return `Still missing: ${key} (${what}); ${howToSet(key, missing, stack)}.`;
}

const scopesOf = (settings: Settings): string[] =>
  digitaloceanScopes({
    host: settings.host.kind,
    managedDatabase: settings.database.kind === "managed",
    ownsZone: settings.platform.zone.owned,
  });

function scopeText(settings: Settings): string[] {
  const grouped = Map.groupBy(scopesOf(settings), (scope) => scope.split(":")[0] ?? "");
  const scopes = [...grouped].map(
    ([name, all]) => `  ${name}: ${all.map((one) => one.split(":")[1]).join(", ")}`,
  );
  return [
    "",
    "DIGITALOCEAN_TOKEN needs these scopes, and no more:",
    ...scopes,
    ...(settings.repositories.length > 0
      ? [
          "GITHUB_TOKEN needs these permissions on the repositories:",
          ...githubPermissions.map((one) => `  ${one}`),
        ]
      : []),
  ];
}
