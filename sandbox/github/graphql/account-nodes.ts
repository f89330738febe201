import type { Call } from "../call.ts";
import { nodeId } from "../node-id.ts";
import type { Owner, Team } from "../rows/accounts.ts";
import { email } from "../views/account.ts";

export function ownerNode(call: Call, row: Owner) {
  return {
    __typename: row.type,
    id: nodeId(row.type, row.id),
    databaseId: row.id,
    login: row.login,
    name: row.login,
    email: email(row.login),
    url: call.hub.html(`/${row.login}`),
    team({ slug }: { slug: string }) {
      const found = call.hub.team(row.login, slug);
      return found ? teamNode(call, found) : null;
    },
  };
}

export const teamNode = (call: Call, row: Team) => ({
  __typename: "Team",
  id: nodeId("Team", row.id),
  databaseId: row.id,
  name: row.name,
  slug: row.slug,
  url: call.hub.html(`/orgs/${row.organization}/teams/${row.slug}`),
});
