import { stringify } from "yaml";
import { oneTimeHostKey } from "../../../policies/one-time-host-key.ts";
import { credentials, sshKeyPair } from "../fakes.ts";
import { type Resource, secret } from "../framework.ts";

export const token = credentials[0]?.[1] ?? "";
export const generated = ["q7Rz2LmX9cVb", "T4kYw8HsPd3N"].join("");

export const dropletOf = (data: unknown): Resource => ({
  type: oneTimeHostKey.type,
  name: "web",
  props: { size: "s-1vcpu-2gb", userData: data },
});

export const cloudInit = (more: object = {}, keys: object = {}): string => {
  const { privateKey, publicKey } = sshKeyPair();
  const ssh_keys = { ed25519_private: privateKey, ed25519_public: publicKey, ...keys };
  return `#cloud-config\n${stringify({ ssh_deletekeys: true, ssh_keys, ...more })}`;
};

export const commandOf = (props: Record<string, unknown>): Resource => ({
  type: "command:remote:Command",
  name: "install",
  props: { create: "/usr/local/sbin/install", stdin: secret("what only stdin may hold"), ...props },
});

/** The stack's configuration, as the engine hands it to a pack. */
export function withConfig(config: Record<string, string> | undefined): void {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env["PULUMI_CONFIG"];
    if (config) process.env["PULUMI_CONFIG"] = JSON.stringify(config);
    else delete process.env["PULUMI_CONFIG"];
  });
  afterEach(() => {
    if (before === undefined) delete process.env["PULUMI_CONFIG"];
    else process.env["PULUMI_CONFIG"] = before;
  });
}
