import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import type { World } from "../world.ts";
import { readAddress, upstreamPath } from "./address.ts";
import type { Address } from "./address.ts";
import { Buckets } from "./buckets.ts";
import { AwsChunkedDecoder } from "./chunked.ts";
import { damaged } from "./damage.ts";
import { S3Error } from "./errors.ts";
import type { Gateway } from "./gateway.ts";
import { asksSetting, mayDo } from "./grants.ts";
import type { Grant, Keyring } from "./grants.ts";
import { readClaim, signedHeaders, unsignedPayload, verify } from "./signature.ts";
import type { AccessKey, Claim, Signable } from "./signature.ts";
import { trueVersions, versionTime } from "./versions.ts";

export interface SpacesOptions {
  /** The S3 server behind, as `http://127.0.0.1:PORT`. */
  upstream: string | URL;
  /** Told of each object that was written there. */
  written?: Gateway["written"] | undefined;
  /** Its root key, which is also the account's own key here: full access to everything. */
  rootAccess: AccessKey;
  /** The keys made through DigitalOcean's API, with what each may do. */
  keys: Keyring;
}

/**
 * Spaces: a real S3 server behind a thin front. The front checks who asks (AWS Signature Version 4, grants of Spaces
 * keys), answers what that server lacks (a bucket's region, its lifecycle rules), and signs everything else anew with the
 * server's root key. Bodies are streamed through.
 *
 * @returns a listener for `node:http`. It takes virtual-hosted, path-style and proxied (absolute-URI) requests.
 */
export function spacesFront(world: World, options: SpacesOptions): RequestListener {
  const front = new Front(world, options);
  return (request, response) => void front.serve(request, response);
}

interface Forwarding {
  newBucket?: boolean;
  /** What becomes of the answer. */
  edit?: (xml: string) => string;
}

class Front {
  readonly #world: World;
  readonly #upstream: URL;
  readonly #written: Gateway["written"];
  readonly #root: AccessKey;
  readonly #keys: Keyring;
  readonly #buckets: Buckets;

  constructor(world: World, { upstream, written, rootAccess, keys }: SpacesOptions) {
    this.#world = world;
    this.#upstream = new URL(upstream);
    this.#written = written ?? (() => {});
    this.#root = rootAccess;
    this.#keys = keys;
    this.#buckets = new Buckets(world.store);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader("x-amz-request-id", requestId);
    let address: Address | undefined;
    try {
      if (!isReadable(request)) throw new S3Error("InvalidURI");
      address = readAddress(request);
      // The server behind makes a path of it, and deletes what it leads to.
      if (!/^[\w-]*$/.test(address.query.get("uploadId") ?? "")) throw new S3Error("NoSuchUpload");
      await this.#break(request, response);
      const signable = toSignable(request, address);
      const claim = readClaim(signable);
      if (claim) this.#admit(signable, claim, address);
      await this.#answer(request, response, address, claim);
    } catch (error) {
      const known = error instanceof S3Error;
      if (!known) this.#world.log(`spaces: ${request.method} ${address?.path}: ${String(error)}`);
      if (response.headersSent) return void response.destroy();
      const refusal = known ? error : new S3Error("InternalError");
      if (refusal.code === "SlowDown") response.setHeader("Retry-After", "1");
      sendXml(
        response,
        refusal.status,
        request.method === "HEAD" ? "" : refusal.toXml(address?.path ?? "", requestId),
      );
    }
  }

