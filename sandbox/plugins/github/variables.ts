import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";
import { ids } from "./ids.ts";
import { numberOf } from "./secrets.ts";

const common: Shape = {
  repository: text({ required: true, replaces: true }),
  variableName: text({ required: true, replaces: true }),
  value: text({ required: true }),
};

/** A variable of a repository's workflows. https://docs.github.com/en/rest/actions/variables */
export const actionsVariable: Resource<GitHub> = variableResource(
  common,
  ["repository", "variableName"],
  async (api, { repository }) => `${await api.repository(repository)}/actions/variables`,
);

/** A variable of one environment. */
export const actionsEnvironmentVariable: Resource<GitHub> = variableResource(
  { ...common, environment: text({ required: true, replaces: true }) },
  ["repository", "environment", "variableName"],
  async (api, { repository, environment }) =>
    `${await api.repository(repository)}/environments/${segment(environment)}/variables`,
);

function variableResource(
  inputs: Shape,
  identity: readonly string[],
  list: (api: GitHub, known: Properties) => Promise<string>,
): Resource<GitHub> {
  const path = async (api: GitHub, known: Properties): Promise<string> =>
    `${await list(api, known)}/${segment(known["variableName"])}`;
  return {
    inputs,
    outputs: ["createdAt", "repositoryId", "updatedAt"],
    importId: ids(...identity),
    create: async (api, wanted) => {
      const { variableName: name, value } = wanted;
      await api.post(await list(api, wanted), { name, value });
      const repositoryId = await numberOf(api, wanted["repository"]);
      return { id: ids.of(...identity.map((part) => wanted[part])), state: { repositoryId } };
    },
    read: async (api, _id, state) => {
      const found = await unlessMissing(api.get<Variable>(await path(api, state)));
      return found && { value: found.value, createdAt: found.created_at, updatedAt: found.updated_at };
    },
    update: async (api, { inputs }) => {
      const { variableName: name, value } = inputs;
      await api.patch(await path(api, inputs), { name, value });
    },
    delete: async (api, _id, state) => {
      await unlessMissing(api.delete(await path(api, state)));
    },
  };
}

interface Variable {
  readonly value: string;
  readonly created_at: string;
  readonly updated_at: string;
}
