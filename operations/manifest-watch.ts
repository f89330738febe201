import { verifyManifest } from "../policies/manifest/verify.ts";
import { root } from "../tools/paths.ts";
import { post } from "./announce/post.ts";
import { type GitHubRepository, refusedByGitHub } from "./github-api.ts";
import { type ManifestState, manifestChat, manifestMarkdown, since, urgencyOf } from "./manifest/status.ts";
import { openOwnRepository } from "./own-repository.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const title = "Addons manifests are broken";
const labels = { broken: ["platform: incident"], urgent: ["platform: incident", "urgent"] };
const chats = { Mattermost: "MATTERMOST_WEBHOOK_URL", Slack: "SLACK_WEBHOOK_URL" };

/**
 * Tells people when the manifests of the default branch have been broken for a day, with the fix, and louder after two: one
 * issue, and the chats whose addresses the environment has. Closes the issue when they are in order again.
 */
export const run: Run = async ({ options, signal }: Context): Promise<Outcome> => {
  const repository = openOwnRepository(signal);
  const workflow = String(options["workflow"] ?? "verify-oca-ipai-manifest.yml");
  const { findings } = verifyManifest(root);
  const now = new Date();
  const lastSuccess = findings.length === 0 ? now : await lastSuccessOf(repository, workflow);
  const state: ManifestState = { findings, lastSuccess, now };
  const urgency = urgencyOf(state);
  const issue = urgency === "fresh" ? null : await keepIssue(repository, state);
  const told =
    urgency === "broken" || urgency === "urgent" ? await tellChats(state, issue ?? "", signal) : [];
  const text =
    urgency === "well"
      ? "The manifests are in order."
      : `The manifests are broken ${since(state)}. ${urgency === "fresh" ? "Nobody is told yet." : `The issue: ${issue}`}`;
  return {
    exit: findings.length > 0 ? "findings" : "done",
    json: { urgency, lastSuccess: lastSuccess?.toISOString() ?? null, findings, issue, told },
    text: [text, ...told.map(({ chat, error }) => `  ${chat}: ${error ?? "told"}`)].join("\n"),
  };
};

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
  signal: AbortSignal,
): Promise<{ chat: string; error?: string }[]> {
  const set = Object.entries(chats).flatMap(([chat, variable]) => {
    const address = process.env[variable];
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
