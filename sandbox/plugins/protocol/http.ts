import { setTimeout as sleep } from "node:timers/promises";

import type { Call } from "./plugin.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What differs between the vendors' own clients. */
export interface Manners {
  /** How long to wait before asking again, in ms; undefined when the answer is final. `attempt` counts from 0. */
  readonly patience: (failed: HttpError | TypeError, attempt: number) => number | undefined;
  /** What the vendor's error body says. */
  readonly explain: (body: unknown) => string;
}

/** An answer that is no success, in the words of the vendors' Go clients: `METHOD URL: STATUS MESSAGE`. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(request: HttpRequest, response: Response, body: unknown, explanation: string) {
    super(`${request.method} ${request.url}: ${response.status} ${explanation}`);
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
  }
}

// No vendor's answer takes longer; without a limit a request that is lost on the way would hang the update.
const ANSWER_LIMIT_MS = 120_000;

/**
 * Sends a request until there is a final answer, and returns its JSON, or undefined for an empty one.
 * A cancelled call ends the waiting between requests, never a request: what a write has done must get into the state.
 *
 * @throws HttpError
 */
export async function send(request: HttpRequest, manners: Manners, signal: AbortSignal): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await sendOnce(request, manners);
    } catch (error) {
      if (!(error instanceof HttpError || error instanceof TypeError)) throw error;
      const patience = manners.patience(error, attempt);
      if (patience === undefined) throw unreachable(request, error);
      await sleep(patience, undefined, { signal });
    }
  }
}

async function sendOnce(request: HttpRequest, manners: Manners): Promise<unknown> {
  const response = await fetch(request.url, {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  const body = text === "" ? undefined : parse(text);
  if (!response.ok) throw new HttpError(request, response, body, manners.explain(body));
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `fetch failed` alone helps nobody; its cause names the address and what is wrong with it. */
function unreachable(request: HttpRequest, error: HttpError | TypeError): Error {
  if (error instanceof HttpError) return error;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new Error(`${request.method} ${request.url}: ${cause}`, { cause: error });
}

/** The seconds that a `Retry-After` header asks for, in ms. */
export function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null || value === "") return undefined;
  const seconds = Number.isNaN(Number(value)) ? (Date.parse(value) - Date.now()) / 1000 : Number(value);
  return Math.max(0, seconds * 1000);
}

/** The answer, or undefined where the vendor says 404. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

/** How often to look while waiting for the vendor, in ms: first and, after growing, at most. */
export interface Pace {
  readonly first: number;
  readonly most: number;
}

/**
 * Looks until there is something to see. The official plugins look every 10 s, which no setting shortens; the end is
 * the same.
 */
export async function until<T>(
  call: Pick<Call, "signal">,
  pace: Pace,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (let pause = pace.first; ; pause = Math.min(pause * 2, pace.most)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    try {
      await sleep(pause, undefined, { signal: call.signal });
    } catch {
      throw new Error(`gave up waiting until ${what}: ${(call.signal.reason as Error).message}`);
    }
  }
}
