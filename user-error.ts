import type { ExitName } from "./exit-codes.ts";

/**
 * What went wrong, for a person: printed without a stack. Every other error is a bug and prints one.
 *
 * The message is path, fault and way out; nothing matches on its text, only on `exit`.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Pulumi prints the message alone of an error that says this (RunError of its SDK, not imported for its cost). */
  readonly __pulumiRunError = true;
  /** How the process ends. */
  readonly exit: ExitName;
  /** The way out, where the message does not say it already. */
  readonly hint: string | undefined;
  /** The next command to type, where there is one. */
  readonly next: string | undefined;

  constructor(exit: ExitName, message: string, more: { hint?: string; next?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.exit = exit;
    this.hint = more.hint;
    this.next = more.next;
  }
}

/** What anything that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
