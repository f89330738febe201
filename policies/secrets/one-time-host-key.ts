import { parseDocument } from "yaml";

/**
 * The one secret that user data may hold: the private SSH host key of a droplet's first boot, in cloud-init's own block
 * for it (https://cloudinit.readthedocs.io/en/latest/reference/modules.html#ssh). Without it nobody knows whom the first
 * connection reaches. It may be there because it is worthless right after: the first contact makes the machine replace
 * its host key, and user data is never read again.
 */
export const oneTimeHostKey = {
  name: "one-time-host-key",
  type: "digitalocean:index/droplet:Droplet",
  block: ["ssh_keys", "ed25519_private"],
} as const;

/** An unencrypted ed25519 key in OpenSSH's form, and nothing else; it takes about 400 characters. */
const oneKey =
  /^\s*-----BEGIN OPENSSH PRIVATE KEY-----\s+b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/=\s]{200,600}-----END OPENSSH PRIVATE KEY-----\s*$/;

/** The host key in `userData`, and the rest of the text, lines kept; undefined where there is none in the right place. */
export function splitHostKey(userData: string): { rest: string } | undefined {
  if (!userData.startsWith("#cloud-config") || !userData.includes(oneTimeHostKey.block[1])) return undefined;
  const document = parseDocument(userData, { keepSourceTokens: false });
  if (document.errors.length > 0) return undefined;
  const node = document.getIn(oneTimeHostKey.block, true) as
    { value?: unknown; range?: [number, number, number] } | undefined;
  if (!node?.range || typeof node.value !== "string" || !oneKey.test(node.value)) return undefined;
  const [start, end] = node.range;
  const blank = userData.slice(start, end).replace(/[^\n]/g, "");
  return { rest: userData.slice(0, start) + blank + userData.slice(end) };
}
