import type { Settings } from "../../settings/schema.ts";
import { mainRepository, openRepository } from "../github-api.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Announcement } from "./announce.ts";
import { tellDeployment } from "./deployment.ts";
import { tellIncident } from "./incident.ts";
import { sendMail } from "./mail.ts";
import { type Message, messageOf } from "./message.ts";
import { taskUpdate, tellOdoo } from "./odoo.ts";
import { pagerdutyEvent, tellPagerduty } from "./pagerduty.ts";
import { post } from "./post.ts";
import { mattermostMessage, slackMessage } from "./slack.ts";
import type { Tell } from "./tell-all.ts";

export interface Telling {
  stack: string;
  settings: Settings;
  reading: PlatformReading;
  what: Announcement;
}

/** How long Odoo's call waits to name GitHub's deployment too. */
const deploymentMs = 4000;

/** The channels that are set up and have something to tell, by name. None begins before it is called. */
export function channelsOf({ stack, settings, reading, what }: Telling): Record<string, Tell> {
  const { alerts } = settings;
  const { secrets } = reading;
  const message = messageOf(what);
  const channels: Record<string, Tell> = {};
  let deployment: Promise<number | undefined> = Promise.resolve(undefined);

  if (mainRepository(settings)) {
    channels["GitHub deployment"] = (signal) => {
      deployment = inAWord(() => tellDeployment(openRepository(stack, settings, signal), what));
      return deployment;
    };
    channels["GitHub incident"] = (signal) =>
      inAWord(() => tellIncident(openRepository(stack, settings, signal), what, message));
  }
  Object.assign(channels, chatsOf({ settings, reading, message }));
  if (alerts.pagerduty) {
    const event = pagerdutyEvent(what, message, secrets.get("pagerdutyRoutingKey") ?? "");
    if (event) channels["PagerDuty"] = (signal) => tellPagerduty(event, signal);
  }
  if (what.kind !== "started") Object.assign(channels, mailTo({ settings, reading, message }));
  if (taskUpdate(what, undefined))
    channels["Odoo"] = async (signal) => {
      const number = await soon(deployment, deploymentMs);
      await tellOdoo(reading, taskUpdate(what, number) ?? {}, signal);
    };
  return channels;
}

interface Saying extends Omit<Telling, "stack" | "what"> {
  message: Message;
}

/** The chats that are set up. */
export function chatsOf({ settings, reading, message }: Saying): Record<string, Tell> {
  const { alerts } = settings;
  const { secrets } = reading;
  const channels: Record<string, Tell> = {};
  if (alerts.slack) {
    const { slack } = alerts;
    const own = message.incident ? secrets.get("slackIncidentsWebhookUrl") : undefined;
    const url = own ?? secrets.get("slackWebhookUrl") ?? "";
    channels["Slack"] = (signal) => post("Slack", url, slackMessage(message, slack), signal);
  }
  if (alerts.mattermost) {
    const { channel } = alerts.mattermost;
    const url = secrets.get("mattermostWebhookUrl") ?? "";
    channels["Mattermost"] = (signal) => post("Mattermost", url, mattermostMessage(message, channel), signal);
  }
  return channels;
}

/** The mail, where there is whom to send it to and a way for it. */
export const mailTo = ({ settings, reading, message }: Saying): Record<string, Tell> =>
  settings.alerts.email.length > 0 && canMail(settings)
    ? { mail: (signal) => sendMail(reading, settings, message, signal) }
    : {};

/** Mail that may not leave needs a catcher, which only a droplet has. */
const canMail = ({ mail, host }: Settings): boolean => mail.kind !== "catcher" || host.kind === "droplet";

/** What it comes to within a while; undefined when it fails or takes longer. */
async function soon<T>(promise: Promise<T | undefined>, ms: number): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref());
  return await Promise.race([promise.catch(() => undefined), late]);
}

/** Also what is thrown before there is a promise. */
async function inAWord<T>(run: () => Promise<T>): Promise<T> {
  return await run();
}
