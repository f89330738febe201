import { gateName, type Guard, requireProof } from "../backups/gate.ts";
import type { UpdateRecord } from "../overlay.ts";
import type { Trip } from "./trip.ts";

/**
 * The data must be safe before they are risked. It is told and kept in the evidence what is behind them; and in the history
 * too, where somebody went on without it.
 *
 * @throws {UserError} policyViolation; never for a way back
 */
export function passedOver(
  { context, settings, evidence, verb }: Trip,
  guard: Guard,
): UpdateRecord["override"] {
  const { stack, options, progress } = context;
  const asked = options["override"];
  const reason = typeof asked === "string" && asked.trim() !== "" ? asked : undefined;
  evidence.note("backups", { ...guard.proof, text: guard.text, faults: guard.faults });
  if (guard.faults.length === 0) return undefined;
  const given = verb === "rollback" ? (reason ?? "it is a way back") : reason;
  const warning = requireProof(guard, { stack, settings, override: given });
  if (warning !== undefined) progress.note(`${warning}.`);
  if (reason === undefined || settings.platform.environment !== "production") return undefined;
  evidence.note("override", { reason, policies: [gateName] });
  return { reason, policies: [gateName] };
}
