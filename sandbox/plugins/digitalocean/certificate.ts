import type { Resource } from "../protocol/plugin.ts";
import { name, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";

const inputs: Shape = {
  name: name({ replaces: true }),
  type: text({ default: "custom", replaces: true, oneOf: ["custom", "lets_encrypt"] }),
  privateKey: text({ replaces: true, hashed: true, secret: true }),
  leafCertificate: text({ replaces: true, hashed: true }),
  certificateChain: text({ replaces: true, hashed: true }),
  domains: set(text(), { replaces: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Certificates */
export const certificate: Resource<DigitalOcean> = {
  inputs,
  outputs: ["notAfter", "sha1Fingerprint", "state", "uuid"],
  validate: (wanted) => {
    const needed = wanted["type"] === "lets_encrypt" ? ["domains"] : ["privateKey", "leafCertificate"];
    return needed
      .filter((property) => wanted[property] === undefined)
      .map((property) => ({ property, reason: `required when type is ${String(wanted["type"])}` }));
  },
  create: async (api, wanted) => {
    const { certificate } = await api.post<{ certificate: Certificate }>("/certificates", {
      name: wanted["name"],
      type: wanted["type"],
      dns_names: wanted["domains"],
      private_key: wanted["privateKey"],
      leaf_certificate: wanted["leafCertificate"],
      certificate_chain: wanted["certificateChain"],
    });
    // Renewals give it a new id: the name is what stays.
    return { id: certificate.name, state: { uuid: certificate.id } };
  },
  settle: async (api, id) => {
    await api.until(`certificate ${id} is verified`, async () => {
      const certificate = await find(api, id);
      if (certificate?.state === "error") throw new Error(`certificate ${id} could not be issued`);
      return certificate?.state === "verified" ? true : undefined;
    });
  },
  read: async (api, id) => {
    const found = await find(api, id);
    return found && stateOf(found);
  },
  delete: async (api, id) => {
    const found = await find(api, id);
    if (found) await api.delete(`/certificates/${segment(found.id)}`);
  },
};

async function find(api: DigitalOcean, name: string): Promise<Certificate | undefined> {
  const answer = await api.get<{ certificates: Certificate[] }>(`/certificates?name=${segment(name)}`);
  return answer.certificates.find((certificate) => certificate.name === name);
}

const stateOf = (certificate: Certificate): Properties => ({
  name: certificate.name,
  type: certificate.type,
  uuid: certificate.id,
  state: certificate.state,
  notAfter: certificate.not_after,
  sha1Fingerprint: certificate.sha1_fingerprint,
  // Those of a custom certificate are read from it, and no program asks for them.
  domains: certificate.type === "custom" ? undefined : certificate.dns_names,
});

interface Certificate {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly not_after: string;
  readonly sha1_fingerprint: string;
  readonly dns_names: string[];
}
