import type { S3Client } from "@aws-sdk/client-s3";

import { HttpError, retryAfter, send, until, type Manners, type Pace } from "../protocol/http.ts";
import type { Call } from "../protocol/plugin.ts";
import { asText, isRecord } from "../protocol/values.ts";
import { spacesClient } from "./spaces-client.ts";

/** DigitalOcean's API as one call of the engine sees it. Paths are below `/v2`. */
export interface DigitalOcean {
  readonly call: Call;
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
  readonly put: <T>(path: string, body: unknown) => Promise<T>;
  readonly patch: <T>(path: string, body: unknown) => Promise<T>;
  readonly delete: (path: string, body?: unknown) => Promise<void>;
  /** Waits until `look` finds what the sentence says. */
  readonly until: <T>(what: string, look: () => Promise<T | undefined>) => Promise<T>;
  /** Object storage of a region. Throws when there are no keys for it. */
  readonly spaces: (region: string) => S3Client;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The provider's configuration goes before the environment, under the official plugin's names for both. */
export function connect(env: Environment, pace: Pace) {
  return (settings: Record<string, string>): ((call: Call) => DigitalOcean) => {
    const endpoint = settings["apiEndpoint"] || env["DIGITALOCEAN_API_URL"] || "https://api.digitalocean.com";
    const token = settings["token"] || env["DIGITALOCEAN_TOKEN"] || env["DIGITALOCEAN_ACCESS_TOKEN"] || "";
    const manners = godo(env);
    const headers = {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      "user-agent": "odoo-platform-stand-in (digitalocean)",
    };
    return (call) => {
      const request = <T>(method: string, path: string, body?: unknown): Promise<T> => {
        const url = new URL(`/v2${path}`, endpoint).href;
        return send({ method, url, headers, body }, manners, call.signal) as Promise<T>;
      };
      return {
        call,
        get: (path) => request("GET", path),
        post: (path, body) => request("POST", path, body),
        put: (path, body) => request("PUT", path, body),
        patch: (path, body) => request("PATCH", path, body),
        delete: (path, body) => request("DELETE", path, body),
        until: (what, look) => until(call, pace, what, look),
        spaces: spacesClient(settings, env),
      };
    };
  };
}

/** Retries as godo does for the official plugin, its environment variables included (waits in seconds). */
function godo(env: Environment): Manners {
  const setting = (name: string, fallback: number): number =>
    Number(env[`DIGITALOCEAN_HTTP_RETRY_${name}`] ?? fallback);
  const [retries, least, most] = [setting("MAX", 4), setting("WAIT_MIN", 1), setting("WAIT_MAX", 30)];
  return {
    patience: (failed, attempt) => {
      if (attempt >= retries) return undefined;
      const backOff = Math.min(least * 2 ** attempt, most) * 1000;
      if (!(failed instanceof HttpError)) return backOff;
      if (failed.status === 429 || failed.status === 503) return retryAfter(failed.headers) ?? backOff;
      return failed.status >= 500 && failed.status !== 501 ? backOff : undefined;
    },
    explain: (body) => {
      if (!isRecord(body)) return asText(body);
      const request = body["request_id"] ? `(request ${JSON.stringify(body["request_id"])}) ` : "";
      return `${request}${asText(body["message"])}`;
    },
  };
}

/** An id in a path. */
export const segment = (id: unknown): string => encodeURIComponent(String(id));
