import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { list, name, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type GitHub } from "./client.ts";
import { fromRules, ruleShape, toRules, type Rule } from "./ruleset-rules.ts";

const inputs: Shape = {
  repository: text({ required: true, replaces: true }),
  name: name({ min: 1, max: 100 }),
  target: text({ required: true, oneOf: ["branch", "tag", "push"] }),
  enforcement: text({ required: true, oneOf: ["disabled", "active", "evaluate"] }),
  bypassActors: set(
    object({
      actorId: number(),
      actorType: text({ required: true }),
      bypassMode: text({ required: true, oneOf: ["always", "pull_request", "exempt"] }),
    }),
  ),
  conditions: object({
    refName: object(
      {
        includes: list(text(), { required: true, api: "include" }),
        excludes: list(text(), { required: true, api: "exclude" }),
      },
      { required: true },
    ),
  }),
  rules: object(ruleShape, { required: true }),
};

const rulesets = async (api: GitHub, { repository }: Properties, id?: string): Promise<string> =>
  `${await api.repository(repository)}/rulesets${id === undefined ? "" : `/${segment(id)}`}`;

/** https://docs.github.com/en/rest/repos/rules */
export const repositoryRuleset: Resource<GitHub> = {
  inputs,
  outputs: ["nodeId", "rulesetId"],
  importId: (id) => {
    const [repository = "", ruleset = ""] = id.split(":");
    return { id: ruleset, state: { repository } };
  },
  create: async (api, wanted) => {
    const found = await api.post<Ruleset>(await rulesets(api, wanted), request(wanted));
    return { id: String(found.id) };
  },
  read: async (api, id, state) => {
    const path = `${await rulesets(api, state, id)}?includes_parents=false`;
    const found = await unlessMissing(api.get<Ruleset>(path));
    if (!found) return undefined;
    const { name, target, enforcement, bypassActors, conditions } = fromVendor(inputs, { ...found });
    const rules = fromRules(found.rules ?? []);
    return {
      name,
      target,
      enforcement,
      bypassActors,
      conditions,
      rules,
      nodeId: found.node_id,
      rulesetId: found.id,
    };
  },
  update: async (api, { id, inputs }) => {
    await api.put(await rulesets(api, inputs, id), request(inputs));
  },
  delete: async (api, id, state) => {
    await unlessMissing(api.delete(await rulesets(api, state, id)));
  },
};

function request(wanted: Properties): Properties {
  const { repository, rules: _, ...ruleset } = toVendor(inputs, wanted);
  return {
    bypass_actors: [],
    ...ruleset,
    source_type: "Repository",
    source: repository,
    rules: toRules(wanted["rules"] as Properties),
  };
}

interface Ruleset {
  readonly id: number;
  readonly node_id: string;
  readonly rules?: Rule[];
}
