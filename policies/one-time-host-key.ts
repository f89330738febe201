import { parseDocument } from "yaml";

/**
 * The one secret that user data may hold: the private SSH host key of a droplet's first boot, in cloud-init's own block
 * for it (https://cloudinit.readthedocs.io/en/latest/reference/modules.html#ssh). Without it nobody knows whom the first
 * connection reaches. It may be there because it is to be worthless right after: at first contact the machine replaces its
 * host key, and user data is not read again.
 */
export const oneTimeHostKey = {
  name: "one-time-host-key",
  type: "digitalocean:index/droplet:Droplet",
  block: ["ssh_keys", "ed25519_private"],
} as const;

/** An unencrypted ed25519 key in OpenSSH's form, and nothing else; it takes about 400 characters. */
const oneKey =
  /^\s*-----BEGIN OPENSSH PRIVATE KEY-----\s+b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/=\s]{200,600}-----END OPENSSH PRIVATE KEY-----\s*$/;

/** DigitalOcean takes no more user data than this. */
const mostCharacters = 65_536;

/**
 * Takes the host key out of a droplet's user data.
 *
 * @returns the rest of the text, its lines kept; undefined where the block does not hold exactly one key
 */
export function withoutHostKey(userData: string): string | undefined {
  if (!userData.startsWith("#cloud-config") || userData.length > mostCharacters) return undefined;
  const document = parseDocument(userData);
  if (document.errors.length > 0) return undefined;
  const node = document.getIn(oneTimeHostKey.block, true) as
    { value?: unknown; range?: [number, number, number] } | undefined;
  if (!node?.range || typeof node.value !== "string" || !oneKey.test(node.value)) return undefined;
  const [start, end] = node.range;
  const blank = userData.slice(start, end).replace(/[^\n]/g, "");
  return userData.slice(0, start) + blank + userData.slice(end);
}

/**
 * Whether this is what the provider keeps instead of user data: its SHA-1. A refresh puts it where the text stood, and
 * since changes of user data are ignored it stays there.
 */
export function isUserDataDigest(userData: string): boolean {
  return /^[0-9a-f]{40}$/.test(userData);
}
