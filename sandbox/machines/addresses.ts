import { regions } from "../../catalog/regions.ts";

/**
 * The machines' network on this computer. Droplets have the public addresses that the emulated API gave them (RFC 5737), each
 * with a route of its own to the bridge, so that nothing else of those ranges is taken.
 */
export const network = {
  /** Of this computer on the bridge: the machines' gateway, and the administrator that droplets see. */
  gateway: "10.78.0.1",
  /** What may reach SSH in the sandbox's settings. */
  adminNetwork: "10.78.0.0/24",
  /** Where the vendor answers a droplet's questions about itself. */
  metadata: "169.254.169.254",
  /** The machine that builds and keeps images. */
  builder: "10.78.1.2",
} as const;

/** Names that are not the account's own zones; they end in a domain that is never given out (RFC 6761). */
export const names = {
  acme: "acme.odoo-sandbox.test",
  registry: "registry.odoo-sandbox.test",
} as const;

/** Domains all of whose names are Spaces', as the vendor calls its regions: `REGION` itself, and `BUCKET.REGION`. */
export const spacesDomains: readonly string[] = Object.entries(regions)
  .filter(([, { spaces }]) => spaces)
  .map(([region]) => `${region}.digitaloceanspaces.com`);

/** Ports at the gateway's address, which is the sandbox's alone. */
export const gatewayPorts = { dns: 5300, metadata: 5380, spaces: 5343, acmeManagement: 15000 } as const;

/** Of the ACME server's directory, which is reached through TLS alone. */
export const acmePort = 14000;
