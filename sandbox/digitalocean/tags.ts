import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";

const tagName = z
  .string("Name can't be blank")
  .regex(/^[\w:-]{1,255}$/, "Name may only contain letters, numbers, colons, dashes, and underscores");

const members = z.object({
  resources: z.array(z.object({ resource_id: z.coerce.string(), resource_type: z.string() })),
});

export const tags = (cloud: Cloud): Operation[] => [
  operation("tags_list", "GET /v2/tags", "tag:read", (c) =>
    page(
      c,
      "tags",
      cloud.tags.list().map(({ name }) => showTag(cloud, name)),
    ),
  ),

  operation("tags_create", "POST /v2/tags", "tag:create", async (c) => {
    const { name } = await input(c, z.object({ name: tagName }));
    ensureTags(cloud, [name]);
    return c.json({ tag: showTag(cloud, name) }, 201);
  }),

  operation("tags_get", "GET /v2/tags/:tag_id", "tag:read", (c) =>
    c.json({ tag: showTag(cloud, found(cloud.tags.get(param(c, "tag_id"))).name) }),
  ),

  operation("tags_delete", "DELETE /v2/tags/:tag_id", "tag:delete", (c) => {
    const { name } = found(cloud.tags.get(param(c, "tag_id")));
    cloud.tags.delete(name);
    for (const kind of kinds(cloud))
      for (const { id, tags } of kind.list()) kind.tag(id, without(tags, name));
    return noContent(c);
  }),

  operation("tags_assign_resources", "POST /v2/tags/:tag_id/resources", "tag:create", async (c) => {
    const { name } = found(cloud.tags.get(param(c, "tag_id")));
    const { resources } = await input(c, members);
    for (const one of resources) retag(cloud, one, (tags) => [...without(tags, name), name]);
    return noContent(c);
  }),

  operation("tags_unassign_resources", "DELETE /v2/tags/:tag_id/resources", "tag:delete", async (c) => {
    const { name } = found(cloud.tags.get(param(c, "tag_id")));
    const { resources } = await input(c, members);
    for (const one of resources) retag(cloud, one, (tags) => without(tags, name));
    return noContent(c);
  }),
];

/** Makes the tags that are not there yet, as every creation with tags does, and returns them without doubles. */
export function ensureTags(cloud: Cloud, names: readonly string[]): string[] {
  for (const name of names) {
    if (!tagName.safeParse(name).success) throw invalid(`tag name "${name}" is invalid`);
    if (!cloud.tags.get(name)) cloud.tags.put(name, { name });
  }
  return [...new Set(names)];
}

interface Kind {
  type: string;
  /** Its list in a tag's `resources`, which is also its path. */
  plural: string;
  list(): { id: string | number; tags: string[] }[];
  tag(id: string | number, tags: string[]): void;
}

/** Everything that can be tagged here. */
const kinds = (cloud: Cloud): Kind[] => [
  kind("droplet", "droplets", cloud.droplets),
  kind("volume", "volumes", cloud.volumes),
  kind("database", "databases", cloud.databases),
];

interface Tagged {
  id: string | number;
  tags: string[];
}
interface Rows<T> {
  get(id: string | number): T | undefined;
  list(): T[];
  put(id: string | number, row: T): T;
}

const kind = <T extends Tagged>(type: string, plural: string, rows: Rows<T>): Kind => ({
  type,
  plural,
  list: () => rows.list(),
  tag: (id, tags) => void rows.put(id, { ...found(rows.get(id)), tags }),
});

function retag(
  cloud: Cloud,
  { resource_id, resource_type }: z.infer<typeof members>["resources"][number],
  change: (tags: string[]) => string[],
): void {
  const rows = kinds(cloud).find((one) => one.type === resource_type);
  const row = found(rows?.list().find((one) => String(one.id) === resource_id));
  rows?.tag(row.id, change(row.tags));
}

function showTag(cloud: Cloud, name: string) {
  const counted = kinds(cloud).map((kind) => {
    const tagged = kind.list().filter((one) => one.tags.includes(name));
    const last = tagged.at(-1);
    const last_tagged_uri = last ? `https://api.digitalocean.com/v2/${kind.plural}/${last.id}` : "";
    return [kind.plural, { count: tagged.length, last_tagged_uri }] as const;
  });
  const count = counted.reduce((sum, [, one]) => sum + one.count, 0);
  const last_tagged_uri = counted.map(([, one]) => one.last_tagged_uri).find(Boolean) ?? "";
  // Clients read these two without asking whether they are there.
  const none = { images: { count: 0 }, volume_snapshots: { count: 0 } };
  return { name, resources: { count, last_tagged_uri, ...none, ...Object.fromEntries(counted) } };
}

const without = (tags: readonly string[], name: string): string[] => tags.filter((one) => one !== name);
