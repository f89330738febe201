import Table from "cli-table3";
import type { Message } from "../sandbox/receivers/messages.ts";
import { UserError } from "../user-error.ts";
import { runningWorld } from "./sandbox-world.ts";
import { printable } from "./logs/line.ts";
import type { Outcome, Run } from "./verb.ts";

/** Lists what has arrived in the sandbox's Slack, Mattermost, PagerDuty and Odoo, newest first. */
export const run: Run = async (): Promise<Outcome> => {
  const { ports } = runningWorld();
  if (ports.receivers === undefined) {
    const message = "this sandbox was started before it had receivers";
    throw new UserError("failed", message, { next: "platform sandbox down, then npm start" });
  }
  const response = await fetch(`http://127.0.0.1:${ports.receivers}/messages`);
  const { messages } = (await response.json()) as { messages: Message[] };
  const newestFirst = messages.toReversed();
  return {
    json: { messages: newestFirst },
    text: messages.length > 0 ? table(newestFirst) : "Nothing has arrived yet.",
  };
};

function table(messages: Message[]): string {
  const table = new Table({
    head: ["time", "channel", "to", "", "text"],
    style: { head: [], border: [], compact: true },
  });
  for (const { time, channel, to, urgent, text } of messages)
    table.push([
      time.slice(0, 19).replace("T", " "),
      channel,
      printable(to),
      urgent ? "urgent" : "",
      printable(text).split("\n")[0]?.slice(0, 100) ?? "",
    ]);
  return table.toString();
}
