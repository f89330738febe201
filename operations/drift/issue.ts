import { restRoot } from "../../components/github-plan.ts";
import { UserError } from "../../user-error.ts";
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
 * runs it (GITHUB_REPOSITORY in a workflow), else in the first one of the stack's settings.
 * @throws {UserError} failed, notAuthenticated
 */
export async function updateIssue(stack: string, drift: Drift): Promise<IssueState> {
  const { Octokit } = await import("octokit");
  const { owner, repo } = repositoryOf(stack);
  const octokit = new Octokit({
    auth: tokenOf(),
    baseUrl: restRoot(process.env["GITHUB_BASE_URL"] ?? "https://api.github.com"),
    throttle: { enabled: false },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
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

function repositoryOf(stack: string): { owner: string; repo: string } {
  const [owner, repo] = process.env["GITHUB_REPOSITORY"]?.split("/") ?? [];
  if (owner && repo) return { owner, repo };
  const [first] = readSettings(stack).repositories;
  if (!first)
    throw new UserError("badInput", `${stack}: repositories: names none, so there is none for the issue`);
  return { owner: first.owner, repo: first.name };
}

function tokenOf(): string {
  const token = process.env["GITHUB_TOKEN"];
  if (!token)
    throw new UserError("notAuthenticated", "GITHUB_TOKEN: is not set; the issue cannot be written", {
      hint: 'It needs "issues: write".',
    });
  return token;
}
