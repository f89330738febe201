import type { IncomingMessage } from "node:http";
import { regions } from "../../catalog/regions.ts";

/** What a request is about, whichever way its address was written. */
export interface Address {
  /** "" for the service itself. */
  bucket: string;
  /** Percent-encoded, as it came; "" for the bucket itself. */
  key: string;
  /** The region in the host, where it names one. */
  region: string | undefined;
  query: URLSearchParams;
  /** Percent-encoded, as it came and was signed. */
  path: string;
}

/**
 * Reads the address of a request. Virtual-hosted (`BUCKET.REGION.HOST`) when labels stand before the region, else
 * path-style (`REGION.HOST/BUCKET/KEY`, or any host that names no region). A client behind `HTTP_PROXY` sends the whole
 * URL in the request line; the Host header then says the same.
 */
export function readAddress({ url = "/", headers }: IncomingMessage): Address {
  const target = new URL(url, `http://${headers.host ?? "localhost"}`);
  const path = /^https?:/.test(url) ? target.pathname : (url.split("?")[0] ?? "/");
  const labels = target.hostname.split(".");
  const at = labels.findIndex((label) => Object.hasOwn(regions, label));
  const region = labels[at];
  const rest = { region, query: target.searchParams, path };
  if (at > 0) return { bucket: labels.slice(0, at).join("."), key: path.slice(1), ...rest };
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key, ...rest };
}

/** The same thing as a path of the server behind the front, without the parts of a presigned query. */
export function upstreamPath({ bucket, key, query }: Address): string {
  const kept = [...query].filter(
    ([name]) =>
      !/^x-amz-(algorithm|credential|date|expires|signedheaders|signature|content-sha256|security-token)$/i.test(
        name,
      ),
  );
  const search = kept.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  const path = bucket === "" ? "/" : key === "" ? `/${bucket}` : `/${bucket}/${key}`;
  return search === "" ? path : `${path}?${search}`;
}

/** Percent-encoding the way AWS signs it: everything but the unreserved characters of RFC 3986. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
