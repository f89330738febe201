import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { name, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";
import { ids } from "./ids.ts";

const inputs: Shape = {
  repository: text({ required: true, replaces: true }),
  name: name(),
  color: text({ required: true }),
  description: text(),
};

const labels = async (api: GitHub, { repository }: Properties): Promise<string> =>
  `${await api.repository(repository)}/labels`;

// By the name of the state: the id keeps the first name that a label had.
const path = async (api: GitHub, state: Properties): Promise<string> =>
  `${await labels(api, state)}/${segment(state["name"])}`;

const request = ({ name, color, description = "" }: Properties): Properties => ({ name, color, description });

/** https://docs.github.com/en/rest/issues/labels */
export const issueLabel: Resource<GitHub> = {
  inputs,
  outputs: ["url"],
  importId: ids("repository", "name"),
  create: async (api, wanted) => {
    await api.post(await labels(api, wanted), request(wanted));
    return { id: ids.of(wanted["repository"], wanted["name"]) };
  },
  read: async (api, _id, state) => {
    const found = await unlessMissing(api.get<Label>(await path(api, state)));
    return (
      found && { name: found.name, color: found.color, description: found.description ?? "", url: found.url }
    );
  },
  update: async (api, { state, inputs }) => {
    await api.patch(await path(api, state), { ...request(inputs), new_name: inputs["name"] });
  },
  delete: async (api, _id, state) => {
    await unlessMissing(api.delete(await path(api, state)));
  },
};

interface Label {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
  readonly url: string;
}
