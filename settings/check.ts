import { explain, suggest } from "./explain.ts";
import { crossChecks } from "./cross-checks.ts";
import type { Fault } from "./fault.ts";
import { type SectionName, type Settings, sections } from "./schema.ts";
import { type PublicKeyName, type SecretName, publicKeys, secretKeys } from "./secrets.ts";
import { updateKeys } from "./update-keys.ts";

/** A stack's configuration as it was written, without the project's prefix. */
export interface RawConfig {
  values: Record<string, unknown>;
  /** Keys whose value is encrypted, or holds an encrypted value somewhere inside. */
  encrypted: ReadonlySet<string>;
  /** `github:owner`, which Pulumi's GitHub provider reads: the one owner of all the stack's repositories. */
  githubOwner: string | undefined;
}

export interface Checked {
  settings: Partial<Settings>;
  faults: Fault[];
}

/**
 * Reads every section and looks at every key, and says all that is wrong at once. `settings` is complete when there
 * are no faults. Whether needed secrets are there is asked apart (`missingKeys`), because `init` makes them.
 */
export function checkSettings(raw: RawConfig): Checked {
  const faults: Fault[] = unknownKeys(raw);
  const settings: Record<string, unknown> = {};
  for (const name of Object.keys(sections) as SectionName[]) {
    if (raw.encrypted.has(name)) {
      faults.push({
        path: name,
        message: "holds a secret; a secret is a flat key of its own (docs/settings.md)",
      });
      continue;
    }
    const parsed = sections[name].safeParse(raw.values[name], { reportInput: true });
    if (parsed.success) settings[name] = parsed.data;
    else faults.push(...parsed.error.issues.flatMap((issue) => explain(name, issue)));
  }
  faults.push(...crossChecks(settings), ...otherOwners(raw, settings), ...plainSecrets(raw));
  return { settings, faults };
}

/** Keys that these settings need and that are not set, with what each is for. */
export function missingKeys(raw: RawConfig, settings: Partial<Settings>): (SecretName | PublicKeyName)[] {
  const all = { ...secretKeys, ...publicKeys };
  return (Object.keys(all) as (keyof typeof all)[]).filter(
    (key) => all[key].needed(settings) && raw.values[key] === undefined,
  );
}

function unknownKeys(raw: RawConfig): Fault[] {
  const known = [...Object.keys(sections), ...Object.keys(secretKeys), ...Object.keys(publicKeys)];
  return Object.keys(raw.values)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: key, message: ofAnUpdate(key) ?? `is no setting; ${suggest(key, known)}` }));
}

function ofAnUpdate(key: string): string | undefined {
  if (!updateKeys.some((one) => one === key)) return undefined;
  return "belongs to one update, and the verbs add it for that one; take it out, then `platform deploy --release TAG`";
}

// The provider could be given an owner of its own for each, but takes the token into the state with it.
function otherOwners({ githubOwner }: RawConfig, { repositories = [] }: Partial<Settings>): Fault[] {
  const [first] = repositories;
  if (!first) return [];
  if (githubOwner === undefined) {
    const message = `is missing; write "github:owner: ${first.owner}" under config, where Pulumi's GitHub provider reads it`;
    return [{ path: "github:owner", message }];
  }
  return repositories.flatMap(({ owner }, index) => {
    const message = `"${owner}" is not github:owner, "${githubOwner}"; all repositories of a stack have one owner`;
    return owner === githubOwner ? [] : [{ path: `repositories[${index}].owner`, message }];
  });
}

function plainSecrets(raw: RawConfig): Fault[] {
  return Object.keys(secretKeys)
    .filter((key) => raw.values[key] !== undefined && !raw.encrypted.has(key))
    .map((key) => ({
      path: key,
      message: `stands there in plain text; change it at its source, then "pulumi config set --secret ${key}"`,
    }));
}
