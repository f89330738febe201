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
  const begun = known.filter((one) => written !== "" && one.startsWith(written));
  const [nearest = ""] = begun.length === 1 ? begun : known.length > 0 ? [closest(written, [...known])] : [];
  // Two letters of a word may be wrong, more of a long one, and none of a word of two: "13" is not meant to be "14".
  const allowed = Math.min(nearest.length - 2, Math.max(2, Math.floor(nearest.length / 3)));
  if (begun.length === 1 || distance(written, nearest) <= allowed) return `did you mean "${nearest}"?`;
  return known.length > 0 && known.length <= 12
    ? `there is ${known.join(", ")}`
    : "docs/settings.md lists what there is";
}

function sentence(section: SectionName, issue: Issue): string {
  const written = issue.input;
  switch (issue.code) {
    case "invalid_value": {
      if (written === undefined) return missing(section, issue);
      const known = issue.values.map(String);
      // YAML reads 19.0 as the number 19.
      const quoted = typeof written === "number" && known.find((one) => Number(one) === written);
      if (quoted) return `must be a string, is a number; write it in quotes, "${quoted}"`;
      return `${show(written)} is not known; ${suggest(typeof written === "string" ? written : "", known)}`;
    }
    case "invalid_type":
      if (written === undefined) return missing(section, issue);
      if (issue.expected === "int") return `${show(written)} is not a whole number`;
      return `must be ${article(issue.expected)}, is ${article(typeName(written))}${quotes(issue.expected, written)}`;
    case "invalid_union": {
      if (issue.discriminator === undefined) return `${show(written)} ${issue.message}`;
      const known = kindsAt(section, issue.path);
      const kind = (written as { kind?: unknown }).kind;
      if (kind === undefined) return `is missing; there is ${known.join(", ")}`;
      return `${show(kind)} is not known; ${suggest(typeof kind === "string" ? kind : "", known)}`;
    }
    case "too_small":
      if (hasLength(written)) return `must not be empty; ${describe(section, issue.path)}`;
      return issue.inclusive === false
        ? `${show(written)} is too small; it must be more than ${String(issue.minimum)}`
        : `${show(written)} is too small; the least is ${String(issue.minimum)}`;
    case "too_big":
      return hasLength(written)
        ? `is too long with ${written.length}; at most ${String(issue.maximum)}`
        : `${show(written)} is too big; the most is ${String(issue.maximum)}`;
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

const hasLength = (value: unknown): value is { length: number } =>
  typeof value === "string" || Array.isArray(value);

const quotes = (expected: string, written: unknown): string =>
  expected === "string" && typeof written === "number" ? "; write it in quotes" : "";

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
