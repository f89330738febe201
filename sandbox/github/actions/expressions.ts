/**
 * GitHub's expression language, as far as jobs need it before they run: names, `if`, environments, concurrency groups,
 * matrices and outputs. What stands in steps is act's to evaluate.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** What an expression may name: `github`, `inputs`, `vars`, `needs`, `matrix`, `secrets`, `steps`. */
export interface Scope {
  contexts: Readonly<Record<string, Value>>;
  /** What became of what the job needs; `success()`, `failure()` and `cancelled()` ask it. */
  status?: { succeeded: boolean; failed: boolean; cancelled: boolean };
}

/** An expression that cannot be read or evaluated. */
export class ExpressionError extends Error {}

/** A text with `${{ }}` in it: what it comes to. One expression alone keeps its type. */
export function interpolate(text: string, scope: Scope): Value {
  const alone = /^\s*\$\{\{((?:(?!\$\{\{)[\s\S])*)\}\}\s*$/.exec(text);
  if (alone?.[1] !== undefined) return evaluate(alone[1], scope);
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, inner: string) => asText(evaluate(inner, scope)));
}

/** The same through lists and objects, keys left as they are. */
export function interpolateAll(value: Value, scope: Scope): Value {
  if (typeof value === "string") return interpolate(value, scope);
  if (Array.isArray(value)) return value.map((one) => interpolateAll(one, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolateAll(one, scope)]));
}

/** Whether a job's `if` lets it run: without a status function it also wants everything before it to have succeeded. */
export function condition(text: string | boolean | undefined, scope: Scope): boolean {
  const bare = String(text ?? "").trim();
  const inner = /^\$\{\{([\s\S]*)\}\}$/.exec(bare)?.[1] ?? bare;
  const asks = /\b(success|failure|always|cancelled)\s*\(/.test(inner);
  if (!asks && scope.status?.succeeded === false) return false;
  return inner.trim() === "" || truthy(evaluate(inner, scope));
}

/** @throws {ExpressionError} */
export function evaluate(text: string, scope: Scope): Value {
  const parser = new Parser(tokens(text), scope);
  return parser.whole();
}

const truthy = (value: Value): boolean =>
  value !== null && value !== false && value !== 0 && value !== "" && !Number.isNaN(value);

export function asText(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? (Array.isArray(value) ? "Array" : "Object") : String(value);
}

const token =
  /\s*(?:('(?:[^']|'')*')|(-?(?:0x[\da-fA-F]+|\d+(?:\.\d+)?))|([A-Za-z_][\w-]*)|(&&|\|\||==|!=|<=|>=|[()[\].,!<>*]))/y;

interface Token {
  kind: "string" | "number" | "name" | "sign";
  text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match)
      throw new ExpressionError(`"${text.trim()}" is not an expression, from "${text.slice(at)}" on`);
    const [, string, number, name, sign] = match;
    if (string !== undefined) found.push({ kind: "string", text: string.slice(1, -1).replaceAll("''", "'") });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (name !== undefined) found.push({ kind: "name", text: name });
    else found.push({ kind: "sign", text: sign ?? "" });
  }
  return found;
}

/** Evaluates while it reads; `&&` and `||` answer one of their sides, as in JavaScript. */
class Parser {
  readonly #tokens: Token[];
  readonly #scope: Scope;
  #at = 0;

  constructor(all: Token[], scope: Scope) {
    this.#tokens = all;
    this.#scope = scope;
  }

