import type { World } from "../world.ts";
import { same } from "./hub.ts";
import { scopedKey } from "./new-repository.ts";
import { tables } from "./state.ts";

/**
 * What a workflow would find in `secrets.NAME`: the environment's secret, else the repository's. Only for whoever runs
 * workflows in the sandbox; the API never gives a value back.
 * @param repository `owner/name`
 * @returns undefined when there is no such secret
 */
export function secretValue(
  world: World,
  repository: string,
  name: string,
  environment?: string,
): string | undefined {
  const { repositories, environments, secrets } = tables(world.store);
  const row = repositories.find((one) => same(`${one.owner}/${one.name}`, repository));
  if (!row) return undefined;
  const place = environments.find((one) => one.repository === row.id && same(one.name, environment ?? ""));
  const places = place && environment !== undefined ? [place.id, 0] : [0];
  return places
    .map((id) => secrets.get(scopedKey({ repository: row.id, environment: id, name }))?.value)
    .find((value) => value !== undefined);
}
