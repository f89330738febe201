import { type GitHubRepository, refusedByGitHub } from "../github-api.ts";
import { plain } from "../markdown.ts";
import type { Announcement } from "./announce.ts";
import { isWell, type Message, runOf } from "./message.ts";

/** One of the labels that the stack which owns the repository declares (components/repository.ts). */
const label = "platform: incident";

/** Marks a stack's incident, whatever people make of the title. */
const mark = (stack: string): string => `<!-- odoo-platform incident of ${stack} -->`;

/**
 * Keeps one issue a stack for deployments that failed: opened by the first, a comment for each further one, closed by the
 * first that is well again.
 * @throws {UserError} as `refusedByGitHub`
 */
export async function tellIncident(
  { octokit, owner, repo }: GitHubRepository,
  what: Announcement,
  message: Message,
): Promise<void> {
  if (what.kind === "started") return;
  const { issues } = octokit.rest;
  const here = { owner, repo };
  try {
    const open = await issues.listForRepo({ ...here, labels: label, state: "open", per_page: 100 });
    const number = open.data.find(({ body }) => body?.includes(mark(what.stack)))?.number;
    if (number === undefined) {
      if (what.kind !== "failed") return;
      const body = `${mark(what.stack)}\n${incidentText(what, message)}\n\n${wayOn(what)}`;
      await issues.create({ ...here, title: titleOf(what), body, labels: [label] });
      return;
    }
    const body = incidentText(what, message);
    await issues.createComment({ ...here, issue_number: number, body });
    if (isWell(what))
      await issues.update({ ...here, issue_number: number, state: "closed", state_reason: "completed" });
  } catch (error) {
    throw refusedByGitHub("told of the incident", error);
  }
}

const titleOf = ({ environment }: Announcement): string =>
  `[INCIDENT] ${environment.charAt(0).toUpperCase()}${environment.slice(1)} deployment failed`;

function incidentText(what: Announcement, { title, facts, links }: Message): string {
  return [
    `**${plain(title)}**`,
    plain(what.summary),
    ["| | |", "| --- | --- |", ...facts.map(([name, value]) => `| ${name} | ${plain(value)} |`)].join("\n"),
    ...(links.length > 0 ? [links.map((link) => `[${link.text}](${link.url})`).join(" · ")] : []),
  ].join("\n\n");
}

const wayOn = (what: Announcement): string => `## The way on

1. \`platform health --stack ${what.stack}\` says whether what serves is well.
2. \`platform logs --stack ${what.stack} --of odoo --tail 200\` shows why it was not; so does the evidence \`${runOf(what)}\`,
   which the workflows put onto the branch \`evidence\`.
3. \`platform rollback --stack ${what.stack} --list\` lists what can be gone back to.
4. Mend it, and deploy again: the first deployment that is well closes this issue.`;
