import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { list, name, object, text, type Shape } from "../protocol/schema.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  name: name(),
  grants: list(object({ bucket: text({ required: true }), permission: text({ required: true }) })),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Spaces-Keys */
export const spacesKey: Resource<DigitalOcean> = {
  inputs,
  outputs: ["accessKey", "createdAt", "secretKey"],
  secretOutputs: ["secretKey"],
  create: async (api, wanted) => {
    const { key } = await api.post<Answer>("/spaces/keys", { grants: [], ...toVendor(inputs, wanted) });
    // No later answer shows the secret half.
    return { id: key.access_key, state: { secretKey: key.secret_key } };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/spaces/keys/${segment(id)}`));
    if (!answer) return undefined;
    const { access_key, created_at } = answer.key;
    return { ...fromVendor(inputs, { ...answer.key }), accessKey: access_key, createdAt: created_at };
  },
  update: async (api, { id, inputs: wanted }) => {
    await api.put(`/spaces/keys/${segment(id)}`, { grants: [], ...toVendor(inputs, wanted) });
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/spaces/keys/${segment(id)}`));
  },
};

interface Answer {
  readonly key: {
    name: string;
    access_key: string;
    secret_key?: string;
    created_at: string;
    grants: object[];
  };
}
