import { releaseWith } from "../components/release.ts";
import type { Settings } from "../settings/schema.ts";
import { UserError } from "../user-error.ts";
import { comparedText } from "./backups/text.ts";
import { makeClone } from "./clone/make.ts";
import { reportText } from "./clone/report.ts";
import { swapIn, swapLines } from "./clone/swap-in.ts";
import { confirmName } from "./confirm.ts";
import { looks } from "./deploy/gate.ts";
import { untilInterrupted } from "./deploy/interruptions.ts";
import { enterStack } from "./engine-env.ts";
import { type OdooBackup, readOdooBackup } from "./import/backup.ts";
import { type ImportCard, importCardText } from "./import/card.ts";
import { type Loaded, type OnMachine, clear, forget, load, prepare, send } from "./import/machine.ts";
import { requireTarget } from "./import/target.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { type Start, startOf } from "./rollback/start.ts";
import { requireRoom } from "./state-folder.ts";
import { requireMachines } from "./up.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Brings in a database that ran elsewhere, by the backup that Odoo made of it: loaded as a copy, tried, and then swapped in. */
export const run: Run = async (context) => {
  const { stack, options, signal } = context;
  const { from } = options;
  if (typeof from !== "string")
    throw new UserError("badInput", "--from: say which backup", {
      next: `platform import --from backup.zip --stack ${stack}`,
    });
  enterStack(stack);
  delete process.env["PLATFORM_RELEASE"];
  const settings = readSettings(stack);
  const backup = await readOdooBackup(from);
  requireTarget(stack, settings, backup);
  requireMachines(stack, settings.host.kind);
  requirePassphrase(stack);
  requireRoom();
  const wait = options["wait"] === true ? signal : undefined;
  return await withLock(stack, "import", () => locked(context, settings, backup), wait);
};

async function locked(context: Context, settings: Settings, backup: OdooBackup): Promise<Outcome> {
  const { stack, signal, progress } = context;
  const start = await startOf(context, settings, looks);
  const { reading, previous: release } = start;
  const card = cardFor(start, backup);
  await prepare(backup, { reading, release, signal, progress });
  progress.note(`${importCardText(card)}\n`);
  await confirmName(context, `What ${stack} has would be replaced.`);
  const brought = await untilInterrupted(signal, async (either) => {
    const machine: OnMachine = { reading, release, signal: either, progress };
    try {
      await send(backup, machine);
      return card.neutralised ? await neutralised(start, backup, machine) : await asItIs(start, machine);
    } finally {
      await clear(machine);
    }
  });
  return await swap(start, card, brought);
}

function cardFor(start: Start, backup: OdooBackup): ImportCard {
  const { context, previous, settings } = start;
  const { name, bytes, files, filesBytes, series, modules } = backup;
  return {
    stack: context.stack,
    domain: settings.platform.domain,
    backup: { name, bytes, files, filesBytes, series, modules: modules.length },
    neutralised: settings.platform.environment !== "production",
    release: previous.tag,
    ...swapLines(start),
  };
}

/** A copy on the machine, and what there is to tell of it. */
interface Brought {
  copy: string;
  json: Record<string, unknown>;
  lines: string[];
}

async function asItIs({ context, settings }: Start, machine: OnMachine): Promise<Brought> {
  const loaded = await load(machine, {
    series: settings.odoo.series,
    incomplete: context.options["incomplete"] === true,
  });
  return { copy: loaded.copy, json: { loaded }, lines: loadedLines(loaded) };
}

function loadedLines({ filestore, mailServers = [], seconds = 0 }: Loaded): string[] {
  const files = filestore ? `${comparedText(filestore)}; ` : "";
  const hosts = mailServers.map((host) => host ?? "?").join(", ");
  return [
    `${files}loaded, updated and tried in ${seconds.toFixed(0)} s.`,
    ...(hosts === ""
      ? []
      : [`Mail goes by the servers that its database has, not by this stack's: ${hosts}.`]),
  ];
}

async function neutralised(
  { context, settings }: Start,
  backup: OdooBackup,
  machine: OnMachine,
): Promise<Brought> {
  const proven = await makeClone({
    origin: {
      file: true,
      series: settings.odoo.series,
      incomplete: context.options["incomplete"] === true,
      source: { stack: backup.name, domain: "" },
    },
    target: machine.reading,
    settings,
    release: releaseWith(machine.release),
    signal: machine.signal,
    progress: machine.progress,
  });
  return { copy: proven.id, json: { clone: proven }, lines: ["It has no way out.", reportText(proven)] };
}

async function swap(start: Start, card: ImportCard, { copy, json, lines }: Brought): Promise<Outcome> {
  const { context, reading, previous: release } = start;
  const { stack, progress } = context;
  const { outcome, backup } = await swapIn(start, {
    verb: "import",
    release,
    copy,
    newDatabase: false,
  }).catch(async (error: unknown) => {
    // Nothing was begun that would be gone on with.
    if (error instanceof UserError && (error.exit === "policyViolation" || error.exit === "locked"))
      await forget({ reading, progress }, copy);
    throw error;
  });
  const { ok, reason } = backup;
  return {
    ...outcome,
    json: { ...outcome.json, card, ...json, backup },
    text: [
      `${stack}: has the data of ${card.backup.name}.`,
      ...lines,
      ok ? "Its backups go on with it." : `Its backups do not: ${reason ?? "nobody knows why"}`,
      outcome.text,
    ].join("\n"),
  };
}
