import structs from "google-protobuf/google/protobuf/struct_pb.js";

/**
 * Property values as they travel between engine and plugin: plain JSON, in which two things are spelled by magic
 * strings of Pulumi's wire format (sdk/go/common/resource/plugin/rpc.go).
 */
export type Properties = Record<string, unknown>;

/** What stands for a value that a preview does not know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// The engine marks an unknown by the type it expects there; all of them mean the same.
const unknowns = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // list
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

export const isUnknown = (value: unknown): boolean => typeof value === "string" && unknowns.has(value);

/** Whether a value or anything inside it is unknown. */
export function holdsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Marks a value so that the engine encrypts it in the state and hides it on the screen. */
export const secret = (value: unknown): Properties => ({ [SIGNATURE]: SECRET, value });

export const isAsset = (value: unknown): value is Properties => isRecord(value) && value[SIGNATURE] === ASSET;
export const isArchive = (value: unknown): value is Properties =>
  isRecord(value) && value[SIGNATURE] === ARCHIVE;

export const isRecord = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string, number or boolean as text; `otherwise` for anything else, as what is not set. */
export const asText = (value: unknown, otherwise = ""): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : otherwise;

/** What Terraform's schemas, and so the official plugins, hold to be the same as "not set". */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

/** From the wire; null means "not set" (the official plugins skip nulls as well). */
export function fromStruct(struct: structs.Struct | undefined): Properties {
  return struct ? (withoutNulls(struct.toJavaScript()) as Properties) : {};
}

export function toStruct(properties: Properties): structs.Struct {
  return structs.Struct.fromJavaScript(
    withoutNulls(properties) as Parameters<typeof structs.Struct.fromJavaScript>[0],
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item) ?? null);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}
