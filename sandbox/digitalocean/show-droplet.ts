import { isBusy } from "./actions.ts";
import { gateway, netmask, publicIpv6 } from "./addresses.ts";
import type { Cloud } from "./cloud.ts";
import { found } from "./errors.ts";
import { findImage, showImage, showRegion, showSize, sizeOf } from "./platform.ts";
import type { Droplet } from "./rows.ts";

/** A droplet as the vendor shows it. */
export function showDroplet(cloud: Cloud, droplet: Droplet) {
  const { memoryMb, vcpus } = sizeOf(droplet.size);
  return {
    id: droplet.id,
    name: droplet.name,
    memory: memoryMb,
    vcpus,
    disk: droplet.disk,
    disk_info: [{ type: "local", size: { amount: droplet.disk, unit: "gib" } }],
    locked: isBusy(cloud, droplet.id),
    status: droplet.status,
    kernel: null,
    created_at: droplet.created_at,
    features: droplet.features,
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image: showImage(found(findImage(droplet.image))),
    volume_ids: cloud.volumes.list((one) => one.droplet === droplet.id).map((one) => one.id),
    size: showSize(droplet.size),
    size_slug: droplet.size,
    networks: networks(cloud, droplet),
    region: showRegion(droplet.region),
    tags: droplet.tags,
    vpc_uuid: droplet.vpc_uuid,
  };
}

/** A new droplet shows no address. Once it is active they are all there: clients take them from that very answer. */
function networks(cloud: Cloud, { id, status, features, vpc_uuid, private_ipv4, public_ipv4 }: Droplet) {
  if (status === "new") return { v4: [], v6: [] };
  const range = found(cloud.vpcs.get(vpc_uuid)).ip_range;
  const v6 = { ip_address: publicIpv6(id), netmask: 64, gateway: "2001:db8:0:1::1", type: "public" };
  return {
    v4: [
      { ip_address: private_ipv4, netmask: netmask(range), gateway: gateway(range), type: "private" },
      { ip_address: public_ipv4, netmask: "255.255.255.0", gateway: "203.0.113.1", type: "public" },
    ],
    v6: features.includes("ipv6") ? [v6] : [],
  };
}
