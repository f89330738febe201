import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { bool, text } from "../protocol/schema.ts";
import type { GitHub } from "./client.ts";

const path = async (api: GitHub, repository: unknown): Promise<string> =>
  `${await api.repository(repository)}/automated-security-fixes`;

const set = async (api: GitHub, { repository, enabled }: Record<string, unknown>): Promise<void> => {
  if (enabled) await api.put(await path(api, repository));
  else await api.delete(await path(api, repository));
};

/** Whether Dependabot opens pull requests for known holes. Its id is the repository's name. */
export const dependabotSecurityUpdates: Resource<GitHub> = {
  inputs: {
    repository: text({ required: true, replaces: true }),
    enabled: bool({ required: true }),
  },
  importId: (id) => ({ id, state: { repository: id } }),
  create: async (api, wanted) => {
    await set(api, wanted);
    return { id: String(wanted["repository"]) };
  },
  read: async (api, _id, { repository }) => {
    const found = await unlessMissing(api.get<{ enabled: boolean }>(await path(api, repository)));
    return found && { enabled: found.enabled };
  },
  update: (api, { inputs }) => set(api, inputs),
  delete: async (api, _id, { repository }) => {
    await unlessMissing(api.delete(await path(api, repository)));
  },
};
