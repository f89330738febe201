import { canProtect } from "../../components/github-plan.ts";
import { UserError } from "../../user-error.ts";
import type { Settings } from "../../settings/schema.ts";
import { type Answer, askGitHub } from "../vendor.ts";
import { type Check, type Diagnosis, bad, good, outOfOrder, skipped } from "./check.ts";
import { produces } from "./workflows.ts";

type Repository = Settings["repositories"][number];

const tokens = "https://github.com/settings/personal-access-tokens";

/**
 * What the stack does in a repository, each tried by reading what the permission opens; that there is nothing to read is no
 * fault. Rules are open to whoever sees the repository, so something else stands in for administration.
 *
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
const probes: Record<string, string> = {
  "actions: read": "/environments?per_page=1",
  "administration: write": "/vulnerability-alerts",
  "contents: write": "/contents/",
  "deployments: write": "/deployments?per_page=1",
  "environments: write": "/environments/platform/variables?per_page=1",
  "issues: write": "/labels?per_page=1",
  "secrets: write": "/actions/secrets?per_page=1",
  "variables: write": "/actions/variables?per_page=1",
  "webhooks: write": "/hooks?per_page=1",
};

/** The token: whether it is accepted, and which scopes or permissions it lacks, by name. */
export const githubToken: Check = async ({ settings, env }) => {
  const what = "GitHub token";
  const repositories = settings.repositories ?? [];
  if (repositories.length === 0) return [skipped(what, "not needed: no repositories")];
  if (!env["GITHUB_TOKEN"]) return [bad(what, "GITHUB_TOKEN is not set", `make one at ${tokens}`)];
  const { status, headers } = await askGitHub("/rate_limit", env);
  if (status === 401) return [bad(what, "is not accepted (401)", `it has expired or was revoked; ${tokens}`)];
  if (status !== 200) return [outOfOrder("GitHub", status)];
  // Only classic tokens say their scopes.
  const scopes = headers.get("x-oauth-scopes");
  if (scopes !== null && !/(^|[ ,])repo($|[ ,])/.test(scopes)) {
    return [
      bad(
        what,
        `is a classic one and lacks the scope repo (has: ${scopes || "none"})`,
        `make another at ${tokens}`,
      ),
    ];
  }
  const lacking = await Promise.all(
    repositories.map(({ owner, name }) => lackingOn(`${owner}/${name}`, env)),
  );
  const found = lacking.flat();
  return found.length > 0
    ? found
    : [good(what, `is accepted and may read all it must in ${repositories.length} repositories`)];
};

async function lackingOn(repository: string, env: NodeJS.ProcessEnv): Promise<Diagnosis[]> {
  const what = `GitHub token on ${repository}`;
  const { status } = await askGitHub(`/repos/${repository}`, env);
  if (status === 404) {
    return [
      bad(
        what,
        "cannot see it, or there is no such repository",
        "correct repositories in the settings, or give the token access",
      ),
    ];
  }
  if (status !== 200) return [outOfOrder(`GitHub, asked for ${repository},`, status)];
  const answers = await Promise.all(
    Object.entries(probes).map(async ([permission, path]) => {
      const { status: refused, body } = await askGitHub(`/repos/${repository}${path}`, env);
      const plan = typeof body["message"] === "string" && body["message"].startsWith("Upgrade to GitHub");
      return refused === 403 && !plan ? permission : undefined;
    }),
  );
  const lacking = answers.filter((permission) => permission !== undefined);
  return lacking.length > 0 ? [bad(what, `lacks ${lacking.join(", ")}`, `edit it at ${tokens}`)] : [];
}

/** What the owner's plan cannot protect. */
export const githubPlan: Check = async ({ settings, env }) => {
  const what = "GitHub plan";
  const repositories = settings.repositories ?? [];
  if (repositories.length === 0 || !env["GITHUB_TOKEN"])
    return [skipped(what, "not looked at: no repositories or no token")];
  const access = { baseUrl: env["GITHUB_BASE_URL"] ?? "https://api.github.com", token: env["GITHUB_TOKEN"] };
  return await Promise.all(
    repositories.map(async ({ owner, name, branch }) => {
      try {
        if (await canProtect(owner, name, access)) return good(what, `can protect ${owner}/${name}`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return skipped(what, `${owner}/${name}: ${error.message}`);
      }
      const found = `cannot protect ${owner}/${name}: branch ${branch} and the environment's reviewers stay open`;
      return bad(what, found, "make it public, or move its owner to a plan with protected branches");
    }),
  );
};

/** Required checks that no workflow of the repository produces: a pull request would wait for them for ever. */
export const requiredChecks: Check = async ({ settings, env }) => {
  const what = "Required checks";
  const repositories = (settings.repositories ?? []).filter((one) => one.requiredChecks.length > 0);
  if (repositories.length === 0) return [skipped(what, "not looked at: none are required")];
  if (!env["GITHUB_TOKEN"]) return [skipped(what, "not looked at: GITHUB_TOKEN is missing")];
  const found = (await Promise.all(repositories.map((one) => missingChecks(one, env)))).flat();
  return found.length > 0 ? found : [good(what, "are each produced by a workflow")];
};

async function missingChecks(
  { owner, name, branch, requiredChecks: wanted }: Repository,
  env: NodeJS.ProcessEnv,
): Promise<Diagnosis[]> {
  const what = "Required checks";
  const read = async (path: string): Promise<Answer> =>
    await askGitHub(`/repos/${owner}/${name}/contents/${path}?ref=${encodeURIComponent(branch)}`, env);
  const folder = await read(".github/workflows");
  if (folder.status !== 200 && folder.status !== 404) {
    const fault = `workflows of ${owner}/${name} cannot be read (${folder.status})`;
    return [skipped(what, `not looked at: ${fault}`)];
  }
  const files = Array.isArray(folder.body) ? (folder.body as { path: string }[]) : [];
  const workflows = await Promise.all(
    files.map(async ({ path }) => {
      const { content = "" } = (await read(path)).body as { content?: string };
      return Buffer.from(content, "base64").toString("utf8");
    }),
  );
  return wanted
    .filter((check) => !workflows.some((workflow) => produces(workflow, check)))
    .map((check) =>
      bad(
        what,
        `no workflow of ${owner}/${name} produces "${check}"`,
        `name a job of a workflow "${check}", or correct requiredChecks`,
      ),
    );
}
