import { post } from "../announce/post.ts";
import { type GitHubRepository, refusedByGitHub } from "../github-api.ts";
import { type ManifestState, manifestChat, manifestMarkdown, urgencyOf, type Urgency } from "./status.ts";

const title = "Addons manifests are broken";
const labels = { broken: ["platform: incident"], urgent: ["platform: incident", "urgent"] };
const chats = { Mattermost: "MATTERMOST_WEBHOOK_URL", Slack: "SLACK_WEBHOOK_URL" };

export interface Watch {
  repository: GitHubRepository;
  /** File of the workflow whose last success counts. */
  workflow: string;
  findings: ManifestState["findings"];
  now: Date;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** What became of it, and who was told. */
export interface Watched {
  state: ManifestState;
  urgency: Urgency;
  /** Where the issue is. */
  issue: string | null;
  told: { chat: string; error?: string }[];
}

/** Opens, edits or closes the issue, and tells the chats, as the time since the last success asks for. */
export async function watchManifest({
  repository,
  workflow,
  findings,
  now,
  env,
  signal,
}: Watch): Promise<Watched> {
  const lastSuccess = findings.length === 0 ? now : await lastSuccessOf(repository, workflow);
  const state: ManifestState = { findings, lastSuccess, now };
  const urgency = urgencyOf(state);
  const issue = urgency === "fresh" ? null : await keepIssue(repository, state);
  const loud = urgency === "broken" || urgency === "urgent";
  return { state, urgency, issue, told: loud ? await tellChats(state, issue ?? "", env, signal) : [] };
}

/** When the workflow last succeeded on this branch: GitHub keeps its history, so nothing else has to. */
async function lastSuccessOf(
  { octokit, owner, repo, branch }: GitHubRepository,
  workflow_id: string,
): Promise<Date | null> {
  try {
    const { data } = await octokit.rest.actions.listWorkflowRuns({
      owner,
      repo,
      workflow_id,
      branch,
      status: "success",
      per_page: 1,
    });
    const [run] = data.workflow_runs;
    return run ? new Date(run.updated_at) : null;
  } catch (error) {
    throw refusedByGitHub(`asked for the last success of ${workflow_id}`, error);
  }
}

/** @returns where the issue is; null when there is none, and none is needed */
async function keepIssue(
  { octokit, owner, repo }: GitHubRepository,
  state: ManifestState,
): Promise<string | null> {
  const { issues } = octokit.rest;
  const at = { owner, repo };
  const urgency = urgencyOf(state);
  try {
    const open = await octokit.paginate(issues.listForRepo, { ...at, state: "open", per_page: 100 });
    const known = open.find((one) => one.title === title && !one.pull_request);
    if (urgency === "well") {
      if (!known) return null;
      const issue = { ...at, issue_number: known.number };
      await issues.createComment({ ...issue, body: "The manifests are in order again." });
      await issues.update({ ...issue, state: "closed", state_reason: "completed" });
      return known.html_url;
    }
    const body = manifestMarkdown(state);
    const wanted = urgency === "urgent" ? labels.urgent : labels.broken;
    if (!known) return (await issues.create({ ...at, title, body, labels: wanted })).data.html_url;
    await issues.update({ ...at, issue_number: known.number, body, labels: wanted });
    return known.html_url;
  } catch (error) {
    throw refusedByGitHub("the issue was written", error);
  }
}

/** A chat that is down is said so, and fails nothing: the issue is there. */
async function tellChats(
  state: ManifestState,
  url: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Watched["told"]> {
  const set = Object.entries(chats).flatMap(([chat, variable]) => {
    const address = env[variable];
    return address ? [{ chat, address }] : [];
  });
  return await Promise.all(
    set.map(async ({ chat, address }) => {
      try {
        await post(chat, address, { text: manifestChat(state, url) }, signal);
        return { chat };
      } catch (error) {
        return { chat, error: (error as Error).message };
      }
    }),
  );
}
