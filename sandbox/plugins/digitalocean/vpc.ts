import { HttpError, unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { name, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  name: name(),
  region: text({ required: true, replaces: true }),
  description: text({ max: 255 }),
  ipRange: text({ computed: true, replaces: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/VPCs */
export const vpc: Resource<DigitalOcean> = {
  inputs,
  outputs: ["vpcUrn", "default", "createdAt"],
  create: async (api, wanted) => {
    const { vpc } = await api.post<Answer>("/vpcs", toVendor(inputs, wanted));
    return { id: vpc.id };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/vpcs/${segment(id)}`));
    if (!answer?.vpc.id) return undefined;
    const { vpc } = answer;
    return { ...fromVendor(inputs, vpc), vpcUrn: vpc.urn, default: vpc.default, createdAt: vpc.created_at };
  },
  update: async (api, { id, inputs, state }) => {
    const { name, description } = inputs;
    await api.put(`/vpcs/${segment(id)}`, { name, description, default: state["default"] });
  },
  delete: async (api, id) => {
    // Its members may take a while to be gone.
    await api.until(`VPC ${id} is deleted`, async () => {
      try {
        await unlessMissing(api.delete(`/vpcs/${segment(id)}`));
        return true;
      } catch (error) {
        if (error instanceof HttpError && (error.status === 409 || error.status === 403)) return undefined;
        throw error;
      }
    });
  },
};

interface Answer {
  readonly vpc: Properties & { id: string; urn: string };
}
