import { createHash, randomBytes } from "node:crypto";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect, getCACertificates, type PeerCertificate } from "node:tls";

/** Where a name is served. Nothing here asks DNS for the name itself. */
export interface Served {
  /** IPv4 address, or the host name that the name points to. */
  address: string;
  /** @default 443 */
  port?: number;
  /** The name, for SNI and the Host header. */
  domain: string;
}

export interface Answer {
  status: number;
  body: string;
  ms: number;
}

/** More than any page that is asked for. */
const longestBody = 1024 * 1024;

// The certificate has a check of its own; one that has run out must not hide whether Odoo answers. No secret is sent.
const optionsFor = ({ address, port = 443, domain }: Served, path: string): RequestOptions => ({
  host: address,
  port,
  path,
  servername: domain,
  headers: { host: domain, "user-agent": "odoo-platform-health" },
  rejectUnauthorized: false,
  agent: false,
});

/** One GET, as a browser would come in. Redirects are not followed. */
export async function get(served: Served, path: string, signal: AbortSignal): Promise<Answer> {
  const started = performance.now();
  return await new Promise((resolve, reject) => {
    const request = httpsRequest({ ...optionsFor(served, path), signal }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (body.length < longestBody) body += text;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, ms: performance.now() - started }),
      );
    });
    request.on("error", reject);
    request.end();
  });
}

/** Upgrades to a websocket and closes it. Answers the status, and whether the other side is really a websocket. */
export async function upgrade(
  served: Served,
  path: string,
  signal: AbortSignal,
): Promise<{ status: number; accepted: boolean; ms: number }> {
  const started = performance.now();
  const key = randomBytes(16).toString("base64");
  const options = optionsFor(served, path);
  const headers = {
    ...(options.headers as Record<string, string>),
    connection: "Upgrade",
    upgrade: "websocket",
    origin: `https://${served.domain}`,
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
  };
  return await new Promise((resolve, reject) => {
    const request = httpsRequest({ ...options, headers, signal });
    request.on("error", reject);
    request.on("upgrade", (response, socket) => {
      socket.on("error", () => {});
      socket.destroy();
      const accepted = response.headers["sec-websocket-accept"] === acceptFor(key);
      resolve({ status: response.statusCode ?? 0, accepted, ms: performance.now() - started });
    });
    request.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, accepted: false, ms: performance.now() - started });
    });
    request.end();
  });
}

// RFC 6455, section 4.2.2.
const acceptFor = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

export interface ServedCertificate {
  validFrom: Date;
  validTo: Date;
  issuer: string;
  /** Why nobody should believe it: a code of Node, "CERT_HAS_EXPIRED"; undefined where all is well. */
  distrust: string | undefined;
}

/** The certificate that is really served for the name, judged by the public authorities and those that are given. */
export async function servedCertificate(
  { address, port = 443, domain }: Served,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<ServedCertificate> {
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      servername: domain,
      ca: [...getCACertificates("default"), ...authorities],
      rejectUnauthorized: false,
    });
    const cut = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener("abort", cut, { once: true });
    socket.once("error", reject);
    socket.once("close", () => signal.removeEventListener("abort", cut));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      // Typed as an Error, and in truth its code.
      const error = socket.authorizationError as unknown as string | null;
      socket.destroy();
      resolve({
        validFrom: new Date(certificate.valid_from),
        validTo: new Date(certificate.valid_to),
        issuer: issuerOf(certificate),
        distrust: socket.authorized ? undefined : String(error),
      });
    });
  });
}

const issuerOf = ({ issuer }: PeerCertificate): string => String(issuer?.CN ?? issuer?.O ?? "nobody");
