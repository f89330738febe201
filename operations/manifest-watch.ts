import { verifyManifest } from "../policies/manifest/verify.ts";
import { root } from "../tools/paths.ts";
import { since } from "./manifest/status.ts";
import { watchManifest } from "./manifest/watch.ts";
import { openOwnRepository } from "./own-repository.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/**
 * Tells people when the manifests of the default branch have been broken for a day, with the fix, and louder after two: one
 * issue, and the chats whose addresses the environment has. Closes the issue when they are in order again.
 */
export const run: Run = async ({ options, signal }: Context): Promise<Outcome> => {
  const { findings } = verifyManifest(root);
  const { state, urgency, issue, told } = await watchManifest({
    repository: openOwnRepository(signal),
    workflow: String(options["workflow"] ?? "verify-oca-ipai-manifest.yml"),
    findings,
    now: new Date(),
    env: process.env,
    signal,
  });
  const toldLines = told.map(({ chat, error }) => `  ${chat}: ${error ?? "told"}`);
  const broken = `The manifests are broken ${since(state)}.`;
  const texts = {
    well: "The manifests are in order.",
    fresh: `${broken} Nobody is told before a day is over.`,
    broken: `${broken} The issue: ${issue}`,
    urgent: `${broken} The issue: ${issue}`,
  };
  return {
    exit: findings.length > 0 ? "findings" : "done",
    json: { urgency, lastSuccess: state.lastSuccess?.toISOString() ?? null, findings, issue, told },
    text: [texts[urgency], ...toldLines].join("\n"),
  };
};
