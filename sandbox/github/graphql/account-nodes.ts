import type { Call } from "../call.ts";
import { nodeId } from "../node-id.ts";
import type { Owner, Team } from "../rows/accounts.ts";
import { email } from "../views/account.ts";
import { connect, type Slice } from "./connection.ts";

interface OwnerNode {
  readonly id: string;
  readonly [field: string]: unknown;
}

export function ownerNode(call: Call, row: Owner): OwnerNode {
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
    membersWithRole(slice: Slice) {
      const users = call.hub.tables.owners.list((one) => one.type === "User");
      const page = connect(
        users.map((user) => ownerNode(call, user)),
        slice,
      );
      return { ...page, edges: page.nodes.map((node) => ({ cursor: node.id, role: "ADMIN", node })) };
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
