import type { GitHub } from "./client.ts";

/** A user, team or app in a protection's lists. */
export interface Actor {
  readonly id: string;
  readonly slug?: string;
  readonly login?: string;
}

/** The node ids of actors that a program names: `/user`, `organization/team`, or a node id already. */
export async function nodeIds(api: GitHub, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await nodeId(api, name));
  return ids;
}

async function nodeId(api: GitHub, name: string): Promise<string> {
  const [organization = "", rest] = name.split("/", 2);
  if (rest === undefined) return name;
  if (organization === "") {
    const found = await api.graphql<{ user: Actor }>(
      "query ($login: String!) { user(login: $login) { id } }",
      {
        login: rest,
      },
    );
    return found.user.id;
  }
  const found = await api.graphql<{ organization: { team: Actor | null } }>(
    "query ($login: String!, $slug: String!) { organization(login: $login) { team(slug: $slug) { id } } }",
    { login: organization, slug: rest },
  );
  if (!found.organization.team) throw new Error(`the team ${name} does not exist`);
  return found.organization.team.id;
}

/** Actors as the program wrote them: by node id where it used that, else by name. */
export function actorNames(
  nodes: readonly { actor: Actor | null }[],
  known: unknown,
  owner: string,
): string[] {
  const written = new Set((known as string[] | undefined) ?? []);
  return nodes.flatMap(({ actor }) => {
    if (!actor) return [];
    if (written.has(actor.id)) return [actor.id];
    if (actor.login) return [`/${actor.login}`];
    return [written.has(`${owner}/${actor.slug}`) || actor.slug ? `${owner}/${actor.slug}` : actor.id];
  });
}
