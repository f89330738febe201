import { unlessMissing } from "../protocol/http.ts";
import type { Failure, Resource } from "../protocol/plugin.ts";
import { name, number, object, set, text, type Shape } from "../protocol/schema.ts";
import { isEmpty, isRecord, type Properties } from "../protocol/values.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { tags } from "./tags.ts";

/** The two ends that a rule can name; the vendor keeps them in an object of their own. */
const ends = { source: "sources", destination: "destinations" } as const;
type End = keyof typeof ends;

const rule = (end: End): Shape => ({
  protocol: text({ required: true, oneOf: ["tcp", "udp", "icmp"] }),
  portRange: text(),
  [`${end}Addresses`]: set(text()),
  [`${end}DropletIds`]: set(number()),
  [`${end}KubernetesIds`]: set(text()),
  [`${end}LoadBalancerUids`]: set(text()),
  [`${end}Tags`]: set(text()),
});

const inputs: Shape = {
  name: name(),
  dropletIds: set(number()),
  inboundRules: set(object(rule("source"))),
  outboundRules: set(object(rule("destination"))),
  tags,
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Firewalls */
export const firewall: Resource<DigitalOcean> = {
  inputs,
  outputs: ["createdAt", "pendingChanges", "status"],
  validate: (wanted) =>
    isEmpty(wanted["inboundRules"]) && isEmpty(wanted["outboundRules"])
      ? [{ property: "inboundRules", reason: "At least one rule must be specified" }]
      : [...portless(wanted, "inboundRules"), ...portless(wanted, "outboundRules")],
  create: async (api, wanted) => {
    const { firewall } = await api.post<Answer>("/firewalls", request(wanted));
    return { id: firewall.id };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/firewalls/${segment(id)}`));
    if (!answer) return undefined;
    const { firewall } = answer;
    return {
      name: firewall.name,
      dropletIds: firewall.droplet_ids ?? [],
      tags: firewall.tags ?? [],
      inboundRules: (firewall.inbound_rules ?? []).map((rule) => readRule(rule, "source")),
      outboundRules: (firewall.outbound_rules ?? []).map((rule) => readRule(rule, "destination")),
      createdAt: firewall.created_at,
      status: firewall.status,
      pendingChanges: (firewall.pending_changes ?? []).map(({ droplet_id, removing, status }) => ({
        dropletId: droplet_id,
        removing,
        status,
      })),
    };
  },
  update: async (api, { id, inputs }) => {
    await api.put(`/firewalls/${segment(id)}`, request(inputs));
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/firewalls/${segment(id)}`));
  },
};

/** TCP and UDP rules need ports; the official plugin finds out in the preview. */
function portless(wanted: Properties, property: string): Failure[] {
  const rules = wanted[property];
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, index) =>
    isRecord(rule) &&
    (rule["protocol"] === "tcp" || rule["protocol"] === "udp") &&
    rule["portRange"] === undefined
      ? [
          {
            property: `${property}[${index}].portRange`,
            reason: "`port_range` is required when protocol is `tcp` or `udp`",
          },
        ]
      : [],
  );
}

function request(wanted: Properties): Properties {
  const rules = (property: string, end: End): Properties[] =>
    ((wanted[property] as Properties[] | undefined) ?? []).map((rule) => writeRule(rule, end));
  return {
    name: wanted["name"],
    inbound_rules: rules("inboundRules", "source"),
    outbound_rules: rules("outboundRules", "destination"),
    droplet_ids: wanted["dropletIds"] ?? [],
    tags: wanted["tags"] ?? [],
  };
}

const writeRule = (rule: Properties, end: End): Properties => ({
  protocol: rule["protocol"],
  ports: rule["portRange"],
  [ends[end]]: {
    addresses: rule[`${end}Addresses`],
    droplet_ids: rule[`${end}DropletIds`],
    kubernetes_ids: rule[`${end}KubernetesIds`],
    load_balancer_uids: rule[`${end}LoadBalancerUids`],
    tags: rule[`${end}Tags`],
  },
});

function readRule(rule: Rule, end: End): Properties {
  const target = rule[ends[end]] ?? {};
  return {
    protocol: rule.protocol,
    // "0" is the vendor's way to say all ports, and what it answers for ICMP, which has none.
    portRange: rule.ports === "0" ? (rule.protocol === "icmp" ? undefined : "all") : rule.ports,
    [`${end}Addresses`]: target["addresses"],
    [`${end}DropletIds`]: target["droplet_ids"],
    [`${end}KubernetesIds`]: target["kubernetes_ids"],
    [`${end}LoadBalancerUids`]: target["load_balancer_uids"],
    [`${end}Tags`]: target["tags"],
  };
}

type Rule = { protocol: string; ports?: string } & Partial<Record<(typeof ends)[End], Properties>>;

interface Answer {
  readonly firewall: {
    id: string;
    name: string;
    status: string;
    created_at: string;
    droplet_ids: number[] | null;
    tags: string[] | null;
    inbound_rules: Rule[] | null;
    outbound_rules: Rule[] | null;
    pending_changes: { droplet_id: number; removing: boolean; status: string }[] | null;
  };
}
