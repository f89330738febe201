import type { Call } from "../call.ts";
import { ok, noContent, type Answer, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Owner } from "../rows/accounts.ts";
import { same } from "../hub.ts";
import { fullTeam, organization, privateUser, publicUser, simpleUser, team } from "../views/account.ts";
import { repositoryView } from "../views/repository.ts";

/** Users, organizations and teams: who owns repositories and who may review. */
export const accounts: Operations = {
  "users/get-authenticated": {
    route: "GET /user",
    answer: (call) => ok(privateUser(call.hub, call.user)),
  },

  "users/get-by-id": {
    route: "GET /user/{account_id}",
    answer(call) {
      const owner = call.hub.tables.owners.find((one) => one.id === call.number("account_id"));
      return ok(publicUser(call.hub, found(owner)));
    },
  },

  "users/get-by-username": {
    route: "GET /users/{username}",
    answer: (call) => ok(publicUser(call.hub, found(call.hub.owner(call.param("username"))))),
  },

  // No person here has keys, but the official plugin's getUser asks for them.
  "users/list-gpg-keys-for-user": {
    route: "GET /users/{username}/gpg_keys",
    answer: (call) => keysOf(call),
  },

  "users/list-public-keys-for-user": {
    route: "GET /users/{username}/keys",
    answer: (call) => keysOf(call),
  },

  "orgs/get": {
    route: "GET /orgs/{org}",
    // The official plugin asks this first of all: 404 tells it that the owner is a user.
    answer: (call) => ok(organization(call.hub, organizationOf(call))),
  },

  "orgs/list-members": {
    route: "GET /orgs/{org}/members",
    needs: "members=read",
    answer(call) {
      organizationOf(call);
      const users = call.hub.tables.owners.list((one) => one.type === "User");
      return call.page(users, (user) => simpleUser(call.hub, user));
    },
  },

  "orgs/check-membership-for-user": {
    route: "GET /orgs/{org}/members/{username}",
    needs: "members=read",
    answer(call) {
      organizationOf(call);
      const user = found(call.hub.owner(call.param("username")));
      if (user.type !== "User") throw new Refusal("not-found");
      return noContent;
    },
  },

  "teams/list": {
    route: "GET /orgs/{org}/teams",
    needs: "members=read",
    answer(call) {
      const { login } = organizationOf(call);
      const teams = call.hub.tables.teams.list((one) => same(one.organization, login));
      return call.page(teams, (one) => team(call.hub, one));
    },
  },

  "teams/get-by-name": {
    route: "GET /orgs/{org}/teams/{team_slug}",
    needs: "members=read",
    answer: (call) => ok(fullTeam(call.hub, teamOf(call))),
  },

  "teams/list-members-in-org": {
    route: "GET /orgs/{org}/teams/{team_slug}/members",
    needs: "members=read",
    answer: (call) =>
      call.page(teamOf(call).members, (login) => simpleUser(call.hub, call.hub.account(login))),
  },

  "teams/list-repos-in-org": {
    route: "GET /orgs/{org}/teams/{team_slug}/repos",
    needs: "members=read",
    answer(call) {
      const { organization: owner } = teamOf(call);
      const rows = call.hub.tables.repositories.list((one) => one.owner === owner);
      return call.page(rows, (row) => ({ ...repositoryView(call.hub, row), role_name: "admin" }));
    },
  },
};

function keysOf(call: Call): Answer {
  found(call.hub.owner(call.param("username")));
  return call.page([], (key) => key);
}

function found<T>(row: T | undefined): T {
  if (row === undefined) throw new Refusal("not-found");
  return row;
}

function organizationOf(call: Call): Owner {
  const owner = found(call.hub.owner(call.param("org")));
  if (owner.type !== "Organization") throw new Refusal("not-found");
  return owner;
}

const teamOf = (call: Call) => found(call.hub.team(call.param("org"), call.param("team_slug")));
