import { stringify } from "yaml";

/**
 * The user data of a new droplet: only what the first connection needs, because changing user data replaces the droplet
 * (https://github.com/digitalocean/terraform-provider-digitalocean/issues/1270). Everything else comes over SSH.
 *
 * It gives the machine a host key that is known before the first connection, so that connection is verified. User data
 * can be read by every process of the machine for its life (169.254.169.254), so the key serves once: first contact
 * replaces it (docs/decisions/0011-the-host-key-is-rotated.md).
 *
 * @param hostKey the one-time host key, both halves in OpenSSH format
 * @returns cloud-config text
 * @see https://cloudinit.readthedocs.io/en/latest/reference/modules.html#ssh
 */
export function cloudInit(hostKey: { privateKey: string; publicKey: string }): string {
  const config = {
    ssh_deletekeys: true,
    ssh_genkeytypes: [],
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    ssh_pwauth: false,
  };
  return `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
}
