/** Shannon entropy of `text`, in bits a character: 0 for one letter repeated, about 6 for long random base64. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Whether `value` mixes kinds of characters the way generated passwords do, and words do not. */
export function looksRandom(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return value.length >= 7 && kinds >= 2 && entropy(value) >= 2.5;
}

const publicBlocks = /-----BEGIN (?:CERTIFICATE|(?:[A-Z]+ )?PUBLIC KEY)-----[A-Za-z0-9+/=\s]*-----END/g;
const sshPublicKey = /^AAAA(?:B3NzaC1yc2E|C3NzaC1lZDI1NTE5|E2VjZHNhLXNoYTIt|G[A-Za-z0-9+/]{2}zay)/;

/**
 * Strings that nothing but a generator writes: long, of mixed case with digits, nearly as disordered as can be. Digests,
 * git SHAs, UUIDs, SSH public keys and certificates are none of them, since they have no capitals or are known by form.
 * Hexadecimal secrets look like digests and are found by their name only (named-values.ts).
 */
export function opaqueStrings(text: string): { index: number; value: string }[] {
  const found: { index: number; value: string }[] = [];
  const open = text.replace(publicBlocks, (block) => " ".repeat(block.length));
  for (const { 0: run, index } of open.matchAll(/[A-Za-z0-9+/_-]{24,}/g)) {
    if (sshPublicKey.test(run) || /sha(?:256|384|512)[:-]$/i.test(text.slice(Math.max(0, index - 7), index)))
      continue;
    // A path is a run too, and so is base64 with a slash in it: only the parts between the slashes tell them apart.
    const opaque = run.split("/").some((part) => part.length >= 20 && isOpaque(part));
    if (opaque) found.push({ index, value: run });
  }
  return found;
}

function isOpaque(part: string): boolean {
  if (/^sha(?:256|384|512)-/.test(part)) return false;
  const mixed = /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part);
  return mixed && entropy(part) > Math.min(4.2, Math.log2(part.length) - 0.6);
}
