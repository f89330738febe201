import { Secret } from "@pulumi/policy";
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
 * How the engine writes a value that is not known before the update: one UUID for each kind of value. They are part of
 * its protocol (pulumi/sdk/go/common/resource/plugin/rpc.go); the framework has them, but not in its types.
 */
const unknowns: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/**
 * Every string in a resource's inputs. Properties are read by their descriptors: ordinary reading throws at the first
 * unknown value, and unwraps a secret without a trace. Secrets are marked in a remediation only, where the framework
 * hands them over as `Secret`; in a validation each looks plain.
 */
export function inputsOf(props: object): Input[] {
  const found: Input[] = [];
  walk(props, [], false, {}, found);
  return found;
}

/** `spec.envs[2].value`, for people. */
export function format(path: readonly string[]): string {
  return path.map((key, at) => (/^\d+$/.test(key) ? `[${key}]` : (at ? "." : "") + key)).join("");
}

function walk(
  holder: object,
  path: readonly string[],
  inSecret: boolean,
  siblings: Readonly<Record<string, unknown>>,
  found: Input[],
): void {
  for (const [key, { value: raw }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (Array.isArray(holder) && key === "length") continue;
    const isSecret = inSecret || raw instanceof Secret;
    const value: unknown = raw instanceof Secret ? raw.value : raw;
    const at = [...path, key];
    if (typeof value === "string") {
      const around = Array.isArray(holder) ? siblings : (holder as Record<string, unknown>);
      found.push({
        path: at,
        name: nameOf(at, around),
        value,
        siblings: around,
        isSecret,
        isUnknown: unknowns.has(value),
      });
    } else if (typeof value === "object" && value !== null) {
      walk(
        value,
        at,
        isSecret,
        Array.isArray(holder) ? siblings : (holder as Record<string, unknown>),
        found,
      );
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
