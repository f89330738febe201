import { detect } from "../policies/secrets/detect.ts";

const mask = "*****";
/** A shorter one would be found inside ordinary words. */
const shortest = 6;

/**
 * Makes what covers secrets in a text that came from outside: the given ones, in each form that programs write them in,
 * and whatever else looks like a credential. Lines stay lines.
 *
 * @param secrets in plain text
 */
export function redactor(secrets: Iterable<string>): (text: string) => Promise<string> {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const own = forms.length > 0 ? new RegExp(forms.map(escaped).join("|"), "g") : undefined;
  return async (text) => {
    const known = own ? text.replaceAll(own, mask) : text;
    // As strict as with a resource's inputs: a log is real, so no example is excused.
    const found = await detect(known, "input");
    let end = 0;
    let covered = "";
    for (const { index, length } of found) {
      const value = known.slice(index, index + length);
      covered += known.slice(end, index) + value.replaceAll(/[^\n]+/g, mask);
      end = index + length;
    }
    return covered + known.slice(end);
  };
}

/** A secret as programs write it: whole, line by line, user and password apart, escaped, in base64. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const [, password = ""] = /^[^\s:]+:([^\s:]+)$/.exec(secret) ?? [];
  return [secret, ...lines, password]
    .filter((part) => part.length >= shortest && !/^-----(?:BEGIN|END)/.test(part))
    .flatMap((part) => [
      part,
      encodeURIComponent(part),
      JSON.stringify(part).slice(1, -1),
      Buffer.from(part).toString("base64").replace(/=+$/, ""),
    ]);
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
