import { type Release, imageReference } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { Ran } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { shellWord } from "../../shell-word.ts";

/** What bringing an image would do on a machine, as `odoo-plan.sh` says it. */
export interface Plan {
  kind: "first" | "code" | "modules";
  modules: string[];
  /** How long trying the update on a copy took; null where that was not asked for. */
  rehearsalSeconds: number | null;
  /** The image was not there yet. */
  pulled: boolean;
}

/** A copy of database and filestore on the machine. */
export interface Copy {
  id: string;
  madeAt: string;
  /** Reference of the image that ran before. */
  image: string;
  bytes: number;
  files: number;
}

/** What going back to a copy would lose. Counts are null where Postgres has forgotten them. */
export interface Lost {
  since: string;
  seconds: number;
  tables: { table: string; created: number; changed: number; deleted: number }[] | null;
  rows: number | null;
}

/** Room on the machine's own disk for an image that is pulled, and unpacked; the volume's copies share their blocks. */
const neededMb = { "/": 1500, "/mnt/odoo-data": 256 } as const;

const library = "/usr/local/lib/odoo-platform";
/** Pulling, and a rehearsal, may take long; the verb's own time ends both. */
const planSeconds = 1800;
const askSeconds = 20;
const switchSeconds = 120;
const commandNotFound = 127;

export interface PlanOptions {
  signal: AbortSignal;
  /** Tries the update on a copy of the data too. */
  rehearse?: boolean;
}

/**
 * Looks for room, pulls the image, and says what bringing it would do; undefined where the machine cannot tell yet, because no
 * update has brought it what that takes.
 *
 * @throws {UserError} failed: no room, an image that cannot be pulled, an update that failed in its rehearsal
 */
export async function planOf(
  reading: PlatformReading,
  release: Release,
  { signal, rehearse = false }: PlanOptions,
): Promise<Plan | undefined> {
  return await onMachineOf(reading, { signal }, async (machine) => {
    requireRoom(reading.stack, (await machine.run(roomScript, { seconds: askSeconds })).stdout);
    const plan = `${library}/odoo-plan.sh ${shellWord(imageReference(release))}${rehearse ? " rehearse" : ""}`;
    const script = `${plan} <<'END_OF_CREDENTIALS'\n${reading.secrets.get("registryCredentials") ?? ""}\nEND_OF_CREDENTIALS\n`;
    const ran = await machine.run(script, { seconds: planSeconds });
    return ran.exitCode === commandNotFound ? undefined : (answerOf(reading.stack, ran) as Plan);
  });
}

/**
 * Sends people back to a release that still stands beside the one that serves, within seconds and before the engine runs.
 * False where the machine refuses: the release is not there any more, or module updates lie between.
 */
export async function switchBack(
  reading: PlatformReading,
  release: Release,
  signal: AbortSignal,
): Promise<boolean> {
  return await onMachineOf(reading, { signal }, async (machine) => {
    const script = `${library}/odoo-back.sh ${shellWord(imageReference(release))}`;
    return (await machine.run(script, { seconds: switchSeconds })).exitCode === 0;
  });
}

/** Copies of the data that the machine keeps, newest first. */
export async function copiesOf(reading: PlatformReading, signal: AbortSignal): Promise<Copy[]> {
  return (await ask(reading, `${library}/odoo-copies.sh list`, signal)) as Copy[];
}

/** What has been written since a copy was made. */
export async function lostSince(reading: PlatformReading, id: string, signal: AbortSignal): Promise<Lost> {
  return (await ask(reading, `${library}/odoo-copies.sh lost ${shellWord(id)}`, signal)) as Lost;
}

/** What has been written since a time, by what Odoo notes on each row; what was deleted it does not know. */
export async function writtenSince(reading: PlatformReading, at: Date, signal: AbortSignal): Promise<Lost> {
  return (await ask(
    reading,
    `${library}/odoo-copies.sh written ${shellWord(at.toISOString())}`,
    signal,
  )) as Lost;
}

async function ask(reading: PlatformReading, script: string, signal: AbortSignal): Promise<unknown> {
  return await onMachineOf(reading, { signal }, async (machine) =>
    answerOf(reading.stack, await machine.run(script, { seconds: askSeconds })),
  );
}

const roomScript = Object.keys(neededMb)
  .map((path) => `df --block-size=1M --output=avail ${path} 2>/dev/null | tail -n 1 | sed 's#^#${path} #'`)
  .join("\n");

/** @throws {UserError} failed, where one of the machine's disks has too little room */
export function requireRoom(stack: string, answer: string): void {
  for (const line of answer.split("\n")) {
    const [path = "", free = ""] = line.trim().split(/\s+/);
    const needed = neededMb[path as keyof typeof neededMb];
    if (needed === undefined || free === "" || Number(free) >= needed) continue;
    throw new UserError(
      "failed",
      `${stack}: ${path} of its machine has ${free} MB left, a release wants ${needed} MB`,
      {
        hint: "Nothing was changed. Make room there, or give the stack a larger size or volume.",
        next: `platform health --stack ${stack}`,
      },
    );
  }
}

/** What a machine refused, or failed at, in its own words. What serves was not touched. */
export class MachineRefusal extends UserError {}

/** The JSON of its last line, or what it said went wrong. */
export function answerOf(stack: string, { exitCode, stdout, stderr }: Ran): unknown {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (exitCode === 0 && last !== "") return JSON.parse(last);
  const said = `${stderr}\n${stdout}`.trim().split("\n").slice(-10);
  throw new MachineRefusal(
    "failed",
    [`${stack}: its machine says no:`, ...said.map((line) => `  ${line}`)].join("\n"),
    {
      hint: "What serves was not touched.",
      next: `platform logs --type deploy --stack ${stack}`,
    },
  );
}
