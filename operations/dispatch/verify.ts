import { timingSafeEqual } from "node:crypto";
import { UserError } from "../../user-error.ts";
import { type Dispatch, dispatchSchema, signatureOf } from "./payload.ts";

/** How far the clocks of who signs and who verifies may be apart. */
const skewMs = 60_000;
/** A payload may wait for an approval, and not for longer: what is used once must be remembered as long as it is good. */
export const longestLifetimeMs = 24 * 3_600_000;

export interface Expected {
  /** The secret, and while it is being replaced the one before. */
  secrets: readonly string[];
  /** What the payload may call the stack: its name, and its environment. */
  environments: readonly string[];
  now: Date;
}

/**
 * Whether a payload was signed by somebody who has the secret, for this stack and for now. What it was used for already
 * is asked elsewhere (nonce.ts).
 * @throws {UserError} badInput for what is no payload, or is for another stack; notAuthenticated for one that is not good
 */
export function verify(payload: unknown, { secrets, environments, now }: Expected): Dispatch {
  const parsed = dispatchSchema.safeParse(payload);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
    throw new UserError("badInput", `the dispatch is no payload of a deployment\n  ${faults.join("\n  ")}`);
  }
  const dispatch = parsed.data;
  if (!isGenuine(dispatch, secrets)) {
    const hint = "It was altered on the way, or signed with another secret than webhookSecret.";
    throw new UserError("notAuthenticated", "the dispatch's signature is not good", { hint });
  }
  const left = Date.parse(dispatch.expires) - now.getTime();
  if (left < -skewMs) {
    const hint = "Approve the task again: that makes a new one.";
    throw new UserError("notAuthenticated", `the dispatch has expired, at ${dispatch.expires}`, { hint });
  }
  if (left > longestLifetimeMs + skewMs) {
    const message = `the dispatch would be good until ${dispatch.expires}; a day is the most`;
    throw new UserError("notAuthenticated", message);
  }
  if (!environments.includes(dispatch.environment)) {
    const message = `the dispatch is for ${dispatch.environment}, and this stack is ${environments.join(" or ")}`;
    throw new UserError("badInput", message);
  }
  return dispatch;
}

/** Compares with every secret, in a time that tells nothing. */
function isGenuine(dispatch: Dispatch, secrets: readonly string[]): boolean {
  const given = Buffer.from(dispatch.signature, "hex");
  const good = secrets.filter((secret) =>
    timingSafeEqual(given, Buffer.from(signatureOf(dispatch, secret), "hex")),
  );
  return good.length > 0;
}
