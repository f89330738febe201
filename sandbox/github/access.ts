import { acceptedTokens, type GitHubOptions, type Permission, type Token } from "./options.ts";
import type { Hub } from "./hub.ts";
import { Refusal } from "./refusals.ts";
import type { Owner } from "./rows/accounts.ts";
import type { Repository } from "./rows/repositories.ts";

/** Who asks: the token, if any, and whose it is. */
export interface Actor {
  token: Token | undefined;
  user: Owner | undefined;
  maySee(repository: Repository): boolean;
  /** What hides a repository: GitHub answers 404, and names the scope that would have helped. */
  hidden(): Refusal;
  /** Whether a classic token has this scope; other kinds know no scopes and are not held back by one. */
  hasScope(scope: string): boolean;
  /** @throws Refusal when the token may not do this; `repository` when it is about one */
  demand(needs: Permission | undefined, repository: Repository | undefined): void;
  /** Headers that tell the client what its token may do. */
  headers: Record<string, string>;
}

/**
 * Who asks, by the `Authorization` header.
 * @throws Refusal 401 for a token that is not accepted
 */
export function authenticate(hub: Hub, header: string | undefined): Actor {
  if (header === undefined) return actor(undefined, undefined);
  const value = /^(?:bearer|token)\s+(\S+)$/i.exec(header)?.[1];
  const token = acceptedTokens(hub.options).find((one) => one.value === value);
  if (!token) throw new Refusal("bad-credentials");
  return actor(token, hub.account(token.login));
}

function actor(token: Token | undefined, user: Owner | undefined): Actor {
  const scopes = token?.kind === "classic" ? token.scopes : [];
  const maySee = (repository: Repository): boolean =>
    !repository.private || (token !== undefined && (token.kind !== "classic" || scopes.includes("repo")));
  const hidden = (): Refusal =>
    new Refusal(
      "not-found",
      token?.kind === "classic" ? { headers: { "X-Accepted-OAuth-Scopes": "repo" } } : {},
    );
  return {
    token,
    user,
    maySee,
    hidden,
    hasScope: (scope) => token?.kind !== "classic" || scopes.includes(scope),
    demand(needs, repository) {
      if (!needs) return;
      if (!token) demandPublic(needs, repository);
      else if (token.kind === "classic") demandScope(scopes, needs, repository);
      else demandPermission(token, needs);
    },
    headers: token?.kind === "classic" ? { "X-OAuth-Scopes": scopes.join(", ") } : {},
  };
}

function demandPublic(needs: Permission, repository: Repository | undefined): void {
  const open = /^(metadata|contents|issues|pull_requests|statuses|checks|deployments|actions)=read$/;
  if (!repository || !open.test(needs)) throw new Refusal("authentication-required");
}

function demandPermission(token: Token & { kind: "fine-grained" | "app" }, needs: Permission): void {
  const [name, level] = needs.split("=");
  if (name === "metadata" || token.permissions.includes(`${name}=write`)) return;
  if (level === "read" && token.permissions.includes(needs)) return;
  throw new Refusal(token.kind === "app" ? "app-too-narrow" : "token-too-narrow", {
    headers: { "X-Accepted-GitHub-Permissions": needs },
  });
}

// Classic scopes are coarse: `repo` holds nearly everything (https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps).
function demandScope(scopes: readonly string[], needs: Permission, repository: Repository | undefined): void {
  const enough = scopesFor(needs, repository);
  if (enough.length === 0 || enough.some((scope) => scopes.includes(scope))) return;
  const headers = { "X-Accepted-OAuth-Scopes": enough.join(", ") };
  throw new Refusal(needs === "administration=write" ? "no-admin" : "not-found", { headers });
}

function scopesFor(needs: Permission, repository: Repository | undefined): string[] {
  if (needs.startsWith("members=")) return ["read:org", "write:org", "admin:org"];
  if (!repository) return needs.endsWith("=write") ? ["repo", "public_repo"] : [];
  if (needs === "webhooks=read") return ["repo", "admin:repo_hook", "write:repo_hook", "read:repo_hook"];
  if (needs === "webhooks=write") return ["repo", "admin:repo_hook", "write:repo_hook"];
  if (repository.private) return ["repo"];
  return needs.endsWith("=write") ? ["repo", "public_repo"] : [];
}

/** How many requests an hour a token may make. */
export const hourlyLimit = (options: GitHubOptions, token: Token | undefined): number =>
  token ? (options.hourlyLimit ?? 5000) : 60;
