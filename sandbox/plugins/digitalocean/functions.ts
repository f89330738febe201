import type { Plugin } from "../protocol/plugin.ts";
import { asText, type Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { project } from "./project.ts";

/** Looking things up that are declared elsewhere; one that is not there is an error. */
export const functions: NonNullable<Plugin<DigitalOcean>["functions"]> = {
  "digitalocean:index/getDomain:getDomain": async (api, { name }) => {
    const { domain } = await api.get<{ domain: Properties }>(`/domains/${segment(name)}`);
    return {
      id: name,
      name: domain["name"],
      ttl: domain["ttl"],
      zoneFile: domain["zone_file"] ?? "",
      domainUrn: `do:domain:${String(name)}`,
    };
  },

  /** By id, by name, or the default project. */
  "digitalocean:index/getProject:getProject": async (api, { id, name }) => {
    const found = await projectId(api, id, name);
    const state = await project.read(api, found, {});
    if (!state) throw new Error(`project ${found} not found`);
    return { ...state, id: found };
  },
};

async function projectId(api: DigitalOcean, id: unknown, name: unknown): Promise<string> {
  if (id !== undefined) return asText(id);
  if (name === undefined) return (await api.get<{ project: { id: string } }>("/projects/default")).project.id;
  const { projects } = await api.get<{ projects: { id: string; name: string }[] }>("/projects?per_page=200");
  const named = projects.filter((project) => project.name === name);
  if (named.length !== 1) throw new Error(`${named.length} projects are named ${asText(name)}`);
  return (named[0] as { id: string }).id;
}
