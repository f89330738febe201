/**
 * How the engine writes a value that is not known before the update: one UUID for each kind of value. They are part of
 * its protocol (pulumi/sdk/go/common/resource/plugin/rpc.go); the framework has them, but not in its types.
 */
const unknowns: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Whether this value, read by `rawEntries`, is not known before the update. */
export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}

/**
 * The properties of a resource's inputs as they came, unknown values and secret marks included: ordinary reading throws
 * at the first unknown value, and unwraps a secret without a trace.
 */
export function rawEntries(holder: object): [key: string, value: unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(holder))
    .filter(([key]) => !(key === "length" && Array.isArray(holder)))
    .map(([key, { value }]) => [key, value as unknown]);
}
