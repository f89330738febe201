import { plain } from "../markdown.ts";
import type { Message } from "./message.ts";

/** Slack's own characters in what others have written: nobody is called, and nothing is a link. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

const icons = { urgent: ":rotating_light:", incident: ":warning:", news: ":package:" };

/** What Slack's incoming webhook is given. `channel` counts where the webhook may choose one; others write into their own. */
export function slackMessage(
  message: Message,
  { deployments, incidents }: { deployments: string; incidents: string },
) {
  const { title, summary, facts, links, urgent, incident } = message;
  const icon = icons[urgent ? "urgent" : incident ? "incident" : "news"];
  const call = urgent ? "<!channel> " : "";
  const fields = facts
    .slice(0, 10)
    .map(([name, value]) => ({ type: "mrkdwn", text: cut(`*${name}*\n${escaped(value)}`, 2000) }));
  return {
    channel: incident ? incidents : deployments,
    // What notifications show.
    text: cut(`${call}${icon} ${urgent ? "URGENT: " : ""}${escaped(title)}. ${escaped(summary)}`, 4000),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(title, 150) } },
      { type: "section", text: { type: "mrkdwn", text: cut(`${call}${icon} ${escaped(summary)}`, 3000) } },
      { type: "section", fields },
      {
        type: "context",
        elements: links.map(({ text, url }) => ({ type: "mrkdwn", text: `<${url}|${text}>` })),
      },
    ],
  };
}

/** The same for Mattermost, in its Markdown. */
export function mattermostMessage(message: Message, channel: string) {
  const { title, summary, facts, links, urgent, incident } = message;
  const icon = icons[urgent ? "urgent" : incident ? "incident" : "news"];
  const rows = facts.map(([name, value]) => `| ${name} | ${plain(value)} |`);
  const text = [
    `${urgent ? "@channel " : ""}${icon} **${plain(title)}**`,
    plain(summary),
    ["| | |", "| --- | --- |", ...rows].join("\n"),
    links.map((link) => `[${link.text}](${link.url})`).join(" · "),
  ].join("\n\n");
  return {
    channel,
    text: cut(text, 16_000),
    ...(urgent && { priority: { priority: "urgent" } }),
  };
}
