import * as z from "zod";
import { UserError } from "../../user-error.ts";
import { printable } from "../logs/line.ts";
import type { Mail } from "./mail.ts";

/** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/events: as far as it is shown. */
const eventsSchema = z.object({
  items: z.array(
    z.object({
      event: z.string(),
      /** Seconds since 1970, with fractions. */
      timestamp: z.number(),
      severity: z.string().optional(),
      recipient: z.string().optional(),
      message: z
        .object({
          headers: z
            .object({
              from: z.string().optional(),
              to: z.string().optional(),
              subject: z.string().optional(),
            })
            .optional(),
        })
        .optional(),
    }),
  ),
});

const answerMs = 15_000;

/**
 * The last events of a sending domain, newest first. `MAILGUN_API_URL` names the region's API, where it is not the USA's.
 * @throws {UserError} notAuthenticated, failed
 */
export async function mailgunMails(
  domain: string,
  key: string,
  most: number,
  signal: AbortSignal,
  root: string = process.env["MAILGUN_API_URL"] ?? "https://api.mailgun.net",
): Promise<Mail[]> {
  const url = `${root.replace(/\/$/, "")}/v3/${encodeURIComponent(domain)}/events?limit=${most}`;
  const answer = await ask(url, key, signal);
  if (answer.status === 401 || answer.status === 403) {
    const message = `mailgunApiKey: Mailgun refuses it (${answer.status})`;
    throw new UserError("notAuthenticated", message, { hint: "Make a key at Mailgun, then set it again." });
  }
  if (answer.status === 404) {
    const hint = "A domain in the EU is asked for with MAILGUN_API_URL=https://api.eu.mailgun.net.";
    throw new UserError("failed", `mail.domain: Mailgun does not know ${domain}`, { hint });
  }
  const events = eventsSchema.safeParse(answer.body);
  if (answer.status !== 200 || !events.success)
    throw new UserError("failed", `Mailgun answers ${answer.status}, and no events`, { hint: "Try again." });
  return events.data.items
    .map(({ event, timestamp, severity, recipient, message }) => ({
      time: new Date(timestamp * 1000).toISOString(),
      from: printable(message?.headers?.from ?? ""),
      to: [printable(recipient ?? message?.headers?.to ?? "")].filter(Boolean),
      subject: printable(message?.headers?.subject ?? ""),
      state: printable(severity === undefined ? event : `${event} (${severity})`),
    }))
    .sort((a, b) => b.time.localeCompare(a.time))
    .slice(0, most);
}

async function ask(
  url: string,
  key: string,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  try {
    const authorization = `Basic ${Buffer.from(`api:${key}`).toString("base64")}`;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const response = await fetch(url, { headers: { authorization }, signal: limit });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch (cause) {
    signal.throwIfAborted();
    const { origin } = new URL(url);
    const hint = "Is the network up, and MAILGUN_API_URL right?";
    throw new UserError("failed", `Mailgun does not answer at ${origin}`, { hint, cause });
  }
}
