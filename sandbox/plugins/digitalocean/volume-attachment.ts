import { randomUUID } from "node:crypto";

import { HttpError, unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { number, text } from "../protocol/schema.ts";
import { isRecord, type Properties } from "../protocol/values.ts";
import { completed, type Action } from "./actions.ts";
import { segment, type DigitalOcean } from "./client.ts";

/** A volume in a droplet. It has no id of its own: the volume says which droplet it is in. */
export const volumeAttachment: Resource<DigitalOcean> = {
  inputs: {
    dropletId: number({ required: true, replaces: true }),
    volumeId: text({ required: true, replaces: true }),
  },
  create: async (api, { dropletId, volumeId }) => {
    const { volume } = await api.get<Answer>(`/volumes/${segment(volumeId)}`);
    if (volume.droplet_ids?.[0] !== dropletId) await attach(api, String(volumeId), Number(dropletId));
    return { id: `${String(dropletId)}-${String(volumeId)}-${randomUUID()}` };
  },
  read: async (api, _id, { dropletId, volumeId }) => {
    const answer = await unlessMissing(api.get<Answer>(`/volumes/${segment(volumeId)}`));
    return answer?.volume.droplet_ids?.[0] === dropletId ? {} : undefined;
  },
  delete: async (api, _id, { dropletId, volumeId }: Properties) => {
    await detach(api, String(volumeId), Number(dropletId));
  },
};

export const attach = (api: DigitalOcean, volume: string, droplet: number): Promise<void> =>
  act(api, volume, { type: "attach", droplet_id: droplet });

export const detach = (api: DigitalOcean, volume: string, droplet: number): Promise<void> =>
  act(api, volume, { type: "detach", droplet_id: droplet });

/** A droplet takes one such action at a time, and says so in words only. */
async function act(api: DigitalOcean, volume: string, request: Properties): Promise<void> {
  const action = await api.until(`volume ${volume} can be moved`, async () => {
    try {
      return (await api.post<{ action: Action }>(`/volumes/${segment(volume)}/actions`, request)).action;
    } catch (error) {
      if (isPending(error)) return undefined;
      throw error;
    }
  });
  await completed(api, action);
}

const isPending = (error: unknown): boolean =>
  error instanceof HttpError &&
  error.status === 422 &&
  isRecord(error.body) &&
  error.body["message"] === "Droplet already has a pending event.";

interface Answer {
  readonly volume: { droplet_ids: number[] | null };
}
