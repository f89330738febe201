import { randomUUID } from "node:crypto";

import { HttpError, unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { ignoringCase, number, text } from "../protocol/schema.ts";
import { completed, type Action } from "./actions.ts";
import { segment, type DigitalOcean } from "./client.ts";

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Reserved-IPs */
export const reservedIp: Resource<DigitalOcean> = {
  inputs: {
    region: text({ required: true, replaces: true, same: ignoringCase }),
    dropletId: number(),
    ipAddress: text({ computed: true }),
  },
  outputs: ["reservedIpUrn"],
  create: async (api, { region }) => {
    const { reserved_ip } = await api.post<Answer>("/reserved_ips", { region });
    return { id: reserved_ip.ip };
  },
  settle: async (api, id, { dropletId }) => {
    if (dropletId) await assign(api, id, Number(dropletId));
  },
  read: async (api, id, state) => {
    const answer = await unlessMissing(api.get<Answer>(`/reserved_ips/${segment(id)}`));
    if (!answer) return undefined;
    const { ip, region, droplet } = answer.reserved_ip;
    const common = { ipAddress: ip, reservedIpUrn: `do:reservedip:${ip}` };
    // Without a droplet of its own it leaves the assignment to a ReservedIpAssignment.
    if (!state["dropletId"] || !droplet) return { ...common, region: region.slug };
    return { ...common, region: droplet.region.slug, dropletId: droplet.id };
  },
  update: async (api, { id, inputs, changed }) => {
    if (!changed.has("dropletId")) return;
    if (inputs["dropletId"]) await assign(api, id, Number(inputs["dropletId"]));
    else await unassign(api, id);
  },
  delete: async (api, id, state) => {
    if (state["dropletId"]) {
      try {
        await unassign(api, id);
      } catch (error) {
        // 422: it was not assigned any more.
        if (!(error instanceof HttpError && error.status === 422)) throw error;
      }
    }
    await unlessMissing(api.delete(`/reserved_ips/${segment(id)}`));
  },
};

/** An address on a droplet; it has no id of its own either. */
export const reservedIpAssignment: Resource<DigitalOcean> = {
  inputs: {
    dropletId: number({ required: true, replaces: true }),
    ipAddress: text({ required: true, replaces: true }),
  },
  importId: (id) => {
    const [ipAddress = "", dropletId = ""] = id.split(",");
    return {
      id: `${dropletId}-${ipAddress}-${randomUUID()}`,
      state: { ipAddress, dropletId: Number(dropletId) },
    };
  },
  create: async (api, { dropletId, ipAddress }) => {
    await assign(api, String(ipAddress), Number(dropletId));
    return { id: `${String(dropletId)}-${String(ipAddress)}-${randomUUID()}` };
  },
  read: async (api, _id, { dropletId, ipAddress }) => {
    // A missing address is an error here, as with the official plugin: only a missing assignment is "gone".
    const { reserved_ip } = await api.get<Answer>(`/reserved_ips/${segment(ipAddress)}`);
    return reserved_ip.droplet?.id === dropletId ? {} : undefined;
  },
  delete: async (api, _id, { dropletId, ipAddress }) => {
    const { reserved_ip } = await api.get<Answer>(`/reserved_ips/${segment(ipAddress)}`);
    // The official plugin dies on an address without a droplet; there is nothing to take off then.
    if (reserved_ip.droplet?.id === dropletId) await unassign(api, String(ipAddress));
  },
};

async function assign(api: DigitalOcean, ip: string, droplet: number): Promise<void> {
  await api.until(`droplet ${droplet} has no action under way`, async () => {
    const { actions } = await api.get<{ actions: Action[] }>(`/droplets/${droplet}/actions?per_page=50`);
    return actions.every((action) => action.status !== "in-progress") ? true : undefined;
  });
  await act(api, ip, { type: "assign", droplet_id: droplet });
}

const unassign = (api: DigitalOcean, ip: string): Promise<void> => act(api, ip, { type: "unassign" });

async function act(api: DigitalOcean, ip: string, request: object): Promise<void> {
  const { action } = await api.post<{ action: Action }>(`/reserved_ips/${segment(ip)}/actions`, request);
  await completed(api, action, `/reserved_ips/${segment(ip)}/actions/${action.id}`);
}

interface Answer {
  readonly reserved_ip: {
    ip: string;
    region: { slug: string };
    droplet: { id: number; region: { slug: string } } | null;
  };
}
