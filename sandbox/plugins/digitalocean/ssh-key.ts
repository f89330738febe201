import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { ignoringOuterSpace, name, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  name: name(),
  publicKey: text({ required: true, replaces: true, same: ignoringOuterSpace }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/SSH-Keys */
export const sshKey: Resource<DigitalOcean> = {
  inputs,
  outputs: ["fingerprint"],
  create: async (api, wanted) => {
    const { ssh_key } = await api.post<Answer>("/account/keys", toVendor(inputs, wanted));
    return { id: String(ssh_key.id) };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/account/keys/${segment(id)}`));
    return answer && { ...fromVendor(inputs, answer.ssh_key), fingerprint: answer.ssh_key["fingerprint"] };
  },
  update: async (api, { id, inputs }) => {
    await api.put(`/account/keys/${segment(id)}`, { name: inputs["name"] });
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/account/keys/${segment(id)}`));
  },
};

interface Answer {
  readonly ssh_key: Properties & { id: number };
}
