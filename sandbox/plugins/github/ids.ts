import type { Created } from "../protocol/plugin.ts";

/** Reads an id like `repository:name` into the properties of these names; the last one takes what is left. */
export function ids(...names: string[]): (id: string) => Created {
  return (id) => {
    const parts = id.split(":");
    const values = [...parts.slice(0, names.length - 1), parts.slice(names.length - 1).join(":")];
    return { id, state: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) };
  };
}

/** The id made of these parts. */
ids.of = (...parts: unknown[]): string => parts.map(String).join(":");
