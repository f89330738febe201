import type * as z from "zod";
import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { Progress } from "../progress.ts";
import type { Ran, SshMachine } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Steps, stepsOf } from "./steps.ts";
import { shellWord } from "../../shell-word.ts";

const library = "/usr/local/lib/odoo-platform";
/** The longest that a script may run; the verb's own time ends it before. */
const longestSeconds = 24 * 3600;
/** What a script that is told to end has for putting away what it had begun. */
const endSeconds = 60;
const commandNotFound = 127;
/** "Temporary failure; try again later": somebody else is at it. */
const busy = 75;

export interface ScriptOptions<T> {
  /** Ends the run on the machine, which puts away what it had begun. */
  signal: AbortSignal;
  progress: Progress;
  /** What is being done before the machine says so itself: "Backing up prod". */
  title: string;
  schema: z.ZodType<T>;
  /** Handed over by standard input: what `ps` must not show. */
  input?: string;
}

/**
 * Runs one of the scripts for backups on a stack's machine, with each line that it says as a step, and answers what it
 * answers, also where it failed and still had something to tell.
 *
 * @param command the script's name and what it is given: ["odoo-backup.sh", "now"]
 * @throws {UserError} failed: in the machine's own words; badInput on App Platform
 */
export async function runScript<T>(
  reading: PlatformReading,
  command: [string, ...string[]],
  { signal, progress, title, schema, input }: ScriptOptions<T>,
): Promise<T> {
  const steps = stepsOf(progress, title);
  try {
    // The connection is not cut by the signal: it is what the run is ended over.
    const ran = await onMachineOf(reading, { signal: aside(signal) }, (machine) =>
      runToItsEnd(machine, scriptOf(command, input), steps, signal),
    );
    signal.throwIfAborted();
    const answer = answerOf(reading.stack, ran, schema);
    const { ok = true, reason } = answer as { ok?: boolean; reason?: string | null };
    await (ok ? steps.end() : steps.fail(new Error(reason ?? "")));
    return answer;
  } catch (error) {
    await steps.fail(error);
    throw error;
  }
}

/** Aborted only where the other is before anything has begun. */
const aside = (signal: AbortSignal): AbortSignal => {
  signal.throwIfAborted();
  return new AbortController().signal;
};

/** Hears what it says, and ends it on the machine when the signal is aborted; then its end is waited for all the same. */
export async function runToItsEnd(
  machine: SshMachine,
  script: string,
  steps: Steps,
  signal: AbortSignal,
): Promise<Ran> {
  let group: string | undefined;
  const hear = (line: string): void => {
    const [, pid] = /^odoo-platform-run (\d+)$/.exec(line) ?? [];
    if (pid === undefined) return steps.say(line.replace(/^[\w-]+: /, ""));
    group = pid;
    if (signal.aborted) end();
  };
  const late = new AbortController();
  const end = (): void => {
    if (group === undefined) return;
    setTimeout(() => late.abort(), endSeconds * 1000).unref();
    // Its own end is what is waited for.
    machine.run(`kill -TERM -- -${group}`, { seconds: endSeconds }).catch(() => {});
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([machine.run(script, { seconds: longestSeconds, hear }), aborted(late.signal)]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** Never answers; fails when the signal is aborted. */
const aborted = async (signal: AbortSignal): Promise<never> =>
  await new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );

/** A session of its own, so that all it started can be told to end at once. What is secret comes by a here-document. */
function scriptOf([name, ...args]: [string, ...string[]], input: string | undefined): string {
  const call = `exec setsid ${library}/${[name, ...args.map(shellWord)].join(" ")}`;
  const heading = `[ -x ${library}/${name} ] || exit ${commandNotFound}\necho "odoo-platform-run $$" >&2\n`;
  return input === undefined
    ? `${heading}${call} </dev/null\n`
    : `${heading}${call} <<'END_OF_INPUT'\n${input}\nEND_OF_INPUT\n`;
}

/** The JSON of its last line, whether it went well or not; else what it said. */
export function answerOf<T>(stack: string, { exitCode, stdout, stderr }: Ran, schema: z.ZodType<T>): T {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (last.startsWith("{")) return parsed(stack, last, schema);
  if (exitCode === commandNotFound)
    throw new UserError("failed", `${stack}: backups are not set up on its machine yet`, {
      next: `platform up --stack ${stack}`,
    });
  const said = stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("odoo-platform-run "))
    .slice(-10);
  throw new UserError(
    exitCode === busy ? "locked" : "failed",
    [`${stack}: its machine says:`, ...said.map((one) => `  ${one}`)].join("\n"),
    {
      next: `platform logs --type deploy --stack ${stack}`,
    },
  );
}

function parsed<T>(stack: string, text: string, schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(jsonOf(text));
  if (success) return data;
  const [issue] = error.issues;
  const where = issue ? `${issue.path.join(".")}: ${issue.message}` : "no JSON";
  throw new UserError("failed", `${stack}: its machine answers what this clone does not know (${where})`, {
    hint: "Machine and clone are of different versions.",
    next: `platform up --stack ${stack}`,
    cause: error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
