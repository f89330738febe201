import { createHash, randomBytes } from "node:crypto";

import type { Failure } from "./plugin.ts";
import type { Property, Shape } from "./schema.ts";
import { holdsUnknown, isAsset, isArchive, isRecord, isUnknown, type Properties } from "./values.ts";

/** The input that lists which others were filled in, as the official plugins' bridge keeps it in the state. */
export const DEFAULTS = "__defaults";

export interface Naming {
  /** The resource's name in the program. */
  readonly resource: string;
  /** The engine's randomness for this resource; empty when it gave none. */
  readonly seed: Uint8Array;
  /** The stack's own rule (`pulumi:autonaming`), where it has one. */
  readonly rule?: { readonly mode: "propose" | "enforce" | "disable"; readonly proposed: string };
}

/** The program's inputs with what is filled in, and everything that is wrong with them. */
export function check(
  shape: Shape,
  news: Properties,
  olds: Properties,
  naming: Naming,
): { inputs: Properties; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs = checked(shape, news, "", failures);
  const filled: string[] = [];
  for (const [name, property] of Object.entries(shape)) {
    if (inputs[name] !== undefined) continue;
    if (property.autoName === undefined) {
      if (property.default !== undefined) filled.push(name);
      continue;
    }
    if (naming.rule?.mode === "disable") {
      failures.push({
        property: name,
        reason: "automatic naming is disabled but no explicit name was provided",
      });
      continue;
    }
    inputs[name] = filledBefore(olds, name) ?? autoName(naming, property.autoName);
    filled.push(name);
  }
  return { inputs: { ...withDefaults(shape, inputs), [DEFAULTS]: filled.sort() }, failures };
}

/** A made-up value is kept for the life of the resource. */
function filledBefore(olds: Properties, name: string): unknown {
  const filled = olds[DEFAULTS];
  // A refresh drops the list; then everything may have been filled in.
  return !Array.isArray(filled) || filled.includes(name) ? olds[name] : undefined;
}

function autoName({ resource, seed, rule }: Naming, longest: number): string {
  if (rule) return rule.proposed;
  const entropy = seed.length > 0 ? seed : randomBytes(32);
  const suffix = createHash("sha256").update(entropy).update(resource).digest("hex").slice(0, 7);
  return `${resource.slice(0, longest - suffix.length - 1)}-${suffix}`;
}

function withDefaults(shape: Shape, values: Properties): Properties {
  const complete = { ...values };
  for (const [name, property] of Object.entries(shape)) {
    if (complete[name] === undefined && property.default !== undefined) complete[name] = property.default;
    else complete[name] = defaultsInside(property, complete[name]);
    if (complete[name] === undefined) delete complete[name];
  }
  return complete;
}

function defaultsInside(property: Property, value: unknown): unknown {
  if (property.fields && isRecord(value)) return withDefaults(property.fields, value);
  if (property.items && Array.isArray(value))
    return value.map((item: unknown) => defaultsInside(property.items as Property, item));
  return value;
}

function checked(shape: Shape, values: Properties, path: string, failures: Failure[]): Properties {
  const result: Properties = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === DEFAULTS) continue;
    const property = shape[name];
    const at = path === "" ? name : `${path}.${name}`;
    if (property) result[name] = checkedValue(property, value, at, failures);
    else failures.push({ property: at, reason: `an input "${name}" is not expected here` });
  }
  for (const [name, property] of Object.entries(shape))
    if (property.required && property.autoName === undefined && values[name] === undefined)
      failures.push({
        property: path === "" ? name : `${path}.${name}`,
        reason: `the input "${name}" is required, but no definition was found`,
      });
  return result;
}

function checkedValue(property: Property, given: unknown, at: string, failures: Failure[]): unknown {
  if (isUnknown(given)) return given;
  const value = converted(property, given);
  const fail = (reason: string): void => void failures.push({ property: at, reason });
  switch (property.kind) {
    case "any":
      return value;
    case "object":
      if (isRecord(value)) return checked(property.fields ?? {}, value, at, failures);
      break;
    case "map":
      if (isRecord(value)) return value;
      break;
    case "list":
      if (Array.isArray(value))
        return value.map((item: unknown, index) =>
          checkedValue(property.items as Property, item, `${at}[${index}]`, failures),
        );
      break;
    case "string":
    case "number":
    case "boolean":
      if (typeof value !== property.kind) break;
      checkRange(property, value as string | number | boolean, fail);
      return value;
  }
  fail(
    `expected ${property.kind === "list" ? "a list" : `a value of type ${property.kind}`}, got ${kindOf(value)}`,
  );
  return value;
}

/** Numbers and booleans may be written as strings, and the other way round, as in Terraform's schemas. */
function converted(property: Property, value: unknown): unknown {
  if (property.kind === "number" && typeof value === "string" && value.trim() !== "" && !isNaN(Number(value)))
    return Number(value);
  if (property.kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  if (property.kind === "string" && (typeof value === "number" || typeof value === "boolean"))
    return String(value);
  return value;
}

function checkRange(
  property: Property,
  value: string | number | boolean,
  fail: (reason: string) => void,
): void {
  const isChoice = (choice: string): boolean => choice === value || property.same?.(choice, value) === true;
  if (property.oneOf && !property.oneOf.some(isChoice))
    fail(`expected one of [${property.oneOf.join(" ")}], got ${String(value)}`);
  const size = typeof value === "string" ? value.length : Number(value);
  const what = typeof value === "string" ? "a length of " : "";
  if (property.min !== undefined && size < property.min)
    fail(`expected ${what}at least ${property.min}, got ${size}`);
  if (property.max !== undefined && size > property.max)
    fail(`expected ${what}at most ${property.max}, got ${size}`);
}

function kindOf(value: unknown): string {
  if (isAsset(value) || isArchive(value)) return "an asset";
  if (Array.isArray(value)) return "a list";
  return holdsUnknown(value) ? "an unknown value" : typeof value;
}
