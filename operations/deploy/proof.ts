import { gateName, type Guard, requireProof } from "../backups/gate.ts";
import type { UpdateRecord } from "../overlay.ts";
import type { Trip } from "./trip.ts";

/** What --override says; nothing where it says nothing, as an empty variable of a script does. */
export function reasonOf({ override }: Trip["context"]["options"]): string | undefined {
  return typeof override === "string" && override.trim() !== "" ? override : undefined;
}

/**
 * The data must be safe before they are risked. It is told and kept in the evidence what is behind them; and in the history
 * too, where somebody went on without it.
 *
 * @throws {UserError} policyViolation; a commit that never ran is no way back, whichever verb brings it
 */
export function passedOver({ context, settings, evidence }: Trip, guard: Guard): UpdateRecord["override"] {
  const { stack, options, progress } = context;
  const reason = reasonOf(options);
  evidence.note("backups", { ...guard.proof, text: guard.text, faults: guard.faults });
  if (guard.faults.length === 0) return undefined;
  const warning = requireProof(guard, { stack, settings, override: reason });
  if (warning !== undefined) progress.note(`${warning}.`);
  if (reason === undefined || settings.platform.environment !== "production") return undefined;
  evidence.note("override", { reason, policies: [gateName] });
  return { reason, policies: [gateName] };
}
