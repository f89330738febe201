import { randomBytes } from "node:crypto";
import { type PublicKeyName, type SecretName, canBeMade, publicKeys } from "../settings/secrets.ts";
import { newKeyPair } from "../ssh-keys.ts";

/** A value that `init` has made for one key of a stack's settings. */
export interface Generated {
  key: SecretName | PublicKeyName;
  value: string;
  secret: boolean;
}

/** Makes every missing secret that can be made. */
export function generate(missing: readonly (SecretName | PublicKeyName)[]): Generated[] {
  const makeable = missing.filter((key) => canBeMade(key, missing));
  const pairs = (Object.keys(publicKeys) as PublicKeyName[]).filter((key) => makeable.includes(key));
  const halves = pairs.map((key) => publicKeys[key].of);
  const passwords = makeable.filter((key) => !(key in publicKeys) && !halves.some((half) => half === key));
  return [...passwords.map(password), ...pairs.flatMap(keyPair)];
}

const password = (key: SecretName | PublicKeyName): Generated => ({
  key,
  value: randomBytes(32).toString("base64url"),
  secret: true,
});

function keyPair(publicKey: PublicKeyName): Generated[] {
  const pair = newKeyPair("odoo-platform");
  return [
    { key: publicKeys[publicKey].of, value: pair.private, secret: true },
    { key: publicKey, value: pair.public, secret: false },
  ];
}
