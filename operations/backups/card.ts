import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { onlyRows } from "../sandbox-machines.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";

/** What the card says of a stack's backups: asked beside the preview, which takes longer. Never throws. */
export async function backupOf(stack: string, settings: Settings, signal: AbortSignal): Promise<string> {
  const { looks } = await import("../deploy/gate.ts");
  // An app that is a row still has a cluster which the emulated API tells of.
  const unseen = settings.host.kind === "droplet" ? (looks.unseen(stack, settings) ?? onlyRows()) : undefined;
  if (unseen !== undefined) return `not known: ${unseen}`;
  try {
    return await backupText(await readStack(stack, signal), signal);
  } catch (error) {
    return error instanceof UserError && error.exit === "noSuchStack" ? "none yet" : notKnown(error);
  }
}

/** The same of a stack that was read already. Never throws. */
async function backupText(reading: PlatformReading, signal: AbortSignal): Promise<string> {
  const { proofOf, proofText } = await import("./proof.ts");
  return await proofOf(reading, signal).then((proof) => proofText(proof), notKnown);
}

const notKnown = (error: unknown): string =>
  `not known: ${error instanceof UserError ? error.message.split("\n")[0] : "it could not be asked"}`;
