import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Known, lastDrill, parseKnown } from "./known.ts";
import { age, drillDays, hoursSince, isAhead, newestHours } from "./limits.ts";
import { providerBackups } from "./provider.ts";

/** What stands behind a stack's data, should a change go wrong. */
export interface Proof {
  /** Undefined: there is none. */
  newest: { id: string; at: string } | undefined;
  /** When one was last restored and served, ISO 8601. */
  provenAt: string | undefined;
  /** Why none can be, in a sentence. */
  unprovable?: string;
}

const askSeconds = 8;
const connectSeconds = 4;

/** What a machine knows of its backups; undefined where they are not set up. @throws {UserError} failed, badInput */
export async function knownOf(reading: PlatformReading, signal: AbortSignal): Promise<Known | undefined> {
  const script = `${readFileSync(join(root, "host", "probe", "backups.sh"), "utf8")}\nbackups\n`;
  return await onMachineOf(reading, { signal, connectSeconds }, async (machine) => {
    const { exitCode, stdout, stderr } = await machine.run(script, { seconds: askSeconds });
    if (exitCode === 0) return parseKnown(stdout);
    throw new UserError(
      "failed",
      `${reading.stack}: its machine does not tell its backups (${stderr.trim()})`,
    );
  });
}

/** Asks the machine, or on App Platform the provider. @throws {UserError} as `knownOf` */
export async function proofOf(reading: PlatformReading, signal: AbortSignal): Promise<Proof> {
  if (reading.outputs.hostKind === "app") {
    const { cluster, backups } = await providerBackups(reading.outputs.hostId);
    const [newest] = backups;
    return {
      newest: newest ? { id: cluster, at: newest.at } : undefined,
      provenAt: undefined,
      unprovable: "on App Platform there is no machine to restore it on",
    };
  }
  return proofFrom(await knownOf(reading, signal));
}

export function proofFrom(known: Known | undefined): Proof {
  const [newest] = known?.list?.points ?? [];
  return {
    newest: newest ? { id: newest.id, at: newest.at } : undefined,
    provenAt: known ? lastDrill(known) : undefined,
  };
}

/** What is missing for a change that may go wrong, each with the verb that brings it; none where all is fresh. */
export function proofFaults(
  { newest, provenAt, unprovable }: Proof,
  now: Date,
): { fault: string; verb: "backup now" | "backup drill" }[] {
  return [
    ...newestFault(newest, now).map((fault) => ({ fault, verb: "backup now" as const })),
    ...(unprovable === undefined ? drillFault(provenAt, now) : []).map((fault) => ({
      fault,
      verb: "backup drill" as const,
    })),
  ];
}

function newestFault(newest: Proof["newest"], now: Date): string[] {
  if (!newest) return ["there is no backup"];
  if (isAhead(newest.at, now))
    return [`the newest backup (${newest.id}) is of a time that has not come: a clock is wrong`];
  const hours = hoursSince(newest.at, now);
  return hours > newestHours ? [`the newest backup is ${age(hours)} old, over ${newestHours} h`] : [];
}

function drillFault(provenAt: string | undefined, now: Date): string[] {
  if (provenAt === undefined) return ["no backup was ever proven by a drill"];
  if (isAhead(provenAt, now)) return ["the last drill is of a time that has not come: a clock is wrong"];
  const hours = hoursSince(provenAt, now);
  return hours > drillDays * 24 ? [`the last good drill was ${age(hours)} ago, over ${drillDays} days`] : [];
}

/** "3 h old (20261126-020000), proven 12 days ago", for the card. */
export function proofText({ newest, provenAt, unprovable }: Proof, now: Date = new Date()): string {
  if (!newest) return "none yet";
  const proven =
    unprovable !== undefined
      ? `not proven: ${unprovable}`
      : provenAt === undefined
        ? "not proven yet"
        : `proven ${age(hoursSince(provenAt, now))} ago`;
  return `${age(hoursSince(newest.at, now))} old (${newest.id}), ${proven}`;
}
