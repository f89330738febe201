import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { bool, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";

const inputs: Shape = {
  repository: text({ required: true, replaces: true, writeOnly: true }),
  events: set(text(), { required: true }),
  active: bool({ default: true }),
  configuration: object({
    url: text({ required: true, secret: true }),
    contentType: text(),
    secret: text({ secret: true }),
    insecureSsl: bool({ default: false }),
  }),
};

const hooks = async (api: GitHub, { repository }: Properties, id?: string): Promise<string> =>
  `${await api.repository(repository)}/hooks${id === undefined ? "" : `/${segment(id)}`}`;

/** https://docs.github.com/en/rest/repos/webhooks */
export const repositoryWebhook: Resource<GitHub> = {
  inputs,
  outputs: ["url"],
  importId: (id) => {
    const [repository = "", hook = ""] = id.split("/");
    return { id: hook, state: { repository } };
  },
  create: async (api, wanted) => {
    const hook = await api.post<Hook>(await hooks(api, wanted), request(wanted));
    return { id: String(hook.id) };
  },
  read: async (api, id, state) => {
    const hook = await unlessMissing(api.get<Hook>(await hooks(api, state, id)));
    if (!hook) return undefined;
    const known = state["configuration"] as Properties | undefined;
    const { url, content_type, secret, insecure_ssl } = hook.config;
    return {
      url: hook.url,
      active: hook.active,
      events: hook.events,
      configuration: {
        url,
        contentType: content_type,
        // Answered as asterisks when there is one: then it is believed to be the one that was set.
        secret: secret === undefined ? undefined : known?.["secret"],
        insecureSsl: insecure_ssl === undefined ? known?.["insecureSsl"] : String(insecure_ssl) === "1",
      },
    };
  },
  update: async (api, { id, inputs }) => {
    await api.patch(await hooks(api, inputs, id), request(inputs));
  },
  delete: async (api, id, state) => {
    await unlessMissing(api.delete(await hooks(api, state, id)));
  },
};

function request(wanted: Properties): Properties {
  const { url, contentType, secret, insecureSsl } = (wanted["configuration"] ?? {}) as Properties;
  return {
    name: "web",
    config: { url, content_type: contentType, secret, insecure_ssl: insecureSsl ? "1" : "0" },
    events: wanted["events"],
    active: wanted["active"],
  };
}

interface Hook {
  readonly id: number;
  readonly url: string;
  readonly active: boolean;
  readonly events: string[];
  readonly config: { url: string; content_type?: string; secret?: string; insecure_ssl?: string | number };
}
