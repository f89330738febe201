/** What the first list has and the second has not; either may be missing. */
export function onlyIn<T>(first: unknown, second: unknown): T[] {
  const others = new Set((second as T[] | undefined) ?? []);
  return ((first as T[] | undefined) ?? []).filter((item) => !others.has(item));
}
