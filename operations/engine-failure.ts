import { UserError } from "../user-error.ts";
import type { EngineReport, Violation } from "./engine-events.ts";
import { nameOf } from "./engine-events.ts";
import type { LogFile } from "./log-file.ts";

interface Failed {
  stack: string;
  kind: string;
  report: EngineReport;
  log: LogFile;
  signal: AbortSignal;
  /** Somebody else holds the engine's own lock. */
  locked: boolean;
}

/** Somebody else is changing the stack, so nothing was changed here. */
export const isLocked = (error: unknown): boolean => error instanceof UserError && error.exit === "locked";

/**
 * Says why a run of the engine failed. It reads events and errors, never the engine's text or exit status, because the
 * Automation API reports the same status for every failure.
 *
 * @param thrown what the program threw, if it did
 * @param cause what the Automation API threw
 */
export function engineFailure(failed: Failed, thrown: unknown, cause: unknown): unknown {
  const { stack, kind, report, log, signal, locked } = failed;
  if (thrown !== undefined) return thrown;
  // main.ts names the step and the time.
  if (signal.aborted) return cause;
  const broken = report.violations.filter(({ mandatory }) => mandatory);
  if (broken.length > 0) return refusal(stack, broken, kind);
  if (locked) {
    const who = lockLines(cause).map((line) => `\n  ${line}`);
    const message = `${stack}: another update is running, or was killed and left its lock behind${who.join("")}`;
    return new UserError("locked", message, {
      hint: 'If none is running: "pulumi cancel" takes the lock away.',
      cause,
    });
  }
  const errors = report.errors.length > 0 ? report.errors.map(firstLines) : log.tail(10);
  const message = [`${stack}: ${kind} failed`, ...errors.slice(-10).map((line) => `  ${line}`)].join("\n");
  return new UserError("failed", message, {
    hint: `The whole log: ${log.path}`,
    next: nextAfter(kind, stack),
    cause,
  });
}

/** Whose lock it is, in the engine's own words: self-managed backends name user, host, process and time. */
const lockLines = (cause: unknown): string[] =>
  (cause as Error).message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /created by|another update/i.test(line))
    .slice(0, 3);

/** An update that breaks policies. */
export class PolicyRefusal extends UserError {
  /** Which, by name. */
  readonly policies: string[];

  constructor(message: string, policies: string[]) {
    super("policyViolation", message, { hint: "docs/policies.md tells each rule." });
    this.policies = policies;
  }
}

/** The refusal of an update that breaks policies. */
export function refusal(stack: string, broken: Violation[], kind = "preview"): PolicyRefusal {
  // Some values are known only while the update makes them, so a policy can see them no sooner.
  const where =
    kind === "preview" ? "nothing was changed" : "the update stopped there, and what was done stays";
  const count = broken.length === 1 ? "a policy" : `${broken.length} policies`;
  const lines = broken.map(
    ({ policy, urn, message }) => `  ${policy}${urn ? ` (${nameOf(urn)})` : ""}: ${message}`,
  );
  const policies = [...new Set(broken.map(({ policy }) => policy))];
  return new PolicyRefusal([`${stack} breaks ${count}; ${where}:`, ...lines].join("\n"), policies);
}

/** The cause, and the ten lines of a log that a script shows with it. */
const firstLines = (text: string): string => text.split("\n").slice(0, 14).join("\n  ");

const nextAfter = (kind: string, stack: string): string =>
  kind === "up"
    ? `platform doctor --stack ${stack}, then platform up --stack ${stack} again: it goes on from here`
    : `platform doctor --stack ${stack}`;
