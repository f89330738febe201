import { createHash } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { input, noContent, operation, page, param } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { SshKey } from "./rows.ts";

const name = z.string("Name can't be blank").min(1, "Name can't be blank");

export const sshKeys = (cloud: Cloud): Operation[] => [
  operation("sshKeys_list", "GET /v2/account/keys", "ssh_key:read", (c) =>
    page(c, "ssh_keys", cloud.sshKeys.list()),
  ),

  operation("sshKeys_create", "POST /v2/account/keys", "ssh_key:create", async (c) => {
    const asked = await input(c, z.object({ name, public_key: z.string("Key can't be blank") }));
    const fingerprint = fingerprintOf(asked.public_key);
    if (findSshKey(cloud, fingerprint)) throw invalid("SSH Key is already in use on your account");
    const id = cloud.nextId();
    return c.json({ ssh_key: cloud.sshKeys.put(id, { id, ...asked, fingerprint }) }, 201);
  }),

  operation("sshKeys_get", "GET /v2/account/keys/:key", "ssh_key:read", (c) =>
    c.json({ ssh_key: keyOf(c, cloud) }),
  ),

  operation("sshKeys_update", "PUT /v2/account/keys/:key", "ssh_key:update", async (c) => {
    const key = keyOf(c, cloud);
    return c.json({
      ssh_key: cloud.sshKeys.put(key.id, { ...key, ...(await input(c, z.object({ name }))) }),
    });
  }),

  operation("sshKeys_delete", "DELETE /v2/account/keys/:key", "ssh_key:delete", (c) => {
    cloud.sshKeys.delete(keyOf(c, cloud).id);
    return noContent(c);
  }),
];

/** A key by its number or its fingerprint. */
export const findSshKey = (cloud: Cloud, key: string): SshKey | undefined =>
  cloud.sshKeys.find((one) => String(one.id) === key || one.fingerprint === key);

const keyOf = (c: Context, cloud: Cloud): SshKey => found(findSshKey(cloud, param(c, "key")));

const known = /^(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-\S+)$/;

/** MD5 in pairs, the way the vendor names keys. 422 for what is no OpenSSH public key. */
function fingerprintOf(publicKey: string): string {
  const [, type = "", blob = ""] = /^(\S+) ([A-Za-z0-9+/]+=*)( .*)?$/.exec(publicKey.trim()) ?? [];
  const bytes = Buffer.from(blob, "base64");
  // The blob begins with its own type, as a string with its length before it (RFC 4253, 6.6).
  if (!known.test(type) || bytes.toString("latin1", 4, 4 + type.length) !== type)
    throw invalid("Key invalid, key should be of OpenSSH public key format");
  const digest = createHash("md5").update(bytes).digest("hex");
  return digest.replace(/..(?=.)/g, "$&:");
}
