/**
 * A word of shell, whatever is in it.
 * @throws {Error} for a NUL, which no word can hold
 */
export function shellWord(text: string): string {
  if (text.includes("\0")) throw new Error("a word of shell cannot hold a NUL");
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
