import { createHash } from "node:crypto";
import sodium, { ready } from "libsodium-wrappers";

/** A new X25519 key pair, in base64. The secret half stays in the sandbox's state, so that its runner can read secrets. */
export async function newKeyPair(): Promise<{ key_id: string; publicKey: string; privateKey: string }> {
  await ready;
  const pair = sodium.crypto_box_keypair();
  const publicKey = Buffer.from(pair.publicKey).toString("base64");
  const digest = createHash("sha256").update(publicKey).digest("hex");
  // GitHub's key ids are decimal numbers of 18 or 19 digits.
  const key_id = BigInt(`0x${digest.slice(0, 15)}`)
    .toString()
    .padStart(18, "1");
  return { key_id, publicKey, privateKey: Buffer.from(pair.privateKey).toString("base64") };
}

/** What a client sealed for the key pair; undefined when it was sealed for another, or not at all. */
export async function openSealedBox(
  box: string,
  pair: { publicKey: string; privateKey: string },
): Promise<string | undefined> {
  await ready;
  const [sealed, publicKey, privateKey] = [box, pair.publicKey, pair.privateKey].map((text) =>
    Buffer.from(text, "base64"),
  );
  if (!sealed || !publicKey || !privateKey) return undefined;
  try {
    return Buffer.from(sodium.crypto_box_seal_open(sealed, publicKey, privateKey)).toString("utf8");
  } catch {
    return undefined; // libsodium throws for a wrong key, a short box and a tampered one alike
  }
}
