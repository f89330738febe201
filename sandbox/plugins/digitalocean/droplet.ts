import { unlessMissing } from "../protocol/http.ts";
import { onlyIn } from "../protocol/lists.ts";
import type { Change, Failure, Resource } from "../protocol/plugin.ts";
import { bool, ignoringCase, name, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { completed, type Action } from "./actions.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { tags, updateTags } from "./tags.ts";
import { attach, detach } from "./volume-attachment.ts";

const inputs: Shape = {
  // Never read back: a slug moves on to newer images, which must not replace the machine
  // (digitalocean/terraform-provider-digitalocean#152).
  image: text({ required: true, replaces: true, writeOnly: true }),
  name: name(),
  region: text({ replaces: true, computed: true, same: ignoringCase }),
  size: text({ required: true, same: ignoringCase }),
  backups: bool({ default: false }),
  backupPolicy: object(
    {
      plan: text({ oneOf: ["daily", "weekly"] }),
      weekday: text({ oneOf: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] }),
      hour: number({ min: 0, max: 20 }),
    },
    { writeOnly: true },
  ),
  dropletAgent: bool({ replaces: true, writeOnly: true }),
  gracefulShutdown: bool({ default: false, writeOnly: true }),
  ipv6: bool({ default: false, replaces: (old, now) => old === true && now !== true }),
  ipv6Address: text({ computed: true }),
  monitoring: bool({ default: false, replaces: true }),
  privateNetworking: bool({ computed: true }),
  publicNetworking: bool({ computed: true, replaces: true }),
  resizeDisk: bool({ default: true, writeOnly: true }),
  sshKeys: set(text(), { replaces: true, writeOnly: true }),
  tags,
  userData: text({ replaces: true, hashed: true }),
  volumeIds: set(text(), { computed: true }),
  vpcUuid: text({ computed: true, replaces: true }),
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Droplets */
export const droplet: Resource<DigitalOcean> = {
  inputs,
  outputs: [
    "createdAt",
    "disk",
    "dropletUrn",
    "ipv4Address",
    "ipv4AddressPrivate",
    "locked",
    "memory",
    "priceHourly",
    "priceMonthly",
    "status",
    "vcpus",
  ],
  validate: (inputs): Failure[] =>
    inputs["backupPolicy"] !== undefined && inputs["backups"] !== true
      ? [{ property: "backupPolicy", reason: "backup_policy can only be set when backups are enabled" }]
      : [],
  create: async (api, wanted) => {
    const { droplet } = await api.post<Answer>("/droplets", creation(wanted));
    return { id: String(droplet.id) };
  },
  settle: async (api, id) => {
    await reached(api, id, "active", (droplet) => droplet.status === "active");
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/droplets/${segment(id)}`));
    return answer && stateOf(answer.droplet);
  },
  update: async (api, change) => {
    const { id, inputs, changed } = change;
    if (changed.has("size")) await resize(api, id, inputs);
    if (changed.has("name")) {
      await act(api, id, { type: "rename", name: inputs["name"] });
      await reached(api, id, "renamed", (droplet) => droplet.name === inputs["name"]);
    }
    if (changed.has("backups"))
      await completed(
        api,
        await act(api, id, { type: inputs["backups"] ? "enable_backups" : "disable_backups" }),
      );
    if (changed.has("ipv6") && inputs["ipv6"]) {
      await act(api, id, { type: "enable_ipv6" });
      await reached(api, id, "reachable by IPv6", (droplet) => droplet.features?.includes("ipv6") ?? false);
    }
    if (changed.has("tags")) await updateTags(api, "droplet", change);
    if (changed.has("volumeIds")) await updateVolumes(api, change);
  },
  delete: async (api, id, state) => {
    const answer = await unlessMissing(api.get<Answer>(`/droplets/${segment(id)}`));
    if (!answer) return;
    if (state["gracefulShutdown"]) {
      await act(api, id, { type: "shutdown" });
      await reached(api, id, "off", (droplet) => droplet.status === "off");
    }
    for (const volume of answer.droplet.volume_ids ?? []) await detach(api, volume, Number(id));
    await unlessMissing(api.delete(`/droplets/${segment(id)}`));
    await api.until(`droplet ${id} is gone`, async () =>
      (await unlessMissing(api.get(`/droplets/${segment(id)}`))) === undefined ? true : undefined,
    );
  },
};

function creation(wanted: Properties): Properties {
  const image = String(wanted["image"]);
  return {
    name: wanted["name"],
    region: wanted["region"],
    size: wanted["size"],
    image: /^\d+$/.test(image) ? Number(image) : image,
    ssh_keys: ((wanted["sshKeys"] as string[] | undefined) ?? []).map((key) =>
      /^\d+$/.test(key) ? Number(key) : key,
    ),
    backups: wanted["backups"] ?? false,
    ipv6: wanted["ipv6"] ?? false,
    private_networking: wanted["privateNetworking"] ?? false,
    monitoring: wanted["monitoring"] ?? false,
    with_droplet_agent: wanted["dropletAgent"],
    user_data: wanted["userData"],
    volumes: wanted["volumeIds"],
    tags: wanted["tags"] ?? [],
    vpc_uuid: wanted["vpcUuid"],
  };
}

function stateOf(droplet: Droplet): Properties {
  const address = (family: "v4" | "v6", type: string): string | undefined =>
    droplet.networks[family]?.find((network) => network.type === type)?.ip_address;
  const features = droplet.features && {
    backups: droplet.features.includes("backups"),
    ipv6: droplet.features.includes("ipv6"),
    monitoring: droplet.features.includes("monitoring"),
    privateNetworking: droplet.features.includes("private_networking"),
  };
  return {
    name: droplet.name,
    dropletUrn: `do:droplet:${droplet.id}`,
    region: droplet.region.slug,
    size: droplet.size.slug,
    priceHourly: droplet.size.price_hourly,
    priceMonthly: droplet.size.price_monthly,
    disk: droplet.disk,
    vcpus: droplet.vcpus,
    memory: droplet.memory,
    status: droplet.status,
    locked: droplet.locked,
    createdAt: droplet.created_at,
    vpcUuid: droplet.vpc_uuid,
    ipv4Address: address("v4", "public") ?? "",
    ipv4AddressPrivate: address("v4", "private") ?? "",
    ipv6Address: address("v6", "public")?.toLowerCase() ?? "",
    publicNetworking: address("v4", "public") !== undefined,
    ...features,
    volumeIds: droplet.volume_ids ?? [],
    tags: droplet.tags ?? [],
  };
}

const act = async (api: DigitalOcean, id: string, action: Properties): Promise<Action> =>
  (await api.post<{ action: Action }>(`/droplets/${segment(id)}/actions`, action)).action;

/** Waits until an unlocked droplet has something; one that is not there yet is not an error. */
async function reached(
  api: DigitalOcean,
  id: string,
  what: string,
  has: (droplet: Droplet) => boolean,
): Promise<void> {
  await api.until(`droplet ${id} is ${what}`, async () => {
    const answer = await unlessMissing(api.get<Answer>(`/droplets/${segment(id)}`));
    return answer && !answer.droplet.locked && has(answer.droplet) ? true : undefined;
  });
}

/** A machine changes its size powered off only. It is powered on again whether that worked or not. */
async function resize(api: DigitalOcean, id: string, { size, resizeDisk }: Properties): Promise<void> {
  await act(api, id, { type: "power_off" });
  await reached(api, id, "off", (droplet) => droplet.status === "off");
  try {
    await completed(api, await act(api, id, { type: "resize", size, disk: resizeDisk ?? true }));
  } finally {
    await act(api, id, { type: "power_on" });
    await reached(api, id, "active", (droplet) => droplet.status === "active");
  }
}

async function updateVolumes(api: DigitalOcean, { id, state, inputs }: Change): Promise<void> {
  for (const volume of onlyIn<string>(inputs["volumeIds"], state["volumeIds"]))
    await attach(api, volume, Number(id));
  for (const volume of onlyIn<string>(state["volumeIds"], inputs["volumeIds"]))
    await detach(api, volume, Number(id));
}

interface Answer {
  readonly droplet: Droplet;
}

interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly locked: boolean;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly created_at: string;
  readonly region: { slug: string };
  readonly size: { slug: string; price_hourly: number; price_monthly: number };
  readonly networks: Partial<Record<"v4" | "v6", { ip_address: string; type: string }[]>>;
  readonly features: string[] | null;
  readonly volume_ids: string[] | null;
  readonly tags: string[] | null;
  readonly vpc_uuid: string;
}
