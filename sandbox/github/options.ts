import type { Runner } from "./actions/runner.ts";

/** What an account has paid for; it decides what can be protected on private repositories. */
export type Plan = "free" | "team" | "enterprise";

/** A fine-grained permission as GitHub writes it in `X-Accepted-GitHub-Permissions`, such as `secrets=write`. */
export type Permission = `${string}=${"read" | "write"}`;

/** A credential that the API accepts, and what it may do. */
export type Token = { value: string; /** Whose it is: a user's login. */ login: string } & (
  | { kind: "classic"; scopes: readonly string[] }
  /** A personal one limited to permissions, or an app's, such as a workflow's GITHUB_TOKEN. */
  | { kind: "fine-grained" | "app"; permissions: readonly Permission[] }
);

export interface SeedOwner {
  login: string;
  kind: "organization" | "user";
  /** @default the options' plan */
  plan?: Plan;
}

export interface SeedTeam {
  organization: string;
  name: string;
  /** Logins of users. */
  members?: readonly string[];
}

export interface SeedRepository {
  owner: string;
  name: string;
  private: boolean;
  /** @default "main" */
  defaultBranch?: string;
  /** What the default branch holds, path to text: workflows, mostly. */
  files?: Readonly<Record<string, string>>;
  /** The commit that the default branch stands at, 40 hex digits. @default made from the files */
  head?: string;
  /** Actions variables of the repository. */
  variables?: Readonly<Record<string, string>>;
  /** Paths of workflows that are switched off. */
  disabled?: readonly string[];
}

/** Something that happened, as a webhook would tell it. */
export interface HubEvent {
  /** As in `X-GitHub-Event`: push, repository_dispatch, issues, ... */
  name: string;
  action: string | undefined;
  repository: { owner: string; name: string };
  payload: Readonly<Record<string, unknown>>;
}

export interface GitHubOptions {
  /** A classic token that may do everything; it belongs to the owner, or to the organization's first person. */
  token: string;
  /** Login of the account that the token works for. */
  owner: string;
  /** Scopes of `token`, as `X-OAuth-Scopes` lists them. @default what the platform needs */
  scopes?: readonly string[];
  /** Further tokens, such as one with too few permissions. */
  tokens?: readonly Token[];
  /** An owner that is named elsewhere and not here is an organization. */
  owners?: readonly SeedOwner[];
  /** Plan of owners that name none. @default "team" */
  plan?: Plan;
  /** Logins of users who belong to every organization; the first holds the token. @default ["OWNER-admin"] */
  people?: readonly string[];
  teams?: readonly SeedTeam[];
  repositories?: readonly SeedRepository[];
  /** Where clients reach this API, when that differs from the address that requests arrive at (a proxy). */
  baseUrl?: string;
  /** Called for every event after it has been recorded; a workflow runner hangs here. */
  onEvent?: (event: HubEvent) => void;
  /** Runs the workflows; without it none run. */
  runner?: Runner;
  /** How long a webhook's receiver may take, in milliseconds. @default 10000, as GitHub */
  webhookTimeoutMs?: number;
  /** Requests an hour that one token may make. @default 5000, as GitHub */
  hourlyLimit?: number;
}

/** The scopes of the default token: enough for everything that the platform declares. */
const allScopes = ["admin:repo_hook", "delete_repo", "read:org", "repo", "workflow"] as const;

/** The login that the options' own token acts as. */
export function tokenHolder(options: GitHubOptions): string {
  const isUser = options.owners?.some((one) => one.login === options.owner && one.kind === "user");
  return isUser ? options.owner : (options.people?.[0] ?? `${options.owner}-admin`);
}

/** Every token that is accepted. */
export function acceptedTokens(options: GitHubOptions): readonly Token[] {
  const own: Token = {
    value: options.token,
    login: tokenHolder(options),
    kind: "classic",
    scopes: options.scopes ?? allScopes,
  };
  return [own, ...(options.tokens ?? [])];
}
