import type { Settings } from "../../settings/schema.ts";
import { onMachineOf } from "../machine.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Message } from "./message.ts";
import { mailgun } from "../../components/mail.ts";
import { shellWord } from "../../shell-word.ts";

interface Mail {
  from: string;
  to: string[];
  subject: string;
  text: string;
}

const connectSeconds = 5;
const sendSeconds = 8;

/**
 * Sends by the way that the stack's mail takes: its relay, or Mailgun, from wherever the verb runs. Off production no mail may
 * leave: there it is handed to the machine's own catcher (`platform mail list` shows it).
 *
 * @param relay another relay than the settings', for tests
 */
export async function sendMail(
  reading: PlatformReading,
  settings: Settings,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const mail = mailOf(settings, message);
  if (settings.mail.kind === "catcher") await toCatcher(reading, mail, signal);
  else await toRelay(relayOf(settings.mail, reading.secrets), mail, signal);
}

export function mailOf({ alerts, mail, platform }: Settings, message: Message): Mail {
  const { title, summary, facts, links, urgent } = message;
  return {
    from: mail.from ?? `odoo@${platform.domain}`,
    to: alerts.email,
    subject: oneLine(`${urgent ? "[URGENT] " : ""}${title}`),
    text: [
      summary,
      "",
      ...facts.map(([name, value]) => `${name}: ${oneLine(value)}`),
      "",
      ...links.map(({ text, url }) => `${text}: ${url}`),
      "",
    ].join("\n"),
  };
}

export interface Relay {
  host: string;
  port: number;
  user: string;
  password: string;
}

function relayOf(
  mail: Exclude<Settings["mail"], { kind: "catcher" }>,
  secrets: ReadonlyMap<string, string>,
): Relay {
  return mail.kind === "mailgun"
    ? {
        host: mailgun.host,
        port: 587,
        user: `postmaster@${mail.domain}`,
        password: secrets.get("mailgunSmtpPassword") ?? "",
      }
    : { host: mail.host, port: mail.port, user: mail.user, password: secrets.get("smtpPassword") ?? "" };
}

/** By STARTTLS and log-in, as Odoo itself does. */
export async function toRelay(
  { host, port, user, password }: Relay,
  mail: Mail,
  signal: AbortSignal,
  tls: { ca?: string; servername?: string } = {},
): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: true,
    auth: { user, pass: password },
    tls,
    connectionTimeout: connectSeconds * 1000,
    greetingTimeout: connectSeconds * 1000,
    socketTimeout: sendSeconds * 1000,
  });
  const cut = (): void => transport.close();
  signal.addEventListener("abort", cut, { once: true });
  try {
    await transport.sendMail(mail);
  } catch (error) {
    // It may quote what was sent, the password too.
    const { code = "no answer", responseCode } = error as { code?: string; responseCode?: number };
    throw new Error(`the mail relay ${host} refuses it (${responseCode ?? code})`, { cause: error });
  } finally {
    signal.removeEventListener("abort", cut);
    transport.close();
  }
}

async function toCatcher(reading: PlatformReading, mail: Mail, signal: AbortSignal): Promise<void> {
  if (reading.outputs.hostKind === "app") throw new Error("App Platform has no mail catcher to hand it to");
  await onMachineOf(reading, { signal, connectSeconds }, async (machine) => {
    const { exitCode, stderr } = await machine.run(catcherScript(mail), { seconds: sendSeconds });
    if (exitCode !== 0) throw new Error(`the mail catcher does not take it: ${stderr.trim()}`);
  });
}

/** The catcher's port is open to the containers' network alone, which the machine itself is in. */
export function catcherScript({ from, to, subject, text }: Mail): string {
  const encode = (words: string): string => `=?utf-8?B?${Buffer.from(words).toString("base64")}?=`;
  const body = Buffer.from(text).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
  const headers = [
    `From: ${from}`,
    `To: ${to.join(", ")}`,
    `Subject: ${encode(subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
  ];
  const whole = Buffer.from(`${headers.join("\r\n")}\r\n\r\n${body}\r\n`).toString("base64");
  const recipients = to.map((address) => `--mail-rcpt ${shellWord(address)}`).join(" ");
  return `set -o pipefail
address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' mail-catcher) || exit
base64 --decode <<<'${whole}' |
  curl --silent --show-error --max-time 6 --mail-from ${shellWord(from)} ${recipients} --upload-file - "smtp://$address:1025"
`;
}

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ");
