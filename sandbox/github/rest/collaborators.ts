import { ok, noContent, type Operations } from "../operation.ts";
import { same, type Hub } from "../hub.ts";
import type { Owner } from "../rows/accounts.ts";
import type { Repository } from "../rows/repositories.ts";
import { Refusal } from "../refusals.ts";
import { simpleUser, team } from "../views/account.ts";
import { permissions } from "../views/repository.ts";

/** Who may work on a repository: every person of the sandbox administers, and so does every team. */
export const collaborators: Operations = {
  "repos/list-collaborators": {
    route: "GET /repos/{owner}/{repo}/collaborators",
    needs: "metadata=read",
    answer: (call) => call.page(people(call.hub, call.repository), (user) => collaborator(call.hub, user)),
  },

  "repos/check-collaborator": {
    route: "GET /repos/{owner}/{repo}/collaborators/{username}",
    needs: "metadata=read",
    answer(call) {
      person(call.hub, call.repository, call.param("username"));
      return noContent;
    },
  },

  "repos/get-collaborator-permission-level": {
    route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    needs: "metadata=read",
    answer(call) {
      const user = person(call.hub, call.repository, call.param("username"));
      return ok({ permission: "admin", role_name: "admin", user: collaborator(call.hub, user) });
    },
  },

  "repos/list-teams": {
    route: "GET /repos/{owner}/{repo}/teams",
    needs: "metadata=read",
    answer(call) {
      const { owner } = call.repository;
      const teams = call.hub.tables.teams.list((one) => same(one.organization, owner));
      return call.page(teams, (one) => team(call.hub, one));
    },
  },
};

/** Everybody, in an organization; a user's repository is the user's own. */
function people(hub: Hub, repository: Repository): Owner[] {
  const owner = hub.account(repository.owner);
  return owner.type === "User" ? [owner] : hub.tables.owners.list((one) => one.type === "User");
}

function person(hub: Hub, repository: Repository, login: string): Owner {
  const user = people(hub, repository).find((one) => same(one.login, login));
  if (!user) throw new Refusal("not-found", { message: `${login} is not a user` });
  return user;
}

const collaborator = (hub: Hub, user: Owner) => ({
  ...simpleUser(hub, user),
  permissions,
  role_name: "admin",
});
