import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

type Json = Record<string, unknown>;
interface Documented {
  operationId: string;
  /** Status to where in the document its JSON schema stands; undefined for an answer without a body. */
  answers: Map<string, string | undefined>;
}

/** GitHub's own description of its REST API, to hold the emulator's answers against. */
export class OpenApi {
  readonly #operations = new Map<string, Documented>();
  readonly #routes: {
    method: string;
    pattern: RegExp;
    operation: Documented;
    names: number;
    length: number;
  }[] = [];
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
    const document = normalized(JSON.parse(readFileSync(file, "utf8"))) as {
      paths: Record<
        string,
        Record<string, Json & { operationId?: string; responses?: Record<string, Json> }>
      >;
    };
    formats.default(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: "github" });
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { operationId, responses }] of Object.entries(methods))
        if (operationId && responses) this.#add(method, path, operationId, responses);
  }

  /** `PUT /repos/{owner}/{repo}/labels/{name}` of an operation. */
  routeOf(operationId: string): string | undefined {
    return [...this.#operations].find(([, one]) => one.operationId === operationId)?.[0];
  }

  /** The operation behind a real path: the one with the fewest names, then the longest. */
  find(method: string, path: string): Documented | undefined {
    const found = this.#routes.filter((one) => one.method === method && one.pattern.test(path));
    const closest = found.sort((one, other) => one.names - other.names || other.length - one.length);
    return closest[0]?.operation;
  }

  /** What is wrong with an answer, in words; empty when GitHub's description allows it. */
  faults(operation: Documented, status: number, body: unknown): string[] {
    const name = `${operation.operationId} ${status}`;
    if (!operation.answers.has(String(status))) return [`${name} is not documented`];
    const place = operation.answers.get(String(status));
    if (place === undefined) return body === undefined ? [] : [`${name} should have no body`];
    const validate = this.#validators.get(place) ?? this.#ajv.compile({ $ref: place });
    this.#validators.set(place, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map((error) => `${name}: ${error.instancePath} ${error.message ?? ""}`);
  }

  #add(method: string, path: string, operationId: string, responses: Record<string, Json>): void {
    const here = `github#/paths/${pointer(path)}/${method}/responses`;
    const answers = Object.entries(responses).map(([status, response]) => {
      const shared = typeof response["$ref"] === "string" ? `github${response["$ref"]}` : undefined;
      const place = `${shared ?? `${here}/${status}`}/content/application~1json/schema`;
      const hasBody = shared !== undefined || "application/json" in ((response["content"] as Json) ?? {});
      return [status, hasBody ? place : undefined] as const;
    });
    const operation = { operationId, answers: new Map(answers) };
    this.#operations.set(`${method.toUpperCase()} ${path}`, operation);
    const pattern = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      name === "ref" || name === "path" ? ".+" : "[^/]+",
    );
    const { length } = path;
    const route = { method: method.toUpperCase(), pattern: new RegExp(`^${pattern}$`), operation };
    this.#routes.push({ ...route, names: path.split("{").length, length });
  }
}

const pointer = (path: string): string =>
  encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"));

// OpenAPI 3.0's `nullable` stands beside `$ref`, `oneOf` and `enum` too, where JSON Schema's validators do not know it.
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== "object" || value === null) return value;
  const fields: Json = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, normalized(one)]));
  // GitHub answers "" for an address that was not given, and says so by the default.
  if (fields["format"] === "uri" && fields["default"] === "") delete fields["format"];
  if (fields["nullable"] !== true) return fields;
  if (Array.isArray(fields["enum"])) return { ...fields, enum: [...(fields["enum"] as unknown[]), null] };
  if (typeof fields["type"] === "string") return fields;
  const { nullable: _, ...rest } = fields;
  return { anyOf: [rest, { type: "null" }] };
}
