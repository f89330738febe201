import { unlessMissing } from "../protocol/http.ts";
import type { Resource } from "../protocol/plugin.ts";
import { ignoringCase, number, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { completed, type Action } from "./actions.ts";
import { segment, type DigitalOcean } from "./client.ts";
import { tags, updateTags } from "./tags.ts";

const filesystem = text({ oneOf: ["ext4", "xfs"] });

const inputs: Shape = {
  name: text({ autoName: 64, replaces: true }),
  region: text({ required: true, replaces: true, same: ignoringCase }),
  size: number({ required: true, min: 1 }),
  description: text({ replaces: true }),
  snapshotId: text({ replaces: true, writeOnly: true }),
  initialFilesystemType: { ...filesystem, replaces: true, writeOnly: true },
  initialFilesystemLabel: text({ replaces: true, writeOnly: true }),
  filesystemType: { ...filesystem, computed: true },
  tags,
};

/** https://docs.digitalocean.com/reference/api/digitalocean/#tag/Block-Storage */
export const volume: Resource<DigitalOcean> = {
  inputs,
  outputs: ["dropletIds", "filesystemLabel", "volumeUrn"],
  refuses: (state, wanted) =>
    Number(wanted["size"]) < Number(state["size"])
      ? "volumes `size` can only be expanded and not shrunk"
      : undefined,
  create: async (api, wanted) => {
    const { volume } = await api.post<Answer>("/volumes", {
      name: wanted["name"],
      region: wanted["region"],
      size_gigabytes: wanted["size"],
      description: wanted["description"] ?? "",
      snapshot_id: wanted["snapshotId"] ?? "",
      filesystem_type: wanted["initialFilesystemType"] ?? wanted["filesystemType"] ?? "",
      filesystem_label: wanted["initialFilesystemLabel"] ?? "",
      tags: wanted["tags"] ?? [],
    });
    return { id: volume.id };
  },
  read: async (api, id) => {
    const answer = await unlessMissing(api.get<Answer>(`/volumes/${segment(id)}`));
    return answer && stateOf(answer.volume);
  },
  update: async (api, change) => {
    const { id, inputs, changed } = change;
    if (changed.has("size")) {
      const { action } = await api.post<{ action: Action }>(`/volumes/${segment(id)}/actions`, {
        type: "resize",
        size_gigabytes: inputs["size"],
        region: inputs["region"],
      });
      await completed(api, action);
    }
    if (changed.has("tags")) await updateTags(api, "volume", change);
  },
  delete: async (api, id) => {
    await unlessMissing(api.delete(`/volumes/${segment(id)}`));
  },
};

const stateOf = (volume: Answer["volume"]): Properties => ({
  name: volume.name,
  region: volume.region.slug,
  size: volume.size_gigabytes,
  description: volume.description,
  filesystemType: volume.filesystem_type ?? "",
  filesystemLabel: volume.filesystem_label ?? "",
  dropletIds: volume.droplet_ids ?? [],
  tags: volume.tags ?? [],
  volumeUrn: `do:volume:${volume.id}`,
});

interface Answer {
  readonly volume: {
    id: string;
    name: string;
    description: string;
    size_gigabytes: number;
    region: { slug: string };
    filesystem_type?: string;
    filesystem_label?: string;
    droplet_ids: number[] | null;
    tags: string[] | null;
  };
}
