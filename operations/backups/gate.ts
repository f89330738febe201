import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import type { Looks } from "../deploy/gate.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Proof, proofFaults, proofText } from "./proof.ts";

/** What was found of a stack's backups before a change. */
export interface Guard {
  /** For the card. */
  text: string;
  proof: Proof | null;
  /** What is missing: a release to production is refused for it. */
  faults: string[];
  /** The command that brings the first of it. */
  next: string | undefined;
  /** Nobody could be asked, because nothing runs behind the rows of a sandbox. */
  unseen: boolean;
}

/** Never throws but when it is stopped: what cannot be asked is a fault of its own. */
export async function guardOf(
  { proof: ask, unseen: cannot }: Pick<Looks, "proof" | "unseen">,
  reading: PlatformReading | undefined,
  { stack, settings, signal }: { stack: string; settings: Settings; signal: AbortSignal },
): Promise<Guard> {
  const nothing = { proof: null, faults: [], next: undefined, unseen: true };
  if (!reading) return { ...nothing, text: "none yet" };
  const unseen = cannot(stack, settings);
  if (unseen !== undefined) return { ...nothing, text: `not known: ${unseen}` };
  try {
    const proof = await ask(reading, signal);
    const found = proofFaults(proof, new Date());
    return {
      text: proofText(proof),
      proof,
      faults: found.map(({ fault }) => fault),
      next: found[0] && `platform ${found[0].verb} --stack ${stack}`,
      unseen: false,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    const why = `not known: ${error.message.split("\n")[0]}`;
    return { text: why, proof: null, faults: [`its backups are ${why}`], next: error.next, unseen: false };
  }
}

/** The name under which history and evidence keep that this was passed over. */
export const gateName = "fresh-backup";

/**
 * Refuses a release to production without a fresh backup and a fresh proof that it can be restored, unless somebody says why
 * it must go all the same. Elsewhere nothing is refused.
 *
 * @returns what to warn of
 * @throws {UserError} policyViolation
 */
export function requireProof(
  { faults, next }: Guard,
  { stack, settings, override }: { stack: string; settings: Settings; override: string | undefined },
): string | undefined {
  if (faults.length === 0) return undefined;
  const told = faults.join("; ");
  if (settings.platform.environment !== "production" || override !== undefined) return `${stack}: ${told}`;
  throw new UserError(
    "policyViolation",
    `${stack}: ${told}; production takes a release only with a fresh backup that was proven`,
    {
      hint: "Nothing was changed. --override REASON deploys all the same; the reason is kept in the history and the evidence.",
      next: next ?? `platform backup list --stack ${stack}`,
    },
  );
}
