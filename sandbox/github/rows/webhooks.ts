import type { Time } from "./time.ts";

export interface Webhook {
  id: number;
  repository: number;
  active: boolean;
  events: string[];
  config: { url: string; content_type: "json" | "form"; insecure_ssl: string; secret?: string };
  last_response: { code: number | null; status: string; message: string | null };
  created_at: Time;
  updated_at: Time;
}

export interface Delivery {
  id: number;
  hook: number;
  guid: string;
  delivered_at: Time;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  /** "OK", or what went wrong. */
  status: string;
  /** 0 when there was no answer. */
  status_code: number;
  event: string;
  action: string | null;
  repository: number;
  url: string;
  request: { headers: Record<string, string>; payload: Record<string, unknown> };
  response: { headers: Record<string, string>; payload: string };
}
