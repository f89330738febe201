import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { Cloud } from "../digitalocean/cloud.ts";
import { type Credentials, authoritiesFile } from "../run.ts";
import { keepRoots, startAcme } from "./acme.ts";
import { gatewayPorts, names, network, spacesDomains } from "./addresses.ts";
import { openAuthority } from "./authority.ts";
import { startBuilder } from "./builder.ts";
import { startDns } from "./dns.ts";
import { privileged } from "./helper.ts";
import { Machines } from "./machines.ts";
import { metadata } from "./metadata.ts";

/** What machines need from outside of their world. */
export interface MachinesConfig {
  /** Path of pebble. */
  pebble: string;
  /** Disk image that droplets begin with. */
  image: string;
  builder: {
    image: string;
    /** Its disk, which is kept for the next world. */
    disk: string;
  };
}

interface WorldConfig {
  dir: string;
  credentials: Credentials;
  machines: MachinesConfig;
}

/**
 * Puts machines behind the account's droplets: network, names, certificates, the registry, then whatever should run.
 *
 * @returns ends the servers; the machines are ended by the helper's `down`, which whoever stops the world calls
 */
export async function startMachines(cloud: Cloud, { dir, credentials, machines }: WorldConfig) {
  const closing: (() => void | Promise<void>)[] = [];
  await privileged("network", [dir, process.pid, `${network.gateway}/24`, `${network.metadata}/32`]);
  const hosts = { [names.acme]: network.gateway, [names.registry]: network.builder };
  const domains = Object.fromEntries(spacesDomains.map((domain) => [domain, network.gateway]));
  closing.push(await startDns(cloud, { address: network.gateway, port: gatewayPorts.dns, hosts, domains }));
  closing.push(await serveMetadata(cloud));
  const authority = await openAuthority(join(dir, "authority"));
  const acme = await startAcme(authority, {
    binary: machines.pebble,
    folder: join(dir, "authority"),
    address: network.gateway,
    managementPort: gatewayPorts.acmeManagement,
    dnsPort: gatewayPorts.dns,
  });
  closing.push(() => acme.stop());
  keepRoots(authoritiesFile(dir), authority.certificate, acme.root);
  const folder = join(dir, "machines");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = new Machines(cloud, {
    folder,
    image: machines.image,
    ports: gatewayPorts,
    hosts,
    log: cloud.world.log,
  });
  await real.resume();
  const access = { user: "sandbox", password: credentials.registryPassword };
  await startBuilder(authority, { folder: join(dir, "builder"), ...machines.builder, access });
  cloud.hardware = real;
  return async (): Promise<void> => {
    for (const close of closing.toReversed()) await close();
  };
}

/** Where machines reach Spaces, and the certificate of all its names there. */
export async function spacesTls(dir: string) {
  const authority = await openAuthority(join(dir, "authority"));
  const names = spacesDomains.flatMap((domain) => [domain, `*.${domain}`]);
  const pair = await authority.issue("digitaloceanspaces.com", ...names);
  return { address: network.gateway, port: gatewayPorts.spaces, ...pair };
}

function serveMetadata(cloud: Cloud): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const { fetch } = metadata(cloud);
    const server = serve({ fetch, port: gatewayPorts.metadata, hostname: network.gateway }, () =>
      resolve(() => void server.close()),
    );
    server.once("error", reject);
  });
}
