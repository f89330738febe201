import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Fault } from "./fault.ts";
import { type SectionName, sections } from "./schema.ts";

type Issue = z.core.$ZodIssue;

const secretLike = /password|secret|token|api_?key|private_?key/i;

/** Turns one finding of zod into faults as people read them: the path, what is wrong there, the way out. */
export function explain(section: SectionName, issue: Issue): Fault[] {
  const path = pathOf(section, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(section, issue.path);
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      message: secretLike.test(key)
        ? "is no setting; a secret is a flat key of its own (docs/settings.md)"
        : `is no setting; ${suggest(key, known)}`,
    }));
  }
  return [{ path, message: sentence(section, issue) }];
}

/** "did you mean ...?" when something is near, else what there is. */
export function suggest(written: string, known: readonly string[]): string {
  if (known.length === 0) return "docs/settings.md lists what there is";
  const nearest = closest(written, [...known]);
  if (distance(written, nearest) <= Math.max(2, Math.floor(nearest.length / 3)))
    return `did you mean "${nearest}"?`;
  return known.length <= 12 ? `there is ${known.join(", ")}` : "docs/settings.md lists what there is";
}

function sentence(section: SectionName, issue: Issue): string {
  const written = issue.input;
  switch (issue.code) {
    case "invalid_value": {
      if (written === undefined) return missing(section, issue);
      const known = issue.values.map(String);
      return `${show(written)} is not known; ${suggest(show(written).replaceAll('"', ""), known)}`;
    }
    case "invalid_type":
      if (written === undefined) return missing(section, issue);
      return `must be ${article(issue.expected)}, is ${article(typeName(written))}`;
    case "invalid_union": {
      const known = kindsAt(section, issue.path);
      if (known.length === 0) return `${show(written)} fits none of the forms in docs/settings.md`;
      return written === undefined
        ? `is missing; there is ${known.join(", ")}`
        : `is unknown; ${suggest(kindOf(written), known)}`;
    }
    case "too_small":
      return Array.isArray(written) || typeof written === "string"
        ? `must not be empty; ${describe(section, issue.path)}`
        : `${show(written)} is too small; the least is ${String(issue.minimum)}`;
    case "too_big":
      return `${show(written)} is too big; the most is ${String(issue.maximum)}`;
    default:
      return `${show(written)} ${issue.message}`;
  }
}

function missing(section: SectionName, issue: Issue): string {
  return `is missing; ${describe(section, issue.path)}`;
}

function pathOf(section: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    section,
  );
}

const show = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`;
};

const kindOf = (value: unknown): string => (value as { kind?: string } | null)?.kind ?? "";

const typeName = (value: unknown): string =>
  value === null
    ? "nothing"
    : Array.isArray(value)
      ? "list"
      : typeof value === "object"
        ? "section"
        : typeof value;

const article = (type: string): string => {
  const name = { array: "list", object: "section", int: "whole number" }[type] ?? type;
  return name === "nothing" ? name : `a ${name}`;
};

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
}

/** What the schema knows at a path, in every form that stands there. */
function schemasAt(section: SectionName, path: readonly PropertyKey[]): JsonSchema[] {
  const forms = (schema: JsonSchema): JsonSchema[] => [
    schema,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  const root = z.toJSONSchema(sections[section], { io: "input", unrepresentable: "any" }) as JsonSchema;
  return path.reduce<JsonSchema[]>(
    (found, part) =>
      found
        .map((schema) => (typeof part === "number" ? schema.items : schema.properties?.[String(part)]))
        .filter((schema) => schema !== undefined)
        .flatMap(forms),
    forms(root),
  );
}

function keysAt(section: SectionName, path: readonly PropertyKey[]): string[] {
  return [...new Set(schemasAt(section, path).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

function kindsAt(section: SectionName, path: readonly PropertyKey[]): string[] {
  return schemasAt(section, path)
    .map((schema) => schema.const)
    .filter((kind) => typeof kind === "string");
}

function describe(section: SectionName, path: readonly PropertyKey[]): string {
  const description = schemasAt(section, path).find((schema) => schema.description)?.description;
  return description
    ? description.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase())
    : "see docs/settings.md";
}
