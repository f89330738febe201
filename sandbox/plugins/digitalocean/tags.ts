import { onlyIn } from "../protocol/lists.ts";
import type { Change } from "../protocol/plugin.ts";
import { set, text } from "../protocol/schema.ts";
import { segment, type DigitalOcean } from "./client.ts";

/** Tags on any resource; DigitalOcean answers them in an order of its own. */
export const tags = set(text());

/** Brings a resource's tags to what is asked for: created where missing, put on, taken off. */
export async function updateTags(
  api: DigitalOcean,
  type: string,
  { id, state, inputs }: Change,
): Promise<void> {
  const resources = { resources: [{ resource_id: id, resource_type: type }] };
  for (const tag of onlyIn<string>(state["tags"], inputs["tags"]))
    await api.delete(`/tags/${segment(tag)}/resources`, resources);
  for (const tag of onlyIn<string>(inputs["tags"], state["tags"])) {
    await api.post("/tags", { name: tag });
    await api.post(`/tags/${segment(tag)}/resources`, resources);
  }
}
