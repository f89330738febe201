import { UserError } from "../user-error.ts";

/** What DigitalOcean answered: the status, and the body as JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * One GET of DigitalOcean's API, with the token and endpoint that the official plugin uses.
 * @throws {UserError} notAuthenticated without a token; failed when nothing answers
 */
export async function askDigitalOcean(path: string, env: NodeJS.ProcessEnv = process.env): Promise<Answer> {
  const token = env["DIGITALOCEAN_TOKEN"] ?? env["DIGITALOCEAN_ACCESS_TOKEN"];
  if (!token) {
    throw new UserError(
      "notAuthenticated",
      "DIGITALOCEAN_TOKEN: is not set; the stack's resources cannot be reached",
      {
        hint: "Make a token at https://cloud.digitalocean.com/account/api/tokens; `platform init` lists its scopes.",
      },
    );
  }
  const root = env["DIGITALOCEAN_API_URL"] ?? "https://api.digitalocean.com";
  return await get(`${root}${path}`, "DigitalOcean", token);
}

/**
 * One GET of GitHub's REST API.
 * @throws {UserError} as askDigitalOcean
 */
export async function askGitHub(
  path: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Answer & { headers: Headers }> {
  const token = env["GITHUB_TOKEN"];
  if (!token) {
    throw new UserError("notAuthenticated", "GITHUB_TOKEN: is not set; the repositories cannot be reached", {
      hint: "Make a token at https://github.com/settings/personal-access-tokens; `platform init` lists its permissions.",
    });
  }
  const { GITHUB_BASE_URL: base = "https://api.github.com/" } = env;
  const root =
    new URL(base).hostname === "api.github.com"
      ? base.replace(/\/$/, "")
      : `${base.replace(/\/$/, "")}/api/v3`;
  return await get(`${root}${path}`, "GitHub", token);
}

async function get(url: string, vendor: string, token: string): Promise<Answer & { headers: Headers }> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    return { status: response.status, body, headers: response.headers };
  } catch (cause) {
    const { origin } = new URL(url);
    throw new UserError("failed", `${vendor} does not answer at ${origin}`, {
      hint: "Is the network up, and is the endpoint in the environment right?",
      cause,
    });
  }
}
