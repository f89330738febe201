import { UserError } from "../../user-error.ts";
import { openRepository } from "../github-api.ts";
import { openOwnRepository } from "../own-repository.ts";
import { readSettings } from "../project.ts";
import { driftMarkdown } from "./markdown.ts";
import type { Drift } from "./report.ts";

/** Declared with the repository: components/repository.ts. */
const driftLabel = "platform: drift";

/** What became of the stack's issue. */
export interface IssueState {
  number: number | null;
  state: "opened" | "updated" | "closed" | "none";
  url: string | null;
  text: string;
}

const titleOf = (stack: string): string => `Drift: ${stack}`;

/**
 * Keeps one issue a stack: opened or updated while something differs or the machine cannot be looked into, closed when all is as declared. In the repository that
 * runs it (GITHUB_REPOSITORY in a workflow), else in the stack's own one.
 * @throws {UserError} failed, notAuthenticated
 */
export async function updateIssue(stack: string, drift: Drift, signal: AbortSignal): Promise<IssueState> {
  const { octokit, owner, repo } = process.env["GITHUB_REPOSITORY"]
    ? openOwnRepository(signal)
    : openRepository(stack, readSettings(stack), signal);
  const { issues } = octokit.rest;
  const title = titleOf(stack);
  try {
    const open = await octokit.paginate(issues.listForRepo, {
      owner,
      repo,
      state: "open",
      labels: driftLabel,
      per_page: 100,
    });
    const [known, ...doubled] = open.filter((one) => one.title === title && !one.pull_request);
    for (const { number } of doubled)
      await issues.update({
        owner,
        repo,
        issue_number: number,
        state: "closed",
        state_reason: "not_planned",
      });
    if (!drift.drifted && drift.machine.state !== "unreachable") {
      if (!known) return { number: null, state: "none", url: null, text: "No issue is open." };
      const at = { owner, repo, issue_number: known.number };
      await issues.createComment({ ...at, body: driftMarkdown(stack, drift) });
      await issues.update({ ...at, state: "closed", state_reason: "completed" });
      return told(known, "closed");
    }
    const body = driftMarkdown(stack, drift);
    if (!known)
      return told((await issues.create({ owner, repo, title, body, labels: [driftLabel] })).data, "opened");
    await issues.update({ owner, repo, issue_number: known.number, body });
    return told(known, "updated");
  } catch (error) {
    const { status } = error as { status?: number };
    if (status === undefined) throw error;
    const message = `${owner}/${repo}: GitHub answered ${status} to its issues`;
    throw new UserError(status === 401 || status === 403 ? "notAuthenticated" : "failed", message, {
      hint: 'GITHUB_TOKEN needs "issues: write" there.',
      cause: error,
    });
  }
}

function told(
  { number, html_url: url }: { number: number; html_url: string },
  state: IssueState["state"],
): IssueState {
  return { number, state, url, text: `Issue ${number} is ${state}: ${url}` };
}
