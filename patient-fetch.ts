import { setTimeout as sleep } from "node:timers/promises";

const attempts = 5;
const attemptMs = 15_000;
/** A vendor that wants more than this is not waited for: its answer goes to the caller. */
const longestWaitSeconds = 60;

/**
 * Fetches, and asks again while the vendor is busy: after `Retry-After` seconds where it says so, else after 1, 2, 4 and
 * 8 s, which is how the official plugins do it. Only for requests that may be repeated.
 *
 * @returns the last answer, whatever its status
 * @throws what `fetch` throws when nothing answers
 */
export async function patientFetch(url: string, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(attemptMs) });
    const waitSeconds = busySeconds(response, attempt);
    if (waitSeconds === undefined || waitSeconds > longestWaitSeconds || attempt === attempts)
      return response;
    await response.body?.cancel();
    await sleep(waitSeconds * 1000);
  }
}

/** How long to wait before the next attempt; undefined for an answer that will not change. */
function busySeconds({ status, headers }: Response, attempt: number): number | undefined {
  const asked = Number(headers.get("retry-after") ?? Number.NaN);
  // GitHub tells its secondary rate limits by 403 too.
  if ([403, 429, 503].includes(status) && Number.isFinite(asked)) return asked;
  return [429, 500, 502, 503, 504].includes(status) ? 2 ** (attempt - 1) : undefined;
}
