import { Secret } from "@pulumi/policy";
import { isUnknown, rawEntries } from "../unknown.ts";
/** One string somewhere in a resource's inputs. */
export interface Input {
  /** Where it stands: `["connection", "privateKey"]`. */
  readonly path: readonly string[];
  /** What it is called: the property, or the sibling `key` or `name` of a `value`. */
  readonly name: string;
  readonly value: string;
  /** The object that it stands in. */
  readonly siblings: Readonly<Record<string, unknown>>;
  readonly isSecret: boolean;
  /** Not known before the update; `value` then means nothing. */
  readonly isUnknown: boolean;
}

/**
 * Every string in a resource's inputs. Secrets are marked in a remediation only, where the framework hands them over
 * as `Secret`; in a validation each looks plain.
 */
export async function inputsOf(props: object): Promise<Input[]> {
  const found: Input[] = [];
  await walk(props, [], false, {}, found);
  return found;
}

/** `spec.envs[2].value`, for people. */
export function format(path: readonly string[]): string {
  return path.map((key, at) => (/^\d+$/.test(key) ? `[${key}]` : (at ? "." : "") + key)).join("");
}

async function walk(
  holder: object,
  path: readonly string[],
  inSecret: boolean,
  siblings: Readonly<Record<string, unknown>>,
  found: Input[],
): Promise<void> {
  const around = Array.isArray(holder) ? siblings : (holder as Record<string, unknown>);
  for (const [key, raw] of rawEntries(holder)) {
    const isSecret = inSecret || raw instanceof Secret;
    const bare: unknown = raw instanceof Secret ? raw.value : raw;
    // The text of an asset is a promise.
    const value = bare instanceof Promise ? await (bare as Promise<unknown>) : bare;
    const at = [...path, key];
    if (typeof value === "string") {
      const name = nameOf(at, around);
      found.push({ path: at, name, value, siblings: around, isSecret, isUnknown: isUnknown(value) });
    } else if (typeof value === "object" && value !== null) {
      await walk(value, at, isSecret, around, found);
    }
  }
}

/** An element is called as its list is; a `value` is called as the `key` or `name` beside it says. */
function nameOf(path: readonly string[], siblings: Readonly<Record<string, unknown>>): string {
  const property = path.findLast((key) => !/^\d+$/.test(key)) ?? "";
  if (!/^(?:plaintextV|v)alue$/.test(property)) return property;
  const named = ["key", "name", "variableName", "secretName"].map((key) => siblings[key]);
  return named.find((name) => typeof name === "string") ?? property;
}
