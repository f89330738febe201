import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { Faults } from "../faults.ts";
import { ApiError, vendorErrors } from "./errors.ts";
import type { Scope } from "./operation.ts";

/** Who may call. A token with scopes may do what they name (`droplet:create`); the full token may do everything. */
export interface Tokens {
  /** The account's full-access token; a function where it can be renewed while the server runs. */
  token: string | (() => string);
  /** Custom-scoped tokens, each with its scopes. */
  scopedTokens?: Record<string, readonly Scope[]>;
}

declare module "hono" {
  interface ContextVariableMap {
    requestId: string;
    /** What the caller may do; `all` for the full-access token. */
    scopes: readonly Scope[] | "all";
  }
}

const perHour = 5000;

/** `x-request-id` and `RateLimit-*` on every answer; the limit counts, but only the fault makes it bite. */
export function headers(now: () => Date): MiddlewareHandler {
  let hour = -1;
  let used = 0;
  return async (c, next) => {
    const current = Math.floor(now().getTime() / 3_600_000);
    if (current !== hour) [hour, used] = [current, 0];
    used += 1;
    c.set("requestId", randomUUID());
    await next();
    c.header("x-request-id", c.get("requestId"));
    c.header("RateLimit-Limit", String(perHour));
    c.header("RateLimit-Remaining", String(Math.max(0, perHour - used)));
    c.header("RateLimit-Reset", String((current + 1) * 3600));
  };
}

/** The faults that hit any request, in the vendor's form. Others belong to the handler they break. */
export function breakages(faults: Faults): MiddlewareHandler {
  return async (c, next) => {
    const request = `${c.req.method} ${c.req.path}`;
    await faults.delay("digitalocean", request);
    if (faults.hits("expired-token", "digitalocean", request)) throw new ApiError("unauthorized");
    if (faults.hits("rate-limit", "digitalocean", request)) {
      // godo sleeps for Retry-After and asks again: https://github.com/digitalocean/godo#rate-limiting
      c.header("Retry-After", "1");
      throw new ApiError("too_many_requests");
    }
    if (faults.hits("server-error", "digitalocean", request)) throw new ApiError("server_error");
    return next();
  };
}

/** Finds out who calls; 401 for a token that the account does not have. */
export function authenticate({ token, scopedTokens = {} }: Tokens): MiddlewareHandler {
  return async (c, next) => {
    const given = /^Bearer (\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const full = typeof token === "function" ? token() : token;
    const scopes = given === full ? "all" : Object.entries(scopedTokens).find(([one]) => one === given)?.[1];
    if (given === undefined || scopes === undefined) throw new ApiError("unauthorized");
    c.set("scopes", scopes);
    return next();
  };
}

/** Whether the caller's token holds the scope. */
export function allows(c: Context, scope: Scope): boolean {
  const scopes = c.get("scopes");
  return scopes === "all" || scopes.includes(scope);
}

/** 403 in the words that tell a user which scope their token lacks. */
export function requireScope(scope: Scope): MiddlewareHandler {
  return async (c, next) => {
    if (!allows(c, scope))
      throw new ApiError("forbidden", `You are missing the required permission ${scope}`);
    return next();
  };
}

/** An error in the vendor's form; one that is not meant for the caller is a bug of the sandbox's and stays a 500. */
export function answerError(error: Error, c: Context): Response {
  const known = error instanceof ApiError;
  const id = known ? error.id : "server_error";
  const message = known ? error.message : vendorErrors.server_error[1];
  return c.json({ id, message, request_id: c.get("requestId") }, vendorErrors[id][0]);
}
