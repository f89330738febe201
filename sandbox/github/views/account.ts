import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Owner, Team } from "../rows/accounts.ts";

/** `simple-user`: how an account appears inside other things. */
export function simpleUser(hub: Hub, owner: Owner) {
  // The one of workflows has brackets.
  const name = encodeURIComponent(owner.login);
  const url = hub.api(`/users/${name}`);
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId(owner.type, owner.id),
    avatar_url: hub.html(`/avatars/u/${owner.id}`),
    gravatar_id: "",
    url,
    html_url: hub.html(`/${name}`),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: owner.login.endsWith("[bot]") ? "Bot" : owner.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The account behind a login, or null where a row holds none that is known. */
export function userOrNull(hub: Hub, login: string | null | undefined) {
  const owner = login ? hub.owner(login) : undefined;
  return owner ? simpleUser(hub, owner) : null;
}

/** The address that GitHub gives to whoever keeps theirs private. Brackets, as the bot has them, would want quotes. */
export const email = (login: string): string => `${login.replaceAll(/[[\]]/g, "")}@users.noreply.github.com`;

const counts = (hub: Hub, owner: Owner) => ({
  public_repos: hub.tables.repositories.list((one) => one.owner === owner.login && !one.private).length,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: owner.created_at,
  updated_at: owner.created_at,
});

const plan = (hub: Hub, owner: Owner) => ({
  name: hub.plan(owner),
  space: 976562499,
  private_repos: 999999,
  collaborators: 0,
  ...(owner.type === "Organization" && {
    filled_seats: hub.tables.owners.list((one) => one.type === "User").length,
    seats: 0,
  }),
});

const privateCounts = (hub: Hub, owner: Owner) => {
  const hidden = hub.tables.repositories.list((one) => one.owner === owner.login && one.private).length;
  return {
    private_gists: 0,
    total_private_repos: hidden,
    owned_private_repos: hidden,
    disk_usage: 0,
    collaborators: 0,
  };
};

/** `public-user`: what anybody may know of somebody. */
export const publicUser = (hub: Hub, owner: Owner) => ({
  ...simpleUser(hub, owner),
  name: owner.login,
  company: null,
  blog: "",
  location: null,
  email: email(owner.login),
  hireable: null,
  bio: null,
  twitter_username: null,
  ...counts(hub, owner),
});

/** `private-user`: what the token's holder sees of themselves. */
export const privateUser = (hub: Hub, owner: Owner) => ({
  ...publicUser(hub, owner),
  user_view_type: "private",
  ...privateCounts(hub, owner),
  two_factor_authentication: true,
  plan: plan(hub, owner),
});

/** `organization-full`, as a member sees it: the plan is how a client learns what cannot be protected. */
export function organization(hub: Hub, owner: Owner) {
  const url = hub.api(`/orgs/${owner.login}`);
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId("Organization", owner.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: hub.html(`/avatars/u/${owner.id}`),
    description: null,
    name: owner.login,
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    ...counts(hub, owner),
    html_url: hub.html(`/${owner.login}`),
    archived_at: null,
    type: "Organization",
    ...privateCounts(hub, owner),
    default_repository_permission: "read",
    members_can_create_repositories: true,
    two_factor_requirement_enabled: true,
    plan: plan(hub, owner),
  };
}

/** `team` */
export function team(hub: Hub, one: Team) {
  const url = hub.api(`/orgs/${one.organization}/teams/${one.slug}`);
  return {
    id: one.id,
    node_id: nodeId("Team", one.id),
    name: one.name,
    slug: one.slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "push",
    type: "organization",
    organization_id: hub.account(one.organization).id,
    url,
    html_url: hub.html(`/orgs/${one.organization}/teams/${one.slug}`),
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}

/** `team-full` */
export const fullTeam = (hub: Hub, one: Team) => ({
  ...team(hub, one),
  members_count: one.members.length,
  repos_count: hub.tables.repositories.list((repository) => repository.owner === one.organization).length,
  created_at: one.created_at,
  updated_at: one.created_at,
  organization: organization(hub, hub.account(one.organization)),
});
