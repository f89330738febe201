import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { type Looks, looks as realLooks } from "../deploy/gate.ts";
import { interruptions } from "../deploy/interruptions.ts";
import { onlyRows } from "../sandbox-machines.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import type { Context, Outcome } from "../verb.ts";
import { drillOf } from "./drill.ts";
import { runScript } from "./machine.ts";
import type { Proof } from "./proof.ts";
import { type Drill, type List, listSchema, type Now, nowSchema } from "./schema.ts";
import { drillText, nowText } from "./text.ts";

/** What the first backup and drill are made by: the real ways, or what a scene gives in their place. */
export interface Ways {
  read: typeof readStack;
  list: (reading: PlatformReading, signal: AbortSignal) => Promise<List>;
  now: (reading: PlatformReading, signal: AbortSignal) => Promise<Now>;
  drill: (reading: PlatformReading, signal: AbortSignal) => Promise<Drill>;
}

const waysOf = ({ progress }: Context): Ways => ({
  read: readStack,
  list: (reading, signal) =>
    runScript(reading, ["odoo-backup.sh", "list"], {
      signal,
      progress,
      title: "Asking the bucket for backups of before",
      schema: listSchema,
    }),
  now: (reading, signal) =>
    runScript(reading, ["odoo-backup.sh", "now"], {
      signal,
      progress,
      title: "Making the first backup",
      schema: nowSchema,
    }),
  drill: (reading, signal) => drillOf(reading, { signal, progress }),
});

/** What was found, and done for it. */
interface First {
  /** Points that the bucket had already: of a machine that is gone. */
  found: number;
  backup: Now | null;
  drill: Drill | null;
}

/**
 * Production is not brought up before it has a backup, and the proof that it can be restored: what an update of it ends with,
 * as long as there is none. Nothing is done where both are there, or nothing runs behind the stack's rows.
 */
export async function withFirstBackup(
  context: Context,
  settings: Settings,
  outcome: Outcome,
  looks: Pick<Looks, "proof" | "unseen"> = realLooks,
  ways: Ways = waysOf(context),
): Promise<Outcome> {
  const { stack } = context;
  const { platform, host } = settings;
  if (platform.environment !== "production" || host.kind === "app") return outcome;
  if ((looks.unseen(stack, settings) ?? onlyRows()) !== undefined) return outcome;
  const hear = interruptions();
  // They have a time of their own, unless somebody has said how long all of it may take.
  const own = process.env["TIMEOUT"] === undefined ? [] : [context.signal];
  const signal = AbortSignal.any([hear.signal, ...own]);
  try {
    return added(stack, outcome, await firstOf(stack, { looks, ways, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      "unhealthy",
      `${stack} is up, but it is not known to be backed up\n${error.message}`,
      {
        hint: error.hint ?? "The same command goes on from here.",
        next: error.next ?? `platform backup now --stack ${stack}`,
        cause: error,
      },
    );
  } finally {
    hear.end();
  }
}

async function firstOf(
  stack: string,
  { looks, ways, signal }: { looks: Pick<Looks, "proof">; ways: Ways; signal: AbortSignal },
): Promise<First | undefined> {
  const reading = await ways.read(stack, signal);
  const proof: Proof = await looks.proof(reading, signal);
  if (proof.newest && proof.provenAt !== undefined) return undefined;
  const first: First = { found: 0, backup: null, drill: null };
  if (!proof.newest) {
    const list = await ways.list(reading, signal);
    first.found = list.points.length;
    // They are of a machine that is gone: what to do with them is for a person to say.
    if (first.found > 0) return first;
    first.backup = await ways.now(reading, signal);
    if (!first.backup.ok) return first;
  }
  first.drill = await ways.drill(reading, signal);
  return first;
}

function added(stack: string, outcome: Outcome, first: First | undefined): Outcome {
  if (!first) return outcome;
  const { found, backup, drill } = first;
  const isWell = (backup?.ok ?? true) && (drill?.ok ?? true);
  const texts = [
    outcome.text,
    ...(backup ? [nowText(stack, backup)] : []),
    ...(drill ? [drillText(stack, drill)] : []),
    ...(found > 0 && !backup
      ? [
          `${stack}: the bucket has ${found} restore points, and this machine none of its own. Restore, or begin anew with platform backup now --new-database.`,
        ]
      : []),
  ];
  const next =
    found > 0 && !backup
      ? `platform restore --to latest --stack ${stack}`
      : `platform backup ${backup && !backup.ok ? "now" : "drill"} --stack ${stack}`;
  return {
    ...outcome,
    ...(isWell ? {} : { exit: "unhealthy" as const }),
    json: { ...outcome.json, firstBackup: first },
    text: texts.join("\n\n"),
    ...(isWell && found === 0 ? {} : { next }),
  };
}
