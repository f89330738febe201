import { opaqueStrings } from "./entropy.ts";
import { namedValues, type Place } from "./named-values.ts";
import { patterns, prompts, type Pattern } from "./patterns.ts";
import { isMadeUp, isPlaceholder, isReference } from "./placeholders.ts";
import { otherVendors } from "./other-vendors.ts";

/** A credential in a text. Where it is and what it is, never what it says. */
export interface Finding {
  /** The kind of credential, as listed in docs/policies.md: `github-token`. */
  readonly id: string;
  /** The same for a sentence: "a GitHub token". */
  readonly what: string;
  /** Where it begins in the text, and how long it is, in UTF-16 units. */
  readonly index: number;
  readonly length: number;
}

/** Kinds that are guessed from names and words, where the others are known by a vendor's form. */
export const guesses: ReadonlySet<string> = new Set([
  "named-value",
  "opaque-string",
  "database-url",
  "basic-auth-url",
  "authorization-header",
  "command-flag",
  "token-prompt",
]);

/**
 * Finds the credentials in `text`, in order of appearance, none overlapping another. Takes time linear in the text's
 * length, about 50 ms a megabyte.
 */
export async function detect(text: string, place: Place): Promise<Finding[]> {
  if (text.length < 4) return [];
  const known = withoutOverlaps([
    ...patterns.flatMap((pattern) => matches(pattern, text, place)),
    ...namedValues(text, place).map((one) => finding("named-value", "a value under a secret's name", one)),
    ...(await otherVendors(text)),
  ]);
  if (place !== "exposed") return known;
  const opaque = opaqueStrings(without(text, known)).map((one) =>
    finding("opaque-string", "a generated string, as secrets are", one),
  );
  return [...known, ...opaque].sort((a, b) => a.index - b.index);
}

/** Finds the places in `text` where a person is asked for a token. */
export function detectPrompts(text: string): Finding[] {
  const found = prompts.flatMap(({ id, what, find }) =>
    [...text.matchAll(find)].map((match) => finding(id, what, { index: match.index, value: match[0] })),
  );
  return withoutOverlaps(found);
}

/** The line that `index` stands in, counted from 1. */
export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

function matches({ id, what, find }: Pattern, text: string, place: Place): Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(find)) {
    const value = match.groups?.["secret"] ?? match[0];
    if (isExcused(id, value, place)) continue;
    found.push(finding(id, what, { index: match.index + match[0].lastIndexOf(value), value }));
  }
  return found;
}

function isExcused(id: string, value: string, place: Place): boolean {
  if (!guesses.has(id)) return isMadeUp(value);
  return place === "input" || place === "exposed" ? isReference(value) : isPlaceholder(value);
}

const finding = (id: string, what: string, { index, value }: { index: number; value: string }): Finding => ({
  id,
  what,
  index,
  length: value.length,
});

/** The text with blanks where something was found. */
function without(text: string, found: readonly Finding[]): string {
  let end = 0;
  let rest = "";
  for (const { index, length } of found) {
    rest += text.slice(end, index) + " ".repeat(length);
    end = index + length;
  }
  return rest + text.slice(end);
}

/** Keeps the first of those that overlap; of those that begin together the one that was found first. */
function withoutOverlaps(found: Finding[]): Finding[] {
  let end = 0;
  return found
    .sort((a, b) => a.index - b.index)
    .filter(({ index, length }) => {
      if (index < end) return false;
      end = index + length;
      return true;
    });
}
