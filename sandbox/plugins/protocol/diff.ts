import { createHash } from "node:crypto";

import { DEFAULTS } from "./check.ts";
import type { Property, Shape } from "./schema.ts";
import { holdsUnknown, isEmpty, isRecord, isUnknown, type Properties } from "./values.ts";

/** One difference between what is and what is asked for. */
export interface Difference {
  /** `spec.services[0].image.tag` */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  readonly replaces: boolean;
}

/** What differs between the state (the outputs, as the vendor last told them) and the inputs. */
export function differences(shape: Shape, state: Properties, inputs: Properties): Difference[] {
  return Object.entries(shape).flatMap(([name, property]) =>
    compare(property, name, state[name], inputs[name]),
  );
}

/** Whether two values of a property mean the same. */
export const meansTheSame = (property: Property, old: unknown, now: unknown): boolean =>
  compare(property, "", old, now).length === 0;

export const topLevel = (path: string): string => path.split(/[.[]/, 1)[0] as string;

/**
 * The official plugins delete first wherever a name that could have been made up was given by the program, since two
 * things of one name cannot stand side by side.
 */
export function deletesFirst(shape: Shape, inputs: Properties): boolean {
  const filled = inputs[DEFAULTS];
  return (
    Array.isArray(filled) &&
    Object.entries(shape).some(
      ([name, property]) =>
        property.autoName !== undefined && inputs[name] !== undefined && !filled.includes(name),
    )
  );
}

/** What the state keeps of an input. */
export function kept(property: Property, value: unknown): unknown {
  if (!property.hashed || typeof value !== "string" || isUnknown(value)) return value;
  return createHash("sha1").update(value).digest("hex");
}

function compare(property: Property, path: string, old: unknown, now: unknown): Difference[] {
  const differs = (kind: Difference["kind"]): Difference[] => {
    const { replaces } = property;
    return [
      { path, kind, replaces: typeof replaces === "function" ? replaces(old, now) : replaces === true },
    ];
  };
  if (now === undefined) return property.computed || isEmpty(old) ? [] : differs("delete");
  if (isUnknown(now)) return differs(old === undefined ? "add" : "update");
  if (isEmpty(old) && isEmpty(now)) return [];
  if (old === undefined) return differs("add");
  if (property.same?.(old, now) || old === now) return [];
  if (property.hashed) return old === kept(property, now) ? [] : differs("update");
  const inside = compareInside(property, path, old, now);
  if (inside === undefined) return differs("update");
  return property.replaces && inside.length > 0 ? differs("update") : inside;
}

/** The differences within two values of one structure; undefined when they simply differ. */
function compareInside(
  property: Property,
  path: string,
  old: unknown,
  now: unknown,
): Difference[] | undefined {
  if (isRecord(old) && isRecord(now)) {
    const fields = property.fields ?? openShape(property, old, now);
    return Object.entries(fields).flatMap(([name, field]) =>
      compare(field, `${path}.${name}`, old[name], now[name]),
    );
  }
  if (!Array.isArray(old) || !Array.isArray(now)) return undefined;
  const items = property.items ?? { kind: "any" };
  if (property.unordered) return sameItems(items, old, now) ? [] : undefined;
  return Array.from({ length: Math.max(old.length, now.length) }).flatMap((_, index) =>
    index < now.length || index >= old.length
      ? compare(items, `${path}[${index}]`, old[index], now[index])
      : [{ path: `${path}[${index}]`, kind: "delete", replaces: false }],
  );
}

/** Of a map every key matters. */
function openShape(property: Property, old: Properties, now: Properties): Shape {
  const item: Property = property.items ?? { kind: "any" };
  return Object.fromEntries([...Object.keys(old), ...Object.keys(now)].map((key) => [key, item]));
}

function sameItems(items: Property, old: unknown[], now: unknown[]): boolean {
  if (old.length !== now.length || holdsUnknown(now)) return false;
  const left = [...old];
  return now.every((wanted) => {
    const index = left.findIndex((candidate) => meansTheSame(items, candidate, wanted));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}
