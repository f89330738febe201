import { createHmac } from "node:crypto";
import * as z from "zod";

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\0]*$/, "holds a zero byte");

/** The keys of a payload as they are signed. GitHub takes ten keys at most, in less than 64 KB. */
export const dispatchSchema = z.strictObject({
  branch: z
    .string()
    .max(255)
    .regex(/^[\w][\w./-]*$/, "is not a branch"),
  commit_message: line(4000),
  // The inputs of a workflow that is started by hand are texts.
  task_id: z.preprocess(
    (value) => (typeof value === "string" && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value),
    z.int().min(1).max(2_147_483_647),
  ),
  environment: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9][\w.-]*$/, "is not an environment"),
  image_tag: z.string().regex(/^[\w][\w.-]{0,127}$/, "is not a tag"),
  initiated_by: line(200),
  nonce: z.string().regex(/^[0-9a-f]{32,64}$/, "is not 32 to 64 hex digits"),
  expires: z.iso.datetime({ precision: 0, error: "is not a time like 2026-11-26T14:00:00Z" }),
  signature: z.string().regex(/^[0-9a-f]{64}$/, "is not 64 hex digits"),
});

/** What asks for a deployment from outside: `client_payload` of GitHub's repository_dispatch, or a workflow's inputs. */
export interface Dispatch {
  branch: string;
  commit_message: string;
  /** Of the task in Odoo that was approved. */
  task_id: number;
  environment: string;
  image_tag: string;
  initiated_by: string;
  /** Hex digits, good for one time. */
  nonce: string;
  /** ISO 8601, UTC. */
  expires: string;
  /** HMAC-SHA256 over all the rest, 64 hex digits. */
  signature: string;
}

export type Unsigned = Omit<Dispatch, "signature">;

/** Says what is signed, and in which form: a signature of something else with the same secret is none of a dispatch. */
const purpose = "odoo-platform dispatch v1\n";

/**
 * The text that is signed: the purpose, then JSON of all keys but the signature, in the alphabet's order, each value as a
 * text, without white space. Python, jq and this make the same of it (docs/incidents.md).
 */
export function canonical(payload: Unsigned): string {
  const texts = Object.entries(payload)
    .filter(([key]) => key !== "signature")
    .map(([key, value]) => [key, String(value)] as const);
  return purpose + JSON.stringify(Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The signature of a payload: HMAC-SHA256, as hex digits. */
export const signatureOf = (payload: Unsigned, secret: string): string =>
  createHmac("sha256", secret).update(canonical(payload), "utf8").digest("hex");

export const signed = (payload: Unsigned, secret: string): Dispatch => ({
  ...payload,
  signature: signatureOf(payload, secret),
});
