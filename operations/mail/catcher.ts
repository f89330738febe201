import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import { printable } from "../logs/line.ts";
import type { SshMachine } from "../ssh.ts";
import type { Mail } from "./mail.ts";

const addresses = z.array(z.object({ address: z.string().optional(), name: z.string().optional() }));

/** maildev's `GET /api/email/summary`, as far as it is shown. */
const summarySchema = z.object({
  items: z.array(
    z.object({
      time: z.iso.datetime({ offset: true }),
      from: addresses.optional(),
      to: addresses.optional(),
      subject: z.string().optional(),
    }),
  ),
});

const answerSeconds = 15;

/**
 * The last mails that the machine's catcher has kept, newest first.
 * @throws {UserError} failed when it does not answer
 */
export async function caughtMails(machine: SshMachine, most: number): Promise<Mail[]> {
  const script = `most=${most}\n${readFileSync(join(root, "host", "probe", "mails.sh"), "utf8")}`;
  const { exitCode, stdout, stderr } = await machine.run(script, { seconds: answerSeconds });
  const summary = exitCode === 0 ? summarySchema.safeParse(parsed(stdout)) : undefined;
  if (!summary?.success) {
    const message = `the mail catcher does not answer: ${stderr.trim() || "its answer is no list of mails"}`;
    throw new UserError("failed", message, { next: "platform health" });
  }
  return summary.data.items
    .map(({ time, from = [], to = [], subject = "" }) => ({
      time: new Date(time).toISOString(),
      from: texts(from).join(", "),
      to: texts(to),
      subject: printable(subject),
      state: "caught",
    }))
    .sort((a, b) => b.time.localeCompare(a.time))
    .slice(0, most);
}

const texts = (list: z.output<typeof addresses>): string[] =>
  list.map(({ address = "", name = "" }) => printable(address || name));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
