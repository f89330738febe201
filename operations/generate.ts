import { randomBytes } from "node:crypto";
import ssh2 from "ssh2";
import { type PublicKeyName, type SecretName, publicKeys, secretKeys } from "../settings/secrets.ts";

/** A value that `init` has made for one key of a stack's settings. */
export interface Generated {
  key: SecretName | PublicKeyName;
  value: string;
  secret: boolean;
}

/**
 * Makes every missing secret that can be made. A key pair is made whole or not at all: when one half is there and the
 * other is not, that pair is left for a person, because a new half would lock the platform out of its machine.
 */
export function generate(missing: readonly (SecretName | PublicKeyName)[]): Generated[] {
  const passwords = missing
    .filter((key): key is SecretName => key in secretKeys && made(key) === "password")
    .map((key) => ({ key, value: randomBytes(32).toString("base64url"), secret: true }));
  const pairs = (Object.keys(publicKeys) as PublicKeyName[])
    .filter((key) => missing.includes(key) && missing.includes(publicKeys[key].of))
    .flatMap(keyPair);
  return [...passwords, ...pairs];
}

const made = (key: string): string | undefined => {
  const secret = secretKeys[key as SecretName];
  return "made" in secret ? secret.made : undefined;
};

function keyPair(publicKey: PublicKeyName): Generated[] {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment: "odoo-platform" });
  return [
    { key: publicKeys[publicKey].of, value: pair.private, secret: true },
    { key: publicKey, value: pair.public, secret: false },
  ];
}
