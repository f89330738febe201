import Table from "cli-table3";
import type { Settings } from "../settings/schema.ts";
import { UserError } from "../user-error.ts";
import { caughtMails } from "./mail/catcher.ts";
import type { Mail } from "./mail/mail.ts";
import { mailgunMails } from "./mail/mailgun.ts";
import { onMachineOf } from "./machine.ts";
import { readSettings } from "./project.ts";
import { type PlatformReading, readStack } from "./stack-reader.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const most = 100;

/** The last mails, newest first: from the catcher, or from Mailgun's events. */
export const run: Run = async ({ stack, progress, signal }: Context): Promise<Outcome> => {
  const { mail } = readSettings(stack);
  if (mail.kind === "smtp") {
    const message = `${stack}: its mail goes to the relay ${mail.host}, and a relay tells nothing of it`;
    throw new UserError("badInput", message, { hint: `Look into the logs of ${mail.host}.` });
  }
  const reading = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
  const mails = await progress.step(`Reading the mails of ${stack}`, () => list(reading, mail, signal));
  return {
    json: { mails },
    text: mails.length > 0 ? table(mails) : `${stack} has sent no mail yet.`,
  };
};

async function list(
  reading: PlatformReading,
  mail: Exclude<Settings["mail"], { kind: "smtp" }>,
  signal: AbortSignal,
): Promise<Mail[]> {
  if (mail.kind === "mailgun")
    return await mailgunMails(mail.domain, reading.secrets.get("mailgunApiKey") ?? "", most, signal);
  return await onMachineOf(reading, { signal }, (machine) => caughtMails(machine, most));
}

function table(mails: Mail[]): string {
  const table = new Table({
    head: ["time", "from", "to", "subject", "state"],
    style: { head: [], border: [], compact: true },
  });
  for (const { time, from, to, subject, state } of mails)
    table.push([time.slice(0, 19).replace("T", " "), from, to.join(", "), subject, state]);
  return table.toString();
}
