import type { Finder, Row, Search } from "../orphans.ts";
import { listGitHub } from "../vendor.ts";

const joined =
  (...names: string[]): Finder =>
  (inputs) =>
    names.map((name) => String(inputs[name])).join(":");

/** By the last word of the type: everything that GitHub would refuse to make a second time, and what that hangs on. */
export const gitHubFinders: Record<string, Finder> = {
  ActionsVariable: joined("repository", "variableName"),
  ActionsEnvironmentVariable: joined("repository", "environment", "variableName"),
  IssueLabel: joined("repository", "name"),
  RepositoryEnvironment: joined("repository", "environment"),
  RepositoryRuleset: async (inputs, { owner }) => {
    const { repository, name } = inputs;
    const rulesets = await listGitHub(
      `/repos/${owner}/${String(repository)}/rulesets?includes_parents=false`,
    );
    const found = rulesets.find((row) => row["name"] === name);
    return found && `${String(repository)}:${String(found["id"])}`;
  },
  RepositoryEnvironmentDeploymentPolicy: async (inputs, { owner }) => {
    const { repository, environment, branchPattern } = inputs;
    const path = `/repos/${owner}/${String(repository)}/environments/${encodeURIComponent(String(environment))}`;
    const policies = await listGitHub(`${path}/deployment-branch-policies`, "branch_policies");
    const found = policies.find((row) => row["name"] === branchPattern);
    return found && `${String(repository)}:${String(environment)}:${String(found["id"])}`;
  },
  RepositoryWebhook: webhook,
};

/** Its address is secret to the provider, so it is known by the platform's name in it. */
async function webhook({ repository }: Row, { owner, domain, known }: Search): Promise<string | undefined> {
  const hooks = await listGitHub(`/repos/${owner}/${String(repository)}/hooks`);
  const found = hooks.find(({ id, config }) => {
    const url = URL.parse(String((config as Row)["url"]));
    return url?.hostname === domain && !known.has(String(id));
  });
  return found && `${String(repository)}/${String(found["id"])}`;
}
