import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isUserDataDigest, oneTimeHostKey, withoutHostKey } from "../one-time-host-key.ts";
import { violation } from "./platform.ts";

interface Connection {
  readonly hostKey?: unknown;
  readonly proxy?: Connection;
}

/**
 * Every connection knows whom it reaches. Without `hostKey` the command provider takes any machine that answers
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/), and a droplet whose host key is not known
 * before its first boot cannot be told from another.
 */
export const hostKeyPinned: ResourceValidationPolicy = {
  name: "production/host-key-pinned",
  description: "Every connection to a machine checks its host key.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    if (type.startsWith("command:remote:")) {
      const connection = (props["connection"] ?? {}) as Connection;
      const unpinned = [
        ...(isKey(connection.hostKey) ? [] : ["connection"]),
        ...(connection.proxy === undefined || isKey(connection.proxy.hostKey) ? [] : ["connection.proxy"]),
      ];
      for (const where of unpinned) {
        const fault = `${where} takes any machine that answers`;
        report(violation({ name, type }, fault, `set ${where}.hostKey to the machine's public host key`));
      }
    }
    if (type === oneTimeHostKey.type && !carriesHostKey(props["userData"])) {
      const fault = "its host key is not known before the first connection";
      const fix = `give it a host key in its user data, at ${oneTimeHostKey.block.join(".")}`;
      report(violation({ name, type }, fault, fix));
    }
  },
};

/** A public key in OpenSSH's form: its kind, then base64 that begins with the kind's length. */
function isKey(hostKey: unknown): boolean {
  return (
    typeof hostKey === "string" && /^(?:ssh-|ecdsa-sha2-|sk-)[\w@.-]+ AAAA[A-Za-z0-9+/=]{40,}/.test(hostKey)
  );
}

function carriesHostKey(userData: unknown): boolean {
  return (
    typeof userData === "string" && (isUserDataDigest(userData) || withoutHostKey(userData) !== undefined)
  );
}
