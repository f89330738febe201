import { isRecord, type Properties } from "./values.ts";

/**
 * The inputs with everything that `ignoreChanges` names taken from the state. The engine puts the old *inputs* there;
 * the official plugins go further and hold the old *state* for right, so that what the vendor changed by itself (an
 * encrypted secret, say) is ignored as well.
 */
export function ignoring(paths: readonly string[], state: Properties, inputs: Properties): Properties {
  const result = structuredClone(inputs);
  for (const path of paths) graft(segments(path), state, result);
  return result;
}

function graft(path: readonly string[], from: unknown, into: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  for (const key of first === "*" ? keysOf(from) : [first]) {
    if (!canHold(from, key) || !canHold(into, key)) continue;
    if (rest.length > 0) graft(rest, at(from, key), at(into, key));
    else put(into, key, at(from, key));
  }
}

/** `spec.services[0]["envs"][*].value` in pieces. */
function segments(path: string): string[] {
  const pieces = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return Array.from(pieces, ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "");
}

const keysOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Properties)[key] : undefined;

// An item of a list that only one side has is no change of a value, and not ignored.
const canHold = (value: unknown, key: string): boolean =>
  isRecord(value) || (Array.isArray(value) && Number(key) < value.length);

function put(into: unknown, key: string, value: unknown): void {
  if (value === undefined) delete (into as Properties)[key];
  else (into as Properties)[key] = structuredClone(value);
}
