import { unlessMissing } from "../protocol/http.ts";
import type { Failure, Resource } from "../protocol/plugin.ts";
import { number, text, type Shape } from "../protocol/schema.ts";
import { isUnknown, type Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";
import { segment, type DigitalOcean } from "./client.ts";

const domainInputs: Shape = {
  name: text({ required: true, replaces: true, min: 1 }),
  ipAddress: text({ replaces: true, writeOnly: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domains */
export const domain: Resource<DigitalOcean> = {
  inputs: domainInputs,
  outputs: ["domainUrn", "ttl"],
  create: async (api, wanted) => {
    const { domain } = await api.post<{ domain: { name: string } }>(
      "/domains",
      toVendor(domainInputs, wanted),
    );
    return { id: domain.name };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(
      api.get<{ domain: { name: string; ttl: number } }>(`/domains/${segment(id)}`),
    );
    return answer && { name: answer.domain.name, ttl: answer.domain.ttl, domainUrn: `do:domain:${id}` };
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/domains/${segment(id)}`));
  },
};

const recordInputs: Shape = {
  domain: text({ required: true, replaces: true, min: 1, writeOnly: true }),
  type: text({
    required: true,
    replaces: true,
    oneOf: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"],
  }),
  name: text({ autoName: 255 }),
  value: text({ required: true, min: 1, api: "data" }),
  ttl: number({ computed: true, min: 1 }),
  priority: number({ min: 0, max: 65535 }),
  port: number({ min: 0, max: 65535 }),
  weight: number({ min: 0, max: 65535 }),
  flags: number({ min: 0, max: 255 }),
  tag: text({ oneOf: ["issue", "issuewild", "iodef"] }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records */
export const dnsRecord: Resource<DigitalOcean> = {
  inputs: recordInputs,
  outputs: ["fqdn"],
  importId: (id) => {
    const [domain = "", record = ""] = id.split(",");
    return { id: record, state: { domain } };
  },
  validate: missingFields,
  create: async (api, wanted) => {
    const { domain_record } = await api.post<Answer>(`/domains/${segment(wanted["domain"])}/records`, {
      type: wanted["type"],
      ...request(wanted),
    });
    return { id: String(domain_record.id) };
  },
  read: async (api, id, { domain }) => {
    const path = `/domains/${segment(domain)}/records/${segment(id)}`;
    const answer = await unlessMissing(api.get<Answer>(path));
    if (!answer) return undefined;
    const record = answer.domain_record;
    return {
      ...fromVendor(recordInputs, record),
      value: withDot(record),
      fqdn: record.name === "@" ? domain : `${record.name}.${String(domain)}`,
    };
  },
  update: async (api, { id, inputs }) => {
    await api.put(`/domains/${segment(inputs["domain"])}/records/${segment(id)}`, request(inputs));
  },
  delete: async (api, id, { domain }) => {
    await unlessMissing(api.delete(`/domains/${segment(domain)}/records/${segment(id)}`));
  },
};

const needs: Readonly<Record<string, readonly string[]>> = {
  MX: ["priority"],
  SRV: ["priority", "weight", "port"],
  CAA: ["flags", "tag"],
};

function missingFields(inputs: Properties): Failure[] {
  const type = String(inputs["type"]);
  return (needs[type] ?? [])
    .filter((field) => inputs[field] === undefined && !isUnknown(inputs["type"]))
    .map((field) => ({ property: field, reason: `\`${field}\` is required for when type is \`${type}\`` }));
}

// Numbers go out as 0 when they are not set: godo's request has no other way to write them.
const request = (wanted: Properties): Properties => ({
  name: wanted["name"],
  data: wanted["value"],
  ttl: wanted["ttl"],
  priority: wanted["priority"] ?? 0,
  port: wanted["port"] ?? 0,
  weight: wanted["weight"] ?? 0,
  flags: wanted["flags"] ?? 0,
  tag: wanted["tag"],
});

/** Names in records end in a dot when they are written, but not when they are read. */
function withDot({ type, data, tag }: Answer["domain_record"]): string {
  const isName = ["CNAME", "MX", "NS", "SRV", "CAA"].includes(type);
  return isName && data !== "@" && tag !== "iodef" ? `${data}.` : data;
}

interface Answer {
  readonly domain_record: Properties & { id: number; type: string; name: string; data: string; tag?: string };
}
