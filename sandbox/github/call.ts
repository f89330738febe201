import type { Context } from "hono";
import type { z } from "zod";
import type { Actor } from "./access.ts";
import { same, type Hub } from "./hub.ts";
import type { Quota } from "./limits.ts";
import type { Answer } from "./operation.ts";
import { invalidRequest } from "./request-body.ts";
import { Refusal } from "./refusals.ts";
import type { Owner } from "./rows/accounts.ts";
import type { Repository } from "./rows/repositories.ts";

/** What the middleware hands to every route. */
export interface Env {
  Variables: { hub: Hub; actor: Actor; quota: Quota };
}

/** One request to one operation, with what handlers ask of it. */
export class Call {
  readonly hub: Hub;
  readonly actor: Actor;
  readonly quota: Quota;
  readonly #context: Context<Env>;

  constructor(context: Context<Env>) {
    this.hub = context.get("hub");
    this.actor = context.get("actor");
    this.quota = context.get("quota");
    this.#context = context;
  }

  /** A part of the path, decoded. */
  param(name: string): string {
    return this.#context.req.param(name) ?? "";
  }

  /** A part of the path that is a number; NaN, which no row has, when it is none. */
  number(name: string): number {
    return Number(this.param(name));
  }

  query(name: string): string | undefined {
    return this.#context.req.query(name);
  }

  /**
   * The body, checked.
   * @throws Refusal 400 for what is no JSON object, 422 for what the schema refuses
   */
  async body<S extends z.ZodType>(schema: S): Promise<z.infer<S>> {
    const text = await this.#context.req.text();
    let value: unknown;
    try {
      value = text === "" ? {} : JSON.parse(text);
    } catch {
      throw new Refusal("malformed-json");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Refusal("not-an-object");
    const parsed = schema.safeParse(value, { reportInput: true });
    if (!parsed.success) throw invalidRequest(parsed.error);
    return parsed.data;
  }

  /** The user behind the token. @throws Refusal 401 for anonymous requests */
  get user(): Owner {
    if (!this.actor.user) throw new Refusal("authentication-required");
    return this.actor.user;
  }

  /**
   * The repository of the path, by name or by number.
   * @throws Refusal 404 when there is none, or when it is private and the token may not know of it
   */
  get repository(): Repository {
    const id = this.param("repository_id");
    const found = id
      ? this.hub.tables.repositories.get(id)
      : this.hub.repository(this.param("owner"), this.param("repo"));
    if (!found || !this.actor.maySee(found)) throw this.actor.hidden();
    return found;
  }

  /** Whether a filter of the query accepts the value; one that is left out accepts all. */
  accepts(name: string, value: string): boolean {
    const wanted = this.query(name);
    return wanted === undefined || same(wanted, value);
  }

  /**
   * One page of a list, with the `Link` header that leads to the others.
   * (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api)
   * @param wrap how the page is answered, when not as a bare list
   */
  page<T>(
    rows: readonly T[],
    view: (row: T) => unknown,
    wrap: (page: unknown[]) => unknown = (page) => page,
  ): Answer {
    const perPage = clamp(Number(this.query("per_page") ?? 30), 1, 100);
    const last = Math.max(1, Math.ceil(rows.length / perPage));
    const page = clamp(Number(this.query("page") ?? 1), 1, Infinity);
    const shown = rows.slice((page - 1) * perPage, page * perPage).map((row) => view(row));
    const links = {
      ...(page > 1 && { prev: Math.min(page - 1, last) }),
      ...(page < last && { next: page + 1, last }),
      ...(page > 1 && { first: 1 }),
    };
    const link = Object.entries(links).map(([rel, number]) => `<${this.#pageUrl(number)}>; rel="${rel}"`);
    return { status: 200, body: wrap(shown), ...(link.length > 0 && { headers: { Link: link.join(", ") } }) };
  }

  #pageUrl(page: number): string {
    const url = new URL(this.#context.req.url);
    url.searchParams.set("page", String(page));
    return url.toString();
  }
}

const clamp = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), least), most) : least;
