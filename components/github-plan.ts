import { patientFetch } from "../patient-fetch.ts";
import { UserError } from "../user-error.ts";

/** How to reach GitHub's API: what the official plugin reads from the environment. */
export interface GitHubAccess {
  /** "https://api.github.com", or the address of another server (GITHUB_BASE_URL). */
  baseUrl: string;
  token: string | undefined;
}

/**
 * Whether the owner's plan can protect this repository. GitHub's free plan cannot where the repository is private, and
 * no field says so: only the refusal of a request does (403, "Upgrade to GitHub Pro or make this repository public").
 *
 * @throws {UserError} notAuthenticated for a refused token, badInput for a repository that is not there, failed else;
 *   never a guess, because "not protectable" takes an existing protection away
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets
 */
export async function canProtect(owner: string, name: string, access: GitHubAccess): Promise<boolean> {
  const path = `repos/${owner}/${name}/rulesets?per_page=1`;
  const response = await ask(`${restRoot(access.baseUrl)}/${path}`, access.token);
  if (response.ok) return true;
  const { message = "" } = (await response.json().catch(() => ({}))) as { message?: string };
  if (response.status === 403 && message.startsWith("Upgrade to GitHub")) return false;
  throw refusal(`${owner}/${name}`, response.status, message);
}

async function ask(url: string, token: string | undefined): Promise<Response> {
  const headers = {
    accept: "application/vnd.github+json",
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  try {
    return await patientFetch(url, { headers });
  } catch (cause) {
    const { origin } = new URL(url);
    throw new UserError(
      "failed",
      `GitHub does not answer at ${origin}; is the network up, GITHUB_BASE_URL right?`,
      {
        cause,
      },
    );
  }
}

function refusal(repository: string, status: number, message: string): UserError {
  if (status === 401) {
    const way = "set GITHUB_TOKEN to one that is valid; `platform doctor` names the scopes it needs";
    return new UserError("notAuthenticated", `GitHub does not accept the token (401 ${message}); ${way}`);
  }
  if (status === 404) {
    const way = "check repositories in the stack's settings, and that the token may see it";
    return new UserError("badInput", `${repository}: there is no such repository on GitHub; ${way}`);
  }
  if (status === 403) {
    const way = "`platform doctor` names the scopes it needs";
    return new UserError(
      "notAuthenticated",
      `${repository}: the token may not read its rules (${message}); ${way}`,
    );
  }
  return new UserError("failed", `${repository}: GitHub answered ${status} ${message}; try again`);
}

/**
 * Where GitHub's REST API is, without a slash at the end. Every host but github.com's is an Enterprise Server to the official
 * plugin, whose REST lies under /api/v3.
 *
 * @throws {UserError} badInput, when GITHUB_BASE_URL is no address
 */
export function restRoot(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) {
    const way = "write it like https://github.example.com/, or unset it";
    throw new UserError("badInput", `GITHUB_BASE_URL: "${baseUrl}" is not an address; ${way}`);
  }
  const url = new URL(baseUrl);
  if (url.hostname === "api.github.com") return url.origin;
  return `${url.origin}${url.pathname.replace(/\/$/, "").replace(/\/api\/v3$/, "")}/api/v3`;
}
