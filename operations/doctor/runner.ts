import { isSandbox } from "../engine-env.ts";
import { mainRepository } from "../github-api.ts";
import { askGitHub } from "../vendor.ts";
import { type Check, bad, good, skipped } from "./check.ts";

const variable = "PLATFORM_RUNNER";

/**
 * Whether the workflows that reach a droplet by SSH run where they can: GitHub's own runners have addresses of the whole
 * internet, and the droplet takes SSH from its administrators' networks alone.
 */
export const runner: Check = async ({ stack, settings, env }) => {
  const what = "Runner";
  const { host, repositories = [] } = settings;
  const repository = mainRepository({ repositories });
  // A sandbox's workflows run on this computer.
  if (host?.kind !== "droplet" || !repository || isSandbox(stack)) return [];
  if (!env["GITHUB_TOKEN"]) return [skipped(what, "not looked at: no token")];
  const { owner, name } = repository;
  const { body } = await askGitHub(`/repos/${owner}/${name}/actions/variables/${variable}`, env);
  const label = body["value"];
  if (typeof label === "string" && label !== "")
    return [good(what, `${label} does what reaches the droplet`)];
  return [
    bad(
      what,
      `workflows that reach the droplet run at GitHub, whose addresses are not in host.adminNetworks: ${variable} is not set`,
      `add a self-hosted runner inside of them (docs/workflows.md), then: gh variable set ${variable} --body LABEL --repo ${owner}/${name}`,
    ),
  ];
};
