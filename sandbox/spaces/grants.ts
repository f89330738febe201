import type { Address } from "./address.ts";

/** What a key may do, as the API that makes keys says it; an empty bucket with full access means all of them. */
export interface Grant {
  bucket: string;
  permission: "read" | "readwrite" | "fullaccess";
}

/** The secret of an access key and what it may do; undefined for a key that does not exist. */
export type Keyring = (accessKey: string) => { secret_key: string; grants: readonly Grant[] } | undefined;

/** What a request needs of its bucket, from least to most. */
const levels = ["read", "readwrite", "fullaccess"] as const;
type Level = (typeof levels)[number];

/** Parts of a bucket that a limited key may read; its other settings are its owner's. */
const readable = ["location", "versioning"];
const settings = new Set(
  "acl cors encryption lifecycle logging notification object-lock ownershipControls policy publicAccessBlock replication tagging versioning location website".split(
    " ",
  ),
);

/** Whether a request on a bucket is about one of its settings, and not about the bucket itself. */
export const asksSetting = (query: URLSearchParams): boolean => [...settings].some((name) => query.has(name));

/**
 * Whether the grants cover a request, and the source of a copy. "readwrite" is the console's "Read/Write/Delete": the vendor
 * documents no key that writes and does not delete, says nothing of versions apart, and lets no bucket policy stand beside
 * such a key. So it deletes versions here too, which is the worse case for whoever relies on them.
 * @see https://docs.digitalocean.com/products/spaces/how-to/manage-access/
 * @see https://docs.digitalocean.com/products/spaces/how-to/configure-bucket-policies/
 */
export function mayDo(
  grants: readonly Grant[],
  method: string,
  address: Pick<Address, "bucket" | "key" | "query">,
  copySource?: string,
): boolean {
  const source =
    copySource === undefined ? undefined : decodeURIComponent(copySource).replace(/^\//, "").split("/")[0];
  return (
    holds(grants, address.bucket, need(method, address)) &&
    (source === undefined || holds(grants, source, "read"))
  );
}

const holds = (grants: readonly Grant[], bucket: string, level: Level): boolean =>
  grants.some(
    (grant) =>
      (grant.permission === "fullaccess" && grant.bucket === "") ||
      (bucket !== "" && grant.bucket === bucket && levels.indexOf(grant.permission) >= levels.indexOf(level)),
  );

function need(method: string, { bucket, key, query }: Pick<Address, "bucket" | "key" | "query">): Level {
  const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (bucket === "") return "fullaccess";
  if (key !== "") return reads ? "read" : "readwrite";
  if (method === "POST" && query.has("delete")) return "readwrite";
  return reads && (!asksSetting(query) || readable.some((name) => query.has(name))) ? "read" : "fullaccess";
}
