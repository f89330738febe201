import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Cloud } from "../digitalocean/cloud.ts";
import type { Droplet } from "../digitalocean/rows.ts";
import { network } from "./addresses.ts";

/** Files that are laid over a machine's disk before it boots, by path; with a mode where it is not 0644. */
export type Seed = Record<string, string | { text: string; mode: number }>;

/** Writes a seed as a folder, in place of the one before. */
export function writeSeed(folder: string, seed: Seed): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(seed)) {
    const { text, mode } = typeof content === "string" ? { text: content, mode: 0o644 } : content;
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, path), text, { mode });
  }
}

/** What a vendor's hypervisor gives every machine: a network and a resolver. */
export const machineSeed = (hostname: string, addresses: string[]): Seed => ({
  "etc/systemd/network/10-host0.network": [
    "[Match]\nName=host0\n\n[Network]",
    ...addresses.map((address) => `Address=${address}/32`),
    `\n[Route]\nGateway=${network.gateway}\nGatewayOnLink=yes\nPreferredSource=${addresses[0]}\n`,
  ].join("\n"),
  "etc/resolv.conf": `nameserver ${network.gateway}\n`,
  "etc/hostname": `${hostname}\n`,
  // No manager of root's user services (an empty unit is a masked one): in a container its end is never noticed, and logins and
  // shutdowns would wait two minutes for it.
  "etc/systemd/system/user@.service": "",
});

/**
 * A droplet's first boot: its user data, names and keys, where cloud-init looks for them. The vendor's own data source asks
 * the firmware for its name, which a container has none of, so the same facts come as files.
 *
 * @see https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html
 */
export function writeDropletSeed(folder: string, cloud: Cloud, droplet: Droplet): void {
  const keys = droplet.ssh_keys.flatMap((id) => cloud.sshKeys.get(id)?.public_key ?? []);
  const nocloud = "var/lib/cloud/seed/nocloud";
  writeSeed(folder, {
    ...machineSeed(droplet.name, [droplet.public_ipv4, droplet.private_ipv4]),
    "etc/cloud/cloud.cfg.d/90-sandbox.cfg": "datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\n",
    [`${nocloud}/user-data`]: droplet.user_data || "#cloud-config\n",
    // As the vendor's images have it: keys are root's.
    [`${nocloud}/vendor-data`]: "#cloud-config\ndisable_root: false\nusers: []\n",
    [`${nocloud}/meta-data`]: stringify({
      "instance-id": String(droplet.id),
      "local-hostname": droplet.name,
      "public-keys": keys,
    }),
  });
}
