import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { encode } from "./address.ts";
import { S3Error } from "./errors.ts";

/**
 * AWS Signature Version 4, both ways: checking what a client signed, and signing anew for the server behind the front.
 * Signers are libraries, a verifier is not, and the two share their canonical form, so it is written out here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface Signable {
  method: string;
  /** Percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** By lower-case name; values of a repeated header joined by a comma. */
  headers: Record<string, string>;
}

export interface AccessKey {
  accessKey: string;
  secretKey: string;
}

/** What a client claims: which key, over which headers, when, and the signature. */
export interface Claim {
  accessKey: string;
  /** DATE/REGION/SERVICE/aws4_request */
  scope: string;
  signedHeaders: string[];
  signature: string;
  /** As 20260101T000000Z. */
  moment: string;
  /** Seconds for which a presigned URL holds. */
  expires: number | undefined;
  payloadHash: string;
}

const algorithm = "AWS4-HMAC-SHA256";
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/** The claim in the Authorization header or in a presigned URL; undefined for an anonymous request. */
export function readClaim({ headers, query }: Signable): Claim | undefined {
  const header = headers["authorization"];
  const [credential, signed, signature] = header
    ? ["Credential", "SignedHeaders", "Signature"].map(
        (name) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1],
      )
    : ["X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature"].map(
        (name) => query.get(name) ?? undefined,
      );
  if (header === undefined && signature === undefined) return undefined;
  const [accessKey, ...scope] = credential?.split("/") ?? [];
  const moment = headers["x-amz-date"] ?? query.get("X-Amz-Date");
  const isWhole =
    (!header || header.startsWith(algorithm)) && accessKey && scope.length === 4 && signed && signature;
  if (!isWhole || !moment) throw new S3Error("AuthorizationHeaderMalformed");
  return {
    accessKey,
    scope: scope.join("/"),
    signedHeaders: signed.split(";"),
    signature,
    moment,
    expires: header ? undefined : Number(query.get("X-Amz-Expires") ?? "0"),
    payloadHash: headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256") ?? unsignedPayload,
  };
}

/** Throws unless the claim was made with that secret, over this request, just now or within its validity. */
export function verify(request: Signable, claim: Claim, secretKey: string, now: Date): void {
  const age = (now.getTime() - momentOf(claim.moment)) / 1000;
  if (claim.expires === undefined ? Math.abs(age) > 900 : age > claim.expires)
    throw new S3Error(claim.expires === undefined ? "RequestTimeTooSkewed" : "AccessDenied");
  const right = Buffer.from(sign(request, claim, secretKey));
  const given = Buffer.from(claim.signature);
  if (right.length !== given.length || !timingSafeEqual(right, given))
    throw new S3Error("SignatureDoesNotMatch");
}

/** The headers that sign a request for the server behind, which checks them again. */
export function signedHeaders(
  request: Signable,
  { accessKey, secretKey }: AccessKey,
  payloadHash: string,
  now: Date,
): Record<string, string> {
  const moment = now.toISOString().replace(/[:-]|\.\d+/g, "");
  const scope = `${moment.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const headers = { ...request.headers, "x-amz-date": moment, "x-amz-content-sha256": payloadHash };
  const names = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  const claim = { scope, signedHeaders: names.sort(), moment, payloadHash };
  const signature = sign({ ...request, headers }, claim, secretKey);
  const authorization = `${algorithm} Credential=${accessKey}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

type Signing = Pick<Claim, "scope" | "signedHeaders" | "moment" | "payloadHash">;

function sign(
  request: Signable,
  { scope, signedHeaders, moment, payloadHash }: Signing,
  secretKey: string,
): string {
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
  const text = [algorithm, moment, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = scope
    .split("/")
    .reduce<Buffer>(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      Buffer.from(`AWS4${secretKey}`),
    );
  return createHmac("sha256", key).update(text).digest("hex");
}

/** Each part decoded and encoded again, so that it does not matter what a client left unencoded on the wire. */
const canonicalPath = (path: string): string =>
  path
    .split("/")
    .map((part) => encode(decode(part)))
    .join("/");

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return part;
  }
}

const momentOf = (moment: string): number =>
  Date.parse(moment.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"));
