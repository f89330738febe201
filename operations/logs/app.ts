import { UserError } from "../../user-error.ts";
import { patientFetch } from "../../patient-fetch.ts";
import { askDigitalOcean } from "../vendor.ts";
import { lineOf, type LogLine, type Part } from "./line.ts";

/** The app's components, by the part that they are. */
const components: Partial<Record<Part, string>> = { odoo: "web", cron: "cron" };

/**
 * The last lines of an app's components, or of its newest deployment: the vendor answers links, which need no token.
 * @throws {UserError} badInput for a part that an app has not; failed when the vendor does not answer
 */
export async function appLog(id: string, type: "run" | "deploy", of: Part | undefined, tail: number) {
  const component = of && components[of];
  if (of && component === undefined) {
    const there = Object.keys(components).join(" and ");
    throw new UserError("badInput", `--of: App Platform shows no logs of "${of}"; it has those of ${there}`);
  }
  const root = `/v2/apps/${encodeURIComponent(id)}`;
  const path = type === "run" ? root : `${root}/deployments/${await newestDeployment(root)}`;
  const under = component === undefined ? path : `${path}/components/${component}`;
  const { status, body } = await askDigitalOcean(
    `${under}/logs?type=${type.toUpperCase()}&follow=false&tail_lines=${tail}`,
  );
  if (status === 404) return [];
  if (status !== 200) throw unanswered(status, body);
  const texts = await Promise.all(((body["historic_urls"] ?? []) as string[]).map(textAt));
  const lines = texts.flatMap((text) => text.split("\n").filter(Boolean).map(parsed));
  return lines.sort((a, b) => a.time.localeCompare(b.time)).slice(-tail);
}

async function newestDeployment(root: string): Promise<string> {
  const { status, body } = await askDigitalOcean(`${root}/deployments?per_page=1`);
  const [newest] = (body["deployments"] ?? []) as { id: string }[];
  if (status !== 200 || !newest) throw unanswered(status, body);
  return encodeURIComponent(newest.id);
}

function unanswered(status: number, body: Record<string, unknown>): UserError {
  const said = [status, body["message"]].filter(Boolean).join(" ");
  return new UserError("failed", `DigitalOcean answers ${said} when asked for the app's logs`, {
    hint: "Does the token have the scope app:read?",
  });
}

async function textAt(url: string): Promise<string> {
  try {
    const response = await patientFetch(url);
    if (response.ok) return await response.text();
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    // The link is a credential by itself.
    const { origin } = new URL(url);
    throw new UserError("failed", `the app's log cannot be read from ${origin}`, {
      hint: "Try again.",
      cause,
    });
  }
}

/** "COMPONENT TIME TEXT" */
function parsed(line: string): LogLine {
  const [, component = "app", time = "", text = line] = /^(\S+) (\d{4}-\S+Z) (.*)$/s.exec(line) ?? [];
  const part = Object.entries(components).find(([, name]) => name === component)?.[0] ?? component;
  const at = new Date(time);
  return lineOf(Number.isNaN(at.getTime()) ? new Date(0) : at, part, text, "info");
}
