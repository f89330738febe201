import { setTimeout as sleep } from "node:timers/promises";

const attemptMs = 4000;
const againMs = 500;
const longestWaitMs = 2000;

/** An answer, as far as a channel looks at it. */
export interface Posted {
  status: number;
  text: string;
}

/**
 * One POST of JSON, and a second one where the first got no answer or one that passes (429, 5xx). The address may be a
 * secret: no error names it.
 *
 * @param name the vendor, for the error: "Slack"
 * @throws Error when there is no answer, or one that is not 2xx
 */
export async function post(name: string, url: string, body: object, signal: AbortSignal): Promise<Posted> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) throw new Error(`${name}'s address is none`);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(url, body, AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]));
    if (answer && answer.status >= 200 && answer.status < 300) return answer;
    signal.throwIfAborted();
    const mayPass = !answer || answer.status === 429 || answer.status >= 500;
    if (!mayPass || attempt === 2)
      throw new Error(answer ? `${name} answers ${said(answer)}` : `${name} does not answer`);
    await sleep(Math.min(longestWaitMs, Math.max(againMs, (answer?.retryAfter ?? 0) * 1000)), undefined, {
      signal,
    });
  }
}

async function once(
  url: string,
  body: object,
  signal: AbortSignal,
): Promise<(Posted & { retryAfter: number }) | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal,
    });
    const retryAfter = Number(response.headers.get("retry-after") ?? 0) || 0;
    return { status: response.status, text: await response.text(), retryAfter };
  } catch {
    return undefined;
  }
}

const said = ({ status, text }: Posted): string => `${status} ${text.slice(0, 200)}`.trim();
