import { HttpError, unlessMissing } from "../protocol/http.ts";
import { onlyIn } from "../protocol/lists.ts";
import type { Change, Resource } from "../protocol/plugin.ts";
import { bool, ignoringCase, name, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  name: name({ min: 1, max: 175 }),
  description: text({ default: "", max: 255 }),
  purpose: text({ default: "Web Application", max: 255 }),
  environment: text({ same: ignoringCase, oneOf: ["development", "staging", "production"] }),
  isDefault: bool({ default: false }),
  resources: set(text(), { computed: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Projects */
export const project: Resource<DigitalOcean> = {
  inputs,
  outputs: ["createdAt", "ownerId", "ownerUuid", "updatedAt"],
  create: async (api, wanted) => {
    const { project } = await api.post<Answer>("/projects", attributes(wanted));
    return { id: project.id };
  },
  settle: async (api, id, wanted) => {
    await assign(api, id, wanted["resources"] as string[] | undefined);
    if (wanted["isDefault"])
      await api.patch(`/projects/${segment(id)}`, { ...attributes(wanted), is_default: true });
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/projects/${segment(id)}`));
    if (!answer) return undefined;
    const { project } = answer;
    return {
      name: project.name,
      description: project.description,
      purpose: project.purpose.replace(/^Other: /, ""),
      environment: project.environment ?? "",
      isDefault: project.is_default,
      ownerId: project.owner_id,
      ownerUuid: project.owner_uuid,
      createdAt: project.created_at,
      updatedAt: project.updated_at,
      resources: await resourcesOf(api, id),
    };
  },
  update: async (api, change) => {
    const { id, inputs, changed } = change;
    await api.patch(`/projects/${segment(id)}`, { ...attributes(inputs), is_default: inputs["isDefault"] });
    if (changed.has("resources")) await reassign(api, change);
  },
  delete: async (api, id, state) => {
    await assignToDefault(api, state["resources"] as string[] | undefined);
    // Resources move in the background; until then the project cannot go.
    await api.until(`project ${id} is empty`, async () => {
      try {
        await unlessMissing(api.delete(`/projects/${segment(id)}`));
        return true;
      } catch (error) {
        if (error instanceof HttpError && error.status === 412) return undefined;
        throw error;
      }
    });
  },
};

/** Which resources belong to a project that is declared elsewhere. Its id is the project's. */
export const projectResources: Resource<DigitalOcean> = {
  inputs: {
    project: text({ required: true, replaces: true }),
    resources: set(text(), { required: true }),
  },
  create: async (api, wanted) => {
    const id = String(wanted["project"]);
    await api.get(`/projects/${segment(id)}`);
    await assign(api, id, wanted["resources"] as string[]);
    return { id };
  },
  read: async (api, id, state) => {
    if (!(await unlessMissing(api.get(`/projects/${segment(id)}`)))) return undefined;
    const there = await resourcesOf(api, id);
    const declared = state["resources"] as string[] | undefined;
    // What others put into the same project is none of this resource's business.
    return { project: id, resources: declared ? there.filter((urn) => declared.includes(urn)) : there };
  },
  update: reassign,
  delete: async (api, id, state) => {
    if (await unlessMissing(api.get(`/projects/${segment(id)}`)))
      await assignToDefault(api, state["resources"] as string[] | undefined);
  },
};

const attributes = (wanted: Properties): Properties => {
  const { name, description, purpose, environment } = toVendor(inputs, wanted);
  return { name, description, purpose, environment };
};

async function resourcesOf(api: DigitalOcean, id: string): Promise<string[]> {
  const urns: string[] = [];
  for (let page = 1; ; page++) {
    const { resources, links } = await api.get<Resources>(
      `/projects/${segment(id)}/resources?page=${page}&per_page=200`,
    );
    urns.push(...resources.map(({ urn }) => urn));
    if (!links?.pages?.next) return urns;
  }
}

/** DigitalOcean has no resource without a project: what leaves one goes to the default project. */
async function reassign(api: DigitalOcean, { id, state, inputs }: Change): Promise<void> {
  await assignToDefault(api, onlyIn(state["resources"], inputs["resources"]));
  await assign(api, id, onlyIn(inputs["resources"], state["resources"]));
}

async function assign(api: DigitalOcean, project: string, urns: readonly string[] = []): Promise<void> {
  if (urns.length > 0) await api.post(`/projects/${segment(project)}/resources`, { resources: urns });
}

async function assignToDefault(api: DigitalOcean, urns: readonly string[] = []): Promise<void> {
  if (urns.length === 0) return;
  const { project } = await api.get<Answer>("/projects/default");
  await assign(api, project.id, urns);
}

interface Answer {
  readonly project: {
    id: string;
    name: string;
    description: string;
    purpose: string;
    environment?: string;
    is_default: boolean;
    owner_id: number;
    owner_uuid: string;
    created_at: string;
    updated_at: string;
  };
}

interface Resources {
  readonly resources: { urn: string }[];
  readonly links?: { pages?: { next?: string } };
}