  async #break({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults } = this.#world;
    const request = `${method} ${url}`;
    await faults.delay("spaces", request);
    if (faults.hits("no-answer", "spaces", request)) await once(response, "close");
    if (faults.hits("access-denied", "spaces", request)) throw new S3Error("AccessDenied");
    if (faults.hits("expired-token", "spaces", request)) throw new S3Error("InvalidAccessKeyId");
    if (faults.hits("rate-limit", "spaces", request)) throw new S3Error("SlowDown");
    if (faults.hits("server-error", "spaces", request)) throw new S3Error("InternalError");
  }

  /** Lets in whoever signed with a key of this account that may do what is asked. */
  #admit(signable: Signable, claim: Claim, address: Address): void {
    const isRoot = claim.accessKey === this.#root.accessKey;
    const key = isRoot
      ? { secret_key: this.#root.secretKey, grants: everything }
      : this.#keys(claim.accessKey);
    if (!key) throw new S3Error("InvalidAccessKeyId");
    verify(signable, claim, key.secret_key, this.#world.now());
    if (!mayDo(key.grants, signable.method, address, signable.headers["x-amz-copy-source"]))
      throw new S3Error("AccessDenied");
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    address: Address,
    claim: Claim | undefined,
  ): Promise<void> {
    const { bucket, key, query, region } = address;
    const { method = "GET" } = request;
    const known = bucket === "" ? undefined : this.#buckets.get(bucket);
    // A bucket lives in one region and is unknown to all others.
    if (known && region !== undefined && known.region !== region) throw new S3Error("NoSuchBucket");
    const isBucket = bucket !== "" && key === "";
    if (isBucket && claim && query.has("lifecycle")) {
      const body = method === "PUT" ? await text(request) : "";
      return sendXml(response, ...this.#buckets.lifecycle(bucket, method, body));
    }
    if (isBucket && claim && query.has("location") && method === "GET")
      return sendXml(response, 200, this.#buckets.location(bucket));
    if (isBucket && method === "PUT" && !asksSetting(query)) {
      const wanted = this.#buckets.regionFor(region, await text(request), claim?.scope);
      const status = await this.#forward(request, response, address, claim, { newBucket: true });
      if (status === 200) this.#buckets.add(bucket, wanted);
      return;
    }
    const asksVersions = isBucket && method === "GET" && query.has("versions");
    const edit = asksVersions
      ? { edit: (xml: string) => trueVersions(xml, query.get("version-id-marker")) }
      : {};
    const status = await this.#forward(request, response, address, claim, edit);
    if (isBucket && method === "DELETE" && !asksSetting(query) && status === 204)
      this.#buckets.delete(bucket);
  }

  /** Passes the request on, signed anew, and its answer back; returns the answer's status. */
  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    address: Address,
    claim: Claim | undefined,
    { newBucket = false, edit }: Forwarding = {},
  ): Promise<number> {
    const path = upstreamPath(address);
    const { headers, decode } = this.#outgoing(request, claim, newBucket);
    const host = this.#upstream.host;
    const url = new URL(path, this.#upstream);
    const signable: Signable = {
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers: { ...headers, host },
    };
    const hash = newBucket || decode ? unsignedPayload : (claim?.payloadHash ?? unsignedPayload);
    const signed = claim ? signedHeaders(signable, this.#root, hash, new Date()) : signable.headers;

    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = httpRequest(url, { method: signable.method, headers: signed, path }, resolve);
    outgoing.on("error", reject);
    if (newBucket) outgoing.end();
    else if (decode) pipeline(request, new AwsChunkedDecoder(), outgoing).catch(reject);
    else pipeline(request, outgoing).catch(reject);
    const incoming = await promise;
    const { connection: _, "keep-alive": __, ...shown } = incoming.headers;
    const status = incoming.statusCode ?? 500;
    if (status === 200 && writesObject(signable.method, address))
      this.#written(address.bucket, decodeURIComponent(address.key));
    const written = versionTime(String(shown["x-amz-version-id"]));
    if (written && shown["last-modified"]) shown["last-modified"] = written.toUTCString();
    if (edit) sendXml(response, status, edit(await text(incoming)));
    else {
      const { headers: sent, body } = this.#damage(request, address, status, shown) ?? {};
      response.writeHead(status, sent ?? shown);
      await (body ? pipeline(incoming, body, response) : pipeline(incoming, response));
    }
    return status;
  }

  /** Only what is read: an object whose head was asked for comes later. */
  #damage({ method, url }: IncomingMessage, { key }: Address, status: number, headers: IncomingHttpHeaders) {
    if (method !== "GET" || key === "" || status >= 300) return undefined;
    const kind = (["flipped-byte", "truncated-object"] as const).find((name) =>
      this.#world.faults.hits(name, "spaces", `${method} ${url}`),
    );
    return kind && damaged(kind, headers);
  }

  #outgoing(request: IncomingMessage, claim: Claim | undefined, newBucket: boolean) {
    const headers = plainHeaders(request);
    for (const name of notForwarded) delete headers[name];
    const decode = claim?.payloadHash.startsWith("STREAMING-AWS4") ?? false;
    if (decode) unpacked(headers);
    // Pulumi's S3 client writes this in a checksum's place where there is no TLS.
    if (headers["x-amz-checksum-sha256"] === unsignedPayload) {
      delete headers["x-amz-checksum-sha256"];
      delete headers["x-amz-sdk-checksum-algorithm"];
    }
    if (newBucket) {
      // The region in the body is ours: the server behind gets none, nor its checksums.
      for (const name of Object.keys(headers)) if (/^content-md5$|checksum/.test(name)) delete headers[name];
      headers["content-length"] = "0";
      // Spaces takes ACLs on every bucket; the server behind only on one that says so.
      headers["x-amz-object-ownership"] = "BucketOwnerPreferred";
    }
    return { headers, decode };
  }
}

const everything: readonly Grant[] = [{ bucket: "", permission: "fullaccess" }];

/** Hop by hop, or signed for the front. */
const notForwarded =
  "authorization connection expect host keep-alive proxy-authorization proxy-connection transfer-encoding x-amz-content-sha256 x-amz-date x-amz-security-token".split(
    " ",
  );

/** Whether a request makes a new version of an object, all at once or of parts that came before. */
const writesObject = (method: string, { key, query }: Address): boolean =>
  key !== "" &&
  ((method === "PUT" && !query.has("uploadId") && !asksSetting(query)) ||
    (method === "POST" && query.has("uploadId")));

/** The headers of a body that is no longer `aws-chunked`. */
function unpacked(headers: Record<string, string>): void {
  headers["content-length"] = headers["x-amz-decoded-content-length"] ?? "0";
  const codings = (headers["content-encoding"] ?? "").split(",").map((one) => one.trim());
  const rest = codings.filter((one) => one !== "" && one !== "aws-chunked");
  if (rest.length > 0) headers["content-encoding"] = rest.join(",");
  else delete headers["content-encoding"];
  delete headers["x-amz-decoded-content-length"];
  delete headers["x-amz-trailer"];
}

const plainHeaders = ({ headersDistinct }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(",")]),
  );

const toSignable = (request: IncomingMessage, { path, query }: Address): Signable => ({
  method: request.method ?? "GET",
  path,
  query,
  headers: plainHeaders(request),
});

function sendXml(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) })
    .end(body);
}

/** Whether the request's address can be read at all: clients can send what is no URL. */
function isReadable({ url = "/", headers }: IncomingMessage): boolean {
  return URL.canParse(url, `http://${headers.host ?? "localhost"}`);
}
