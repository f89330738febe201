import { z } from "zod";
import { sections } from "../settings/schema.ts";
import { publicKeys, secretKeys } from "../settings/secrets.ts";

interface JsonSchema {
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

const schemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

/** The JSON Schema of a stack's settings file, for editors. */
export function settingsSchema(): string {
  const config = Object.entries(sections).map(([name, schema]) => {
    const { $schema: _, ...rest } = schemaOf(schema) as JsonSchema & { $schema?: string };
    return [`odoo-platform:${name}`, rest] as const;
  });
  const secrets = Object.entries(secretKeys).map(([name, { what }]) => {
    const secure = { type: "object", properties: { secure: { type: "string" } }, required: ["secure"] };
    return [`odoo-platform:${name}`, { ...secure, description: `Secret: ${what}.` }] as const;
  });
  const plain = Object.entries(publicKeys).map(
    ([name, { what }]) => [`odoo-platform:${name}`, { type: "string", description: `${what}.` }] as const,
  );
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of a stack (Pulumi.NAME.yaml)",
    type: "object",
    properties: {
      config: { type: "object", properties: Object.fromEntries([...config, ...secrets, ...plain]) },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** docs/settings.md: every section, every field, every secret. */
export function settingsPage(): string {
  return [
    "# Settings",
    "",
    "Generated from `settings/schema.ts` by `npm run docs`. A stack's settings stand in `Pulumi.NAME.yaml` under `config`,",
    "a section each, with `odoo-platform:` before its name. `platform init --stack NAME` makes a new file and adds the",
    "secrets; every verb says all that is wrong at once. For completion while you type, point your editor's YAML plugin at",
    "`settings/schema.json`.",
    "",
    ...Object.entries(sections).flatMap(([name, schema]) => sectionPart(name, schemaOf(schema))),
    ...secretsPart(),
    "",
  ].join("\n");
}

function sectionPart(name: string, schema: JsonSchema): string[] {
  const head = [`## ${name}`, "", schema.description ?? "", ""];
  const forms = schema.oneOf ?? schema.anyOf;
  if (forms) return [...head, ...forms.flatMap(formPart)];
  if (schema.type === "array")
    return [...head, "A list; each entry has:", "", ...table(schema.items ?? {}), ""];
  return [...head, ...table(schema), ""];
}

function formPart(form: JsonSchema): string[] {
  const kind = form.properties?.["kind"];
  return [`### kind: ${String(kind?.const)}`, "", kind?.description ?? "", "", ...table(form, ["kind"]), ""];
}

function table(schema: JsonSchema, without: string[] = []): string[] {
  const rows = rowsOf(schema, "").filter(({ path }) => !without.includes(path));
  if (rows.length === 0) return ["Nothing else."];
  const lines = rows.map(
    ({ path, form, fallback, what }) => `| \`${path}\` | ${form} | ${fallback} | ${what} |`,
  );
  return ["| field | is | default | |", "|---|---|---|---|", ...lines];
}

interface Row {
  path: string;
  form: string;
  fallback: string;
  what: string;
}

function rowsOf(schema: JsonSchema, prefix: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    if (field.properties) return rowsOf(field, `${path}.`);
    const required = schema.required?.includes(name) ?? false;
    const fallback = field.default === undefined ? (required ? "**needed**" : "none") : code(field.default);
    return [{ path, form: formOf(field), fallback, what: field.description ?? "" }];
  });
}

function formOf(field: JsonSchema): string {
  if (field.const !== undefined) return code(field.const);
  if (field.enum) return field.enum.map(code).join(", ");
  const either = field.anyOf ?? field.oneOf;
  if (either) return either.map(formOf).join(" or ");
  if (field.type === "array") return `list of ${formOf(field.items ?? {})}`;
  const limits = field.type === "integer" && field.maximum !== undefined && field.maximum < 1e9;
  if (limits) return `${field.minimum} to ${field.maximum}`;
  return String(field.type);
}

function secretsPart(): string[] {
  const rows = Object.entries(secretKeys).map(([name, secret]) => {
    const from = "made" in secret ? "`platform init`" : "you";
    return `| \`${name}\` | ${secret.what} | ${from} |`;
  });
  const open = Object.entries(publicKeys).map(
    ([name, { what }]) => `| \`${name}\` | ${what}; not secret | \`platform init\` |`,
  );
  return [
    "## Secrets",
    "",
    "Each is a flat key of its own, encrypted, never inside a section: what stands encrypted inside a section comes out of",
    "Pulumi as plain text and lands in the state. Yours are set with `pulumi config set --secret odoo-platform:NAME`, which",
    "reads the value from its standard input; the settings decide which are needed.",
    "",
    "| key | is | from |",
    "|---|---|---|",
    ...rows,
    ...open,
  ];
}

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
