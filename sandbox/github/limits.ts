import type { MiddlewareHandler } from "hono";
import type { World } from "../world.ts";
import { Refusal } from "./refusals.ts";

/** How many seconds a client is told to wait by the "rate-limit" fault. */
const retryAfterSeconds = 2;

/** The world's faults, as a GitHub client meets them. */
export function faulty(world: World): MiddlewareHandler {
  return async (context, next) => {
    const request = `${context.req.method} ${context.req.path}`;
    await world.faults.delay("github", request);
    if (world.faults.hits("rate-limit", "github", request))
      throw new Refusal("secondary-rate-limit", { headers: { "Retry-After": String(retryAfterSeconds) } });
    if (world.faults.hits("server-error", "github", request)) throw new Refusal("server-error");
    if (world.faults.hits("expired-token", "github", request)) throw new Refusal("bad-credentials");
    await next();
  };
}

/** What one token has left of its hour. */
export interface Quota {
  limit: number;
  used: number;
  remaining: number;
  /** Seconds since 1970. */
  reset: number;
}

/** Counts requests by token and hour. Kept in memory: a restart forgives. */
export class Quotas {
  readonly #now: () => Date;
  readonly #spent = new Map<string, { used: number; reset: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** @param cost how many requests this one counts for; 0 only looks */
  spend(token: string, limit: number, cost: 0 | 1): Quota {
    const now = Math.floor(this.#now().getTime() / 1000);
    let entry = this.#spent.get(token);
    if (!entry || entry.reset <= now) entry = { used: 0, reset: now + 3600 };
    entry.used += cost;
    this.#spent.set(token, entry);
    return { limit, used: entry.used, remaining: Math.max(0, limit - entry.used), reset: entry.reset };
  }
}

export function quotaHeaders(quota: Quota): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(quota.limit),
    "X-RateLimit-Remaining": String(quota.remaining),
    "X-RateLimit-Used": String(quota.used),
    "X-RateLimit-Reset": String(quota.reset),
    "X-RateLimit-Resource": "core",
  };
}
