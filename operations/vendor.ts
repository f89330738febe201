import { restRoot } from "../components/github-plan.ts";
import { patientFetch } from "../patient-fetch.ts";
import { UserError } from "../user-error.ts";

/** What DigitalOcean answered: the status, and the body as JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * One request of DigitalOcean's API, with the token and endpoint that the official plugin uses.
 * @throws {UserError} notAuthenticated without a token; failed when nothing answers
 */
export async function askDigitalOcean(
  path: string,
  env: NodeJS.ProcessEnv = process.env,
  method: "GET" | "DELETE" | "POST" = "GET",
  content?: object,
): Promise<Answer> {
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
  if (!URL.canParse(root)) {
    const way = "write it like https://api.digitalocean.com, or unset it";
    throw new UserError("badInput", `DIGITALOCEAN_API_URL: "${root}" is not an address; ${way}`);
  }
  return await ask(method, `${root.replace(/\/$/, "")}${path}`, "DigitalOcean", token, content);
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
  const root = restRoot(env["GITHUB_BASE_URL"] ?? "https://api.github.com");
  return await ask("GET", `${root}${path}`, "GitHub", token);
}

async function ask(
  method: string,
  url: string,
  vendor: string,
  token: string,
  content?: object,
): Promise<Answer & { headers: Headers }> {
  try {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(content ? { "content-type": "application/json" } : {}),
    };
    const sent = content ? { body: JSON.stringify(content) } : {};
    const response = await patientFetch(url, { method, headers, ...sent });
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

type Rows = Record<string, unknown>[];

/**
 * All rows of one of DigitalOcean's lists, every page of it; none where what holds the list is gone.
 * @param key under which the rows stand in the answer
 * @throws {UserError} as askDigitalOcean; failed for every other answer, which must not be taken for "none"
 */
export async function listDigitalOcean(path: string, key: string): Promise<Rows> {
  const rows: Rows = [];
  for (let page = 1; ; page += 1) {
    const { status, body } = await askDigitalOcean(`${path}?per_page=200&page=${page}`);
    if (status === 404) return rows;
    if (status !== 200) throw unlisted("DigitalOcean", path, status, body);
    rows.push(...((body[key] ?? []) as Rows));
    const { pages } = (body["links"] ?? {}) as { pages?: { next?: string } };
    if (!pages?.next) return rows;
  }
}

/**
 * The same of GitHub's.
 * @param key where the rows are not the whole answer
 * @throws {UserError} as listDigitalOcean
 */
export async function listGitHub(path: string, key?: string): Promise<Rows> {
  const rows: Rows = [];
  const separator = path.includes("?") ? "&" : "?";
  for (let page = 1; ; page += 1) {
    const { status, body } = await askGitHub(`${path}${separator}per_page=100&page=${page}`);
    if (status === 404) return rows;
    if (status !== 200) throw unlisted("GitHub", path, status, body);
    const found = (key === undefined ? body : (body[key] ?? [])) as unknown as Rows;
    rows.push(...found);
    if (found.length < 100) return rows;
  }
}

function unlisted(vendor: string, path: string, status: number, body: Record<string, unknown>): UserError {
  const said = [status, body["message"]].filter(Boolean).join(" ");
  return new UserError("failed", `${vendor} answered ${said} to GET ${path}`, {
    hint: "Try again in a while.",
  });
}
