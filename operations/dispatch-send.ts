import { enterStack } from "./engine-env.ts";
import { readSettings } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Asks GitHub for a deployment, as an approved task in Odoo does: a signed repository_dispatch of the type "deploy". */
export const run: Run = async ({ stack, options, progress, signal }: Context): Promise<Outcome> => {
  enterStack(stack);
  const { composed } = await import("./dispatch/compose.ts");
  const { openRepository, refusedByGitHub } = await import("./github-api.ts");
  const { octokit, owner, repo } = openRepository(stack, readSettings(stack), signal);
  const payload = await composed(stack, options, signal);
  await progress.step(`Sending it to ${owner}/${repo}`, async () => {
    try {
      await octokit.rest.repos.createDispatchEvent({
        owner,
        repo,
        event_type: "deploy",
        client_payload: { ...payload },
      });
    } catch (error) {
      throw refusedByGitHub("asked for the deployment", error);
    }
  });
  const sent = `${owner}/${repo} was asked to deploy ${payload.image_tag} for task ${payload.task_id}`;
  return {
    json: { repository: `${owner}/${repo}`, payload },
    text: `${sent}; good until ${payload.expires}.`,
  };
};
