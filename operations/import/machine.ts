import * as z from "zod";
import { type Release, imageReference } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import { runScript } from "../backups/machine.ts";
import { filesSchema, runSchema } from "../backups/schema.ts";
import { size } from "../backups/text.ts";
import { onMachineOf } from "../machine.ts";
import type { Progress } from "../progress.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { OdooBackup } from "./backup.ts";

/** host/backups/load.sh's. */
const upload = "/mnt/odoo-data/import/backup.zip";

/** What odoo-import.sh answers: a copy of the data on the volume, whole and tried. */
const loadedSchema = runSchema.extend({
  /** Id of the copy; missing where it came to none. */
  copy: z.string().optional(),
  filestore: filesSchema.optional(),
  /** Hosts of the outgoing mail servers that its database has. */
  mailServers: z.array(z.string().nullable()).optional(),
  seconds: z.number().optional(),
});

export type Loaded = z.output<typeof loadedSchema> & { copy: string };

export interface OnMachine {
  reading: PlatformReading;
  release: Release;
  signal: AbortSignal;
  progress: Progress;
}

/**
 * Asks the machine whether it has room for a backup, and the release that serves all its modules; before anything is sent.
 * @throws {UserError} failed, in the machine's words
 */
export async function prepare(
  backup: OdooBackup,
  { reading, release, signal, progress }: OnMachine,
): Promise<void> {
  // Indexes come beside what the dump has, and an update writes much of it once more.
  const bytes = backup.bytes + 3 * backup.dumpBytes + backup.filesBytes;
  const { ok, reason } = await runScript(
    reading,
    ["odoo-import.sh", "prepare", String(bytes), imageReference(release)],
    {
      signal,
      progress,
      title: "Asking the machine whether it can take it",
      schema: runSchema,
      input: [reading.secrets.get("registryCredentials") ?? "", ...backup.modules].join("\n"),
    },
  );
  if (!ok) throw refused(reading.stack, reason);
}

/** @throws {UserError} failed: it did not arrive whole */
export async function send(backup: OdooBackup, { reading, signal, progress }: OnMachine): Promise<void> {
  const whole = size(backup.bytes);
  await progress.step(`Sending ${backup.name}, ${whole}`, (tell) =>
    onMachineOf(reading, { signal }, (machine) =>
      machine.put(backup.path, upload, (bytes) => tell(`${size(bytes)} of ${whole}`)),
    ),
  );
}

/**
 * Has the machine make a copy out of what was sent. What is live is not touched.
 * @param incomplete also where files are missing in it
 * @throws {UserError} failed, in the machine's words
 */
export async function load(
  { reading, release, signal, progress }: OnMachine,
  { series, incomplete }: { series: string; incomplete: boolean },
): Promise<Loaded> {
  const answer = await runScript(
    reading,
    [
      "odoo-import.sh",
      "load",
      imageReference(release),
      series,
      reading.outputs.url,
      ...(incomplete ? ["--incomplete"] : []),
    ],
    { signal, progress, title: "Loading it beside what serves", schema: loadedSchema },
  );
  const { ok, reason, copy } = answer;
  if (ok && copy !== undefined) return { ...answer, copy };
  throw refused(reading.stack, reason);
}

/** Takes away what was sent. Never throws: the next import does so, and the machine's next boot. */
export const clear = (machine: Pick<OnMachine, "reading" | "progress">): Promise<void> =>
  tidy(machine, "Taking the file away from the machine", ["odoo-import.sh", "clear"]);

/** Takes away a copy that will not be brought. Never throws, as above. */
export const forget = (machine: Pick<OnMachine, "reading" | "progress">, copy: string): Promise<void> =>
  tidy(machine, `Taking the copy ${copy} away`, ["odoo-import.sh", "forget", copy]);

async function tidy(
  { reading, progress }: Pick<OnMachine, "reading" | "progress">,
  title: string,
  command: [string, ...string[]],
): Promise<void> {
  await runScript(reading, command, {
    signal: AbortSignal.timeout(60_000),
    progress,
    title,
    schema: runSchema,
  }).catch(() => {});
}

const refused = (stack: string, reason: string | null): UserError =>
  new UserError("failed", `${stack}: cannot be brought in: ${reason ?? "the machine does not say why"}`, {
    hint: "What is live was not touched.",
    next: `platform logs --type deploy --stack ${stack}`,
  });
