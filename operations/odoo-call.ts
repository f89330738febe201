import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import type { PlatformReading } from "./stack-reader.ts";

/** What Odoo answered: the status, and the body where it is JSON. */
export interface OdooAnswer {
  status: number;
  json: Record<string, unknown> | undefined;
}

const longestAnswer = 64 * 1024;

/**
 * Calls the platform's module in Odoo: a POST of JSON, signed with the webhookSecret over time and body. The name is looked
 * up nowhere: it goes to the stack's own address. `ODOO_CALLBACK_URL` names another one to call.
 *
 * @throws Error when nothing answers
 */
export async function callOdoo(
  { outputs, secrets }: PlatformReading,
  path: string,
  body: object,
  signal: AbortSignal,
  now: Date = new Date(),
): Promise<OdooAnswer> {
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    "x-platform-timestamp": timestamp,
    "x-platform-signature": `sha256=${odooSignature(secrets.get("webhookSecret") ?? "", timestamp, text)}`,
  };
  const elsewhere = process.env["ODOO_CALLBACK_URL"];
  const url = new URL(elsewhere === undefined ? outputs.url : elsewhere.replace(/\/$/, ""));
  const target = { path: url.pathname.replace(/\/$/, "") + path, method: "POST", headers, signal };
  const request =
    url.protocol === "http:"
      ? httpRequest({ ...target, host: url.hostname, port: url.port })
      : httpsRequest({
          ...target,
          host: elsewhere === undefined ? outputs.address : url.hostname,
          port: url.port || 443,
          servername: url.hostname,
          headers: { ...headers, host: url.host },
          ca: [...getCACertificates("default"), ...(outputs.trustedCertificates ?? []), ...trustedHere()],
        });
  return await new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        if (answer.length < longestAnswer) answer += part;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, json: parsed(answer) }));
    });
    request.end(text);
  });
}

/** HMAC-SHA256 over "TIMESTAMP.BODY", as hex digits. */
const odooSignature = (secret: string, timestamp: string, body: string): string =>
  createHmac("sha256", secret).update(`${timestamp}.${body}`, "utf8").digest("hex");

function trustedHere(): string[] {
  const file = process.env["PLATFORM_CA_FILE"];
  return file === undefined ? [] : [readFileSync(file, "utf8")];
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
