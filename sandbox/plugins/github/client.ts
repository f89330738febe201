import { HttpError, retryAfter, send, unlessMissing, type Manners } from "../protocol/http.ts";
import type { Call } from "../protocol/plugin.ts";
import { asText, isRecord, type Properties } from "../protocol/values.ts";

/** GitHub's APIs as one call of the engine sees them. Paths are below the REST API's root. */
export interface GitHub {
  readonly call: Call;
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body?: unknown) => Promise<T>;
  readonly put: <T>(path: string, body?: unknown) => Promise<T>;
  readonly patch: <T>(path: string, body: unknown) => Promise<T>;
  readonly delete: (path: string) => Promise<void>;
  /** What a query or mutation answers. Its errors are thrown as {@link GraphQLError}. */
  readonly graphql: <T>(query: string, variables: Properties) => Promise<T>;
  /** Whose repositories these are. */
  readonly owner: () => Promise<Owner>;
  /** `/repos/OWNER/NAME` */
  readonly repository: (name: unknown) => Promise<string>;
}

export interface Owner {
  readonly name: string;
  readonly isOrganization: boolean;
}

/** A refusal in GraphQL, which is a success in HTTP. */
export class GraphQLError extends Error {
  override readonly name = "GraphQLError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The provider's configuration goes before the environment, under the official plugin's names for both. */
export function connect(env: Environment) {
  return (settings: Record<string, string>): ((call: Call) => GitHub) => {
    const roots = apiRoots(settings["baseUrl"] || env["GITHUB_BASE_URL"] || "https://api.github.com");
    const token = settings["token"] || env["GITHUB_TOKEN"] || "";
    const named =
      settings["owner"] || settings["organization"] || env["GITHUB_OWNER"] || env["GITHUB_ORGANIZATION"];
    const headers = {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "odoo-platform-stand-in (github)",
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    };
    let known: Owner | undefined;
    return (call) => {
      const request = <T>(method: string, path: string, body?: unknown): Promise<T> =>
        send({ method, url: roots.rest + path, headers, body }, manners, call.signal) as Promise<T>;
      const owner = async (): Promise<Owner> =>
        (known ??= await findOwner(named, (path) => request("GET", path)));
      return {
        call,
        get: (path) => request("GET", path),
        post: (path, body) => request("POST", path, body),
        put: (path, body) => request("PUT", path, body),
        patch: (path, body) => request("PATCH", path, body),
        delete: (path) => request("DELETE", path),
        graphql: async <T>(query: string, variables: Properties) => {
          const body = { query, variables };
          const answer = await send(
            { method: "POST", url: roots.graphql, headers, body },
            manners,
            call.signal,
          );
          const { data, errors = [] } = answer as { data: T; errors?: { message: string }[] };
          if (errors[0]) throw new GraphQLError(errors[0].message);
          return data;
        },
        owner,
        repository: async (name) => `/repos/${(await owner()).name}/${segment(name)}`,
      };
    };
  };
}

/** Any host but GitHub's own is taken for an Enterprise Server, which has its APIs below `/api`. */
function apiRoots(base: string): { rest: string; graphql: string } {
  const url = new URL(base);
  if (url.host === "api.github.com" || url.host === "github.com")
    return { rest: "https://api.github.com", graphql: "https://api.github.com/graphql" };
  const root = url.href.replace(/\/+$/, "").replace(/\/api(\/v3)?$/, "");
  return { rest: `${root}/api/v3`, graphql: `${root}/api/graphql` };
}

async function findOwner(named: string | undefined, get: <T>(path: string) => Promise<T>): Promise<Owner> {
  const name = named ?? (await get<{ login: string }>("/user")).login;
  const organization = await unlessMissing(get(`/orgs/${segment(name)}`));
  return { name, isOrganization: organization !== undefined };
}

/** Retries as the official plugin does: server errors thrice, a used-up quota when it is full again. */
const manners: Manners = {
  patience: (failed, attempt) => {
    if (!(failed instanceof HttpError)) return attempt < 3 ? 1000 : undefined;
    if ([500, 502, 503, 504].includes(failed.status)) return attempt < 3 ? 1000 : undefined;
    if (failed.status !== 403 && failed.status !== 429) return undefined;
    if (failed.headers.get("x-ratelimit-remaining") === "0") {
      const full = Number(failed.headers.get("x-ratelimit-reset")) * 1000;
      return Math.max(1000, full - Date.now());
    }
    const documentation = isRecord(failed.body) ? asText(failed.body["documentation_url"]) : "";
    return documentation.endsWith("#about-secondary-rate-limits") ? retryAfter(failed.headers) : undefined;
  },
  explain: (body) => {
    if (!isRecord(body)) return asText(body);
    const errors = Array.isArray(body["errors"]) ? body["errors"].map(detail) : [];
    return `${asText(body["message"])}${errors.length > 0 ? ` [${errors.join(" ")}]` : ""}`;
  },
};

const detail = (error: unknown): string =>
  isRecord(error)
    ? ["resource", "field", "code", "message"]
        .filter((key) => error[key])
        .map((key) => String(error[key]))
        .join(" ")
    : String(error);

/** A name in a path; a slash in it is part of the name. */
export const segment = (name: unknown): string => encodeURIComponent(String(name));
