import type { Context } from "hono";
import type { ZodType, output } from "zod";
import { ApiError, invalid, notFound } from "./errors.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** A permission of a custom-scoped token, as the vendor names them (`droplet:create`). */
export type Scope = `${string}:${string}`;

/** One operation of the vendor's API: its operationId, where it is served, what a token must be allowed, the answer. */
export interface Operation {
  name: string;
  method: Method;
  path: string;
  scope: Scope;
  handle: (c: Context) => Response | Promise<Response>;
}

/** @param name the vendor's operationId, so that each handler can be held beside its page in the vendor's reference. */
export function operation(
  name: string,
  route: `${Method} /v2/${string}`,
  scope: Scope,
  handle: Operation["handle"],
): Operation {
  const [method, path] = route.split(" ") as [Method, string];
  return { name, method, path, scope, handle };
}

/** A part of the path. */
export const param = (c: Context, name: string): string => c.req.param(name) ?? "";

/** A part of the path that must be a number; anything else names nothing. */
export function numberParam(c: Context, name: string): number {
  const id = Number(param(c, name));
  if (!Number.isSafeInteger(id)) throw notFound();
  return id;
}

/** The JSON body, checked. Text that is no JSON is 400, a field that does not fit is 422 with all faults named. */
export async function input<T extends ZodType>(c: Context, schema: T): Promise<output<T>> {
  const text = await c.req.text();
  const body = parse(text);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.map((one) => [one.path.join("."), one.message].join(" ").trim()).join("; "),
  );
}

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("bad_request");
  }
}

/** One page of a list in the vendor's envelope: `{[key]: [...], links, meta: {total}}`; `per_page` 20, at most 200. */
export function page(c: Context, key: string, rows: readonly unknown[]): Response {
  const perPage = Math.min(natural(c.req.query("per_page"), 20), 200);
  const current = natural(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(rows.length / perPage));
  const href = (number: number): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(number));
    url.searchParams.set("per_page", String(perPage));
    return url.href;
  };
  const pages = {
    ...(current > 1 && { first: href(1), prev: href(current - 1) }),
    ...(current < last && { next: href(current + 1), last: href(last) }),
  };
  return c.json({
    [key]: rows.slice((current - 1) * perPage, current * perPage),
    links: Object.keys(pages).length > 0 ? { pages } : {},
    meta: { total: rows.length },
  });
}

function natural(text: string | undefined, otherwise: number): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : otherwise;
}

/** A row without the fields that the vendor does not show. */
export function omit<T extends object, K extends keyof T>(row: T, ...fields: K[]): Omit<T, K> {
  const shown = { ...row };
  for (const field of fields) delete shown[field];
  return shown;
}

/** 204, the answer to whatever leaves nothing to say. */
export const noContent = (c: Context): Response => c.body(null, 204);
