import { interruptions } from "../deploy/interruptions.ts";
import { requireMachines } from "../up.ts";
import { readSettings } from "../project.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import { UserError } from "../../user-error.ts";
import type { Context } from "../verb.ts";

/** What a verb of backups has in hand. */
export interface Session {
  reading: PlatformReading;
  /** Also aborted by Ctrl-C at a terminal: what runs on the machine is ended there. */
  signal: AbortSignal;
}

/**
 * Opens a stack whose backups are made by a machine.
 * @param onApp what is done where there is none
 * @throws {UserError} noSuchStack, notAuthenticated; badInput on App Platform
 */
export async function withMachine<T>(
  context: Context,
  what: string,
  work: (session: Session) => Promise<T>,
  onApp?: (session: Session) => Promise<T>,
): Promise<T> {
  const { stack, progress } = context;
  const hear = interruptions();
  try {
    const signal = AbortSignal.any([context.signal, hear.signal]);
    const reading = await progress.step(`Opening ${stack}`, () => readStack(stack, signal));
    if (reading.outputs.hostKind === "app" && onApp) return await onApp({ reading, signal });
    if (reading.outputs.hostKind === "app")
      throw new UserError("badInput", `${stack}: runs on App Platform, which has no machine to ${what} on`, {
        hint: "DigitalOcean backs its database up each day by itself, and restores any second of the last seven days; files are in Spaces, with their versions.",
        next: `platform backup list --stack ${stack}`,
      });
    requireMachines(stack, readSettings(stack).host.kind);
    return await work({ reading, signal });
  } finally {
    hear.end();
  }
}
