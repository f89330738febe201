type Properties = Record<string, unknown>;

/** Pulumi's mark of a secret, in states and events. */
const secretKey = "4dabf18193072939515e22adb298388d";
const longest = 300;

/** The value at a path as detailed diffs write it: `spec.envs[0].value`. */
export function valueAt(properties: unknown, path: string): unknown {
  let value = properties;
  for (const step of path.match(/[^.[\]"]+/g) ?? []) {
    if (typeof value !== "object" || value === null || secretKey in value) return value;
    value = (value as Properties)[step];
  }
  return value;
}

export interface Pair {
  expected: string | null;
  found: string | null;
}

/** Both sides for people: of lists only what is in one and not in the other. */
export function pairOf(expected: unknown, found: unknown): Pair {
  if (Array.isArray(expected) && Array.isArray(found)) {
    const missing = without(expected, found);
    const extra = without(found, expected);
    if (missing.length + extra.length > 0) return { expected: list(missing), found: list(extra) };
  }
  return { expected: shown(expected), found: shown(found) };
}

function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const known = new Set(other.map(sorted));
  return list.filter((one) => !known.has(sorted(one)));
}

const list = (values: readonly unknown[]): string | null =>
  values.length === 0 ? null : cut(values.map((one) => shown(one) ?? "").join(", "));

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const plain = masked(value);
  return cut(typeof plain === "string" ? plain : JSON.stringify(plain));
}

/** Without what is secret, and without what the provider only fills in. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return "[secret]";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => key !== "__defaults" && one !== "" && one !== null)
      .map(([key, one]) => [key, masked(one)]),
  );
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? "";

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