  whole(): Value {
    const value = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest) throw new ExpressionError(`"${rest.text}" is not expected there`);
    return value;
  }

  #or(): Value {
    let left = this.#and();
    while (this.#take("||")) {
      const right = this.#and();
      left = truthy(left) ? left : right;
    }
    return left;
  }

  #and(): Value {
    let left = this.#compare();
    while (this.#take("&&")) {
      const right = this.#compare();
      left = truthy(left) ? right : left;
    }
    return left;
  }

  #compare(): Value {
    let left = this.#not();
    for (;;) {
      const sign = ["==", "!=", "<=", ">=", "<", ">"].find((one) => this.#take(one));
      if (sign === undefined) return left;
      left = compare(sign, left, this.#not());
    }
  }

  #not(): Value {
    return this.#take("!") ? !truthy(this.#not()) : this.#member();
  }

  #member(): Value {
    let value = this.#single();
    for (;;) {
      if (this.#take(".")) value = this.#take("*") ? values(value) : property(value, this.#next("name").text);
      else if (this.#take("[")) {
        value = this.#take("*") ? values(value) : property(value, this.#or());
        this.#demand("]");
      } else return value;
    }
  }

  #single(): Value {
    if (this.#take("(")) {
      const value = this.#or();
      this.#demand(")");
      return value;
    }
    const next = this.#next();
    if (next.kind === "string") return next.text;
    if (next.kind === "number") return Number(next.text);
    if (next.kind !== "name") throw new ExpressionError(`"${next.text}" is not expected there`);
    if (next.text === "true" || next.text === "false") return next.text === "true";
    if (next.text === "null") return null;
    if (!this.#take("(")) return property(this.#scope.contexts, next.text);
    const args: Value[] = [];
    while (!this.#take(")")) {
      args.push(this.#or());
      if (!this.#take(",") && this.#tokens[this.#at]?.text !== ")")
        throw new ExpressionError(`${next.text}(: a comma or bracket is missing`);
    }
    return call(next.text, args, this.#scope);
  }

  #next(kind?: Token["kind"]): Token {
    const next = this.#tokens[this.#at];
    if (!next || (kind !== undefined && next.kind !== kind))
      throw new ExpressionError(next ? `"${next.text}" is not expected there` : "it ends too early");
    this.#at += 1;
    return next;
  }

  #take(sign: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== "sign" || next.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #demand(sign: string): void {
    if (!this.#take(sign)) throw new ExpressionError(`"${sign}" is missing`);
  }
}

/** Names are compared without regard to case; what is not there is null. */
function property(value: Value, name: Value): Value {
  if (Array.isArray(value))
    return typeof name === "number"
      ? (value[name] ?? null)
      : value.map((one) => property(one, name)).filter((one) => one !== null);
  if (typeof value !== "object" || value === null) return null;
  const wanted = asText(name).toLowerCase();
  return Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null;
}

const values = (value: Value): Value[] =>
  Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.values(value) : [];

function compare(sign: string, left: Value, right: Value): boolean {
  if (sign === "==") return equal(left, right);
  if (sign === "!=") return !equal(left, right);
  const [one, other] = [asNumber(left), asNumber(right)];
  if (sign === "<") return one < other;
  if (sign === "<=") return one <= other;
  return sign === ">" ? one > other : one >= other;
}

function equal(left: Value, right: Value): boolean {
  if (typeof left === "string" && typeof right === "string")
    return left.toLowerCase() === right.toLowerCase();
  if (typeof left === typeof right && (left === null) === (right === null)) return left === right;
  return asNumber(left) === asNumber(right);
}

function asNumber(value: Value): number {
  if (value === null || value === "") return 0;
  return typeof value === "object" ? Number.NaN : Number(value);
}

function call(name: string, args: Value[], { status }: Scope): Value {
  const [first = null, second = null] = args;
  const [one, other] = [asText(first).toLowerCase(), asText(second).toLowerCase()];
  switch (name.toLowerCase()) {
    case "contains":
      return Array.isArray(first) ? first.some((item) => equal(item, second)) : one.includes(other);
    case "startswith":
      return one.startsWith(other);
    case "endswith":
      return one.endsWith(other);
    case "format":
      return asText(first).replace(/\{(\d+)\}/g, (_, index: string) =>
        asText(args[Number(index) + 1] ?? null),
      );
    case "join":
      return Array.isArray(first)
        ? first.map(asText).join(args.length > 1 ? asText(second) : ",")
        : asText(first);
    case "tojson":
      return JSON.stringify(first, null, 2);
    case "fromjson":
      return fromJson(asText(first));
    case "always":
      return true;
    case "success":
      return status?.succeeded !== false;
    case "failure":
      return status?.failed === true;
    case "cancelled":
      return status?.cancelled === true;
    default:
      throw new ExpressionError(`${name}(): there is no such function here`);
  }
}

function fromJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new ExpressionError("fromJSON(): what it is given is no JSON");
  }
}
