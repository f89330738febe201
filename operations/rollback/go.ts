import type { Release } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { completeSettings } from "../../settings/complete.ts";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { conclude, tell } from "../deploy/conclude.ts";
import type { Gated } from "../deploy/gate.ts";
import { interruptions } from "../deploy/interruptions.ts";
import { planOf } from "../deploy/machine.ts";
import { type Cargo, type Trip, bring, lookAgain } from "../deploy/trip.ts";
import { PolicyRefusal } from "../engine-failure.ts";
import { Evidence } from "../evidence/evidence.ts";
import { sameImage } from "../history/entries.ts";
import { me } from "../me.ts";
import { previewStack } from "../preview.ts";
import { readStackFile } from "../project.ts";
import type { Outcome } from "../verb.ts";
import { releaseBack, sectionsFor } from "./choose.ts";
import { type Data, dataFor, lostText } from "./data.ts";
import {
  type OtherProgram,
  type Worktree,
  checkOut,
  loadProgram,
  policiesDiffer,
  programFor,
} from "./program.ts";
import { type Restoration, restorationOf } from "./settings.ts";
import { type BackCard, cardOf } from "./show.ts";
import { type Start, confirmBack } from "./start.ts";
import { type Applied, type Point, aheadOf, between } from "./targets.ts";

/** Goes back to an update: release and settings of then, by the program of then where it differs. */
export async function toUpdate(start: Start, point: Point): Promise<Outcome> {
  const { context, known, settings, previous } = start;
  const { stack, options } = context;
  const withData = options["withData"] === true;
  const [sha, { inTheWay, ahead }] = await context.progress.step("Asking what lies between", () =>
    Promise.all([
      options["program"] === "current" ? undefined : programFor(point.program),
      withData ? { inTheWay: between(known.past, point), ahead: [] } : wayOf(start, point),
    ]),
  );
  const data = await dataOf(start, point, inTheWay);
  const restoration = restorationOf(point.settings, known.now, stack);
  const release = releaseBack(point, data?.copy.id);
  const card: BackCard = {
    ...cardOf(stack, settings.platform.domain, previous, release),
    update: point.number,
    restored: restoration.restored,
    stays: restoration.stays,
    program: sha ?? null,
    modules: inTheWay,
    ahead,
    data: data ?? null,
    ...(ahead.length > 0
      ? { downtime: `under a minute: a maintenance page while ${ahead.join(", ")} update` }
      : {}),
  };
  if (!data && sameImage(release, previous) && restoration.restored.length === 0)
    return { json: { card, changed: false }, text: `${stack}: update ${point.number} is what runs.` };
  await confirmBack(start, card);
  const worktree = sha === undefined ? undefined : await checkOut(sha);
  try {
    const other = worktree && (await loadProgram(worktree.folder));
    return await go(start, { point, release, restoration, card, other, worktree });
  } finally {
    await worktree?.remove();
  }
}

/** What stands between what runs and an update, in the database. */
interface Way {
  /** Module updates that its release does not know. */
  inTheWay: Applied[];
  /** Modules that it updates itself, when it is ahead of the data: after a way back with data. */
  ahead: string[];
}

/**
 * By the machine, which compares the add-ons of both releases; by the history alone where there is no machine to ask, and for
 * what the machine cannot know: which update it was, and whether the target is behind or ahead.
 */
async function wayOf({ context, known, reading, settings, looks }: Start, point: Point): Promise<Way> {
  const { stack, signal } = context;
  const inTheWay = between(known.past, point);
  const ahead = [...new Set(aheadOf(known.past, point).flatMap(({ modules }) => modules ?? []))];
  if (settings.host.kind === "app") return { inTheWay: [], ahead };
  if (looks.unseen(stack, settings) !== undefined) return { inTheWay, ahead };
  const plan = await planOf(reading, point.release, { signal });
  if (plan === undefined) return { inTheWay, ahead };
  if (plan.kind !== "modules") return { inTheWay: [], ahead: [] };
  if (inTheWay.length > 0) return { inTheWay, ahead: [] };
  if (ahead.length > 0) return { inTheWay: [], ahead: plan.modules };
  const { number, release } = known.past.newest ?? point;
  return {
    inTheWay: [{ number, tag: release?.tag ?? "", modules: plan.modules, before: point.release }],
    ahead: [],
  };
}

/** @throws {UserError} badInput: module updates lie between and their data are not asked for */
async function dataOf(
  { context, reading }: Start,
  point: Point,
  updates: Applied[],
): Promise<Data | undefined> {
  const { stack, options, signal } = context;
  if (options["withData"] === true) return await dataFor(reading, point.release, updates, signal);
  const [first] = updates;
  if (!first) return undefined;
  const modules = [...new Set(updates.flatMap((one) => one.modules ?? []))].join(", ") || "modules";
  const message = `${stack}: update ${first.number} (${first.tag}) has updated ${modules} in the database, and ${point.release.tag} cannot work with that`;
  const data = await dataFor(reading, point.release, updates, signal).catch(() => undefined);
  const to = typeof options["to"] === "string" ? ` --to ${options["to"]}` : "";
  throw new UserError("badInput", message, {
    hint: data
      ? `--with-data brings database and files back too, as they were before (copy ${data.copy.id}). It loses ${lostText(data.lost)}.`
      : "No copy of the data goes with it any more: restore a backup instead.",
    ...(data ? { next: `platform rollback --with-data${to} --confirm ${stack} --stack ${stack}` } : {}),
  });
}

interface Journey {
  point: Point;
  release: Release;
  restoration: Restoration;
  card: BackCard;
  other: OtherProgram | undefined;
  worktree: Worktree | undefined;
}

async function go(start: Start, journey: Journey): Promise<Outcome> {
  const { context, settings, looks, previous, reading } = start;
  const { card, release } = journey;
  const { stack } = context;
  const evidence = Evidence.open({ stack, verb: "rollback", actor: me(), release, previous });
  const hear = interruptions();
  const trip: Trip = {
    context,
    verb: "rollback",
    actor: me(),
    settings: settingsBack(start, journey.restoration),
    looks,
    known: start.known,
    evidence,
    previous,
    interrupted: hear.signal,
  };
  evidence.note("card", card);
  const started = performance.now();
  try {
    const policies = await bringBack(trip, start, journey);
    const same = journey.restoration.restored.length === 0;
    // Side by side: whoever waits for the way back waits for neither.
    const collecting =
      looks.unseen(stack, settings) === undefined ? evidence.collect(reading, context.signal) : undefined;
    const { gated } = await context.progress.step("Looking at everything", (told) =>
      lookAgain(trip, { signal: context.signal, tell: told }, same ? reading : undefined),
    );
    const seconds = (performance.now() - started) / 1000;
    const exit: ExitName = gated.healthy ? "done" : "unhealthy";
    const summary = gated.healthy
      ? `Back to ${card.to}${card.update === null ? "" : `, update ${card.update}`}.`
      : `Back to ${card.to}, which is not well: ${gated.why ?? ""}`;
    const notTold = await conclude(trip, {
      exit,
      kind: gated.healthy ? "rolledBack" : "failed",
      summary,
      release,
      ...(collecting ? { collecting } : {}),
      ...(gated.healthy ? {} : { error: gated.why ?? "" }),
    });
    return outcomeOf(trip, journey, { exit, summary, gated, seconds, notTold, policies });
  } catch (error) {
    throw await failed(trip, release, error);
  } finally {
    hear.end();
  }
}

/** The settings that are in force afterwards, which say what has to run. */
function settingsBack({ context, known, settings }: Start, { sections }: Restoration): Settings {
  if (Object.keys(sections).length === 0) return settings;
  const values = Object.fromEntries(
    Object.entries({ ...known.now.values, ...sections }).filter(([, value]) => value !== null),
  );
  return completeSettings({ ...known.now, values }, context.stack);
}

/**
 * Runs the engine. Once, where only the release differs and the policies are those that let today through: they are on all
 * the same. Else it is previewed before, so that a refusal comes before anything is changed.
 *
 * @returns policies that were passed over
 */
async function bringBack(trip: Trip, start: Start, journey: Journey): Promise<string[]> {
  const { context, known } = start;
  const { release, point, card, restoration, other } = journey;
  const { stack, options, progress, signal } = context;
  const reason = typeof options["override"] === "string" ? options["override"] : undefined;
  const sections = sectionsFor(restoration, known.now, readStackFile(stack), other?.knows);
  const takesRelease = other?.takesRelease ?? true;
  // For the preview; later updates of this process must not hear it.
  if (!takesRelease) process.env["PLATFORM_RELEASE"] = JSON.stringify(release);
  const cargo: Cargo = {
    release,
    sections,
    unknown: !takesRelease,
    update: {
      to: point.number,
      modules: card.ahead,
      ...(card.program === null ? {} : { program: card.program }),
    },
    program: other?.program,
    message: `platform rollback to ${card.to}, by ${trip.actor}`,
  };
  let broken: string[] = [];
  const lastSha = known.past.newest?.gitSha ?? null;
  const certain =
    restoration.restored.length === 0 && !other && (lastSha === null || !(await policiesDiffer(lastSha)));
  try {
    if (!certain) {
      const overlay = { release, sections, unknown: !takesRelease };
      const passOver = reason !== undefined;
      ({ broken } = await previewStack(context, { overlay, program: other?.program, passOver }));
    }
    await progress.step(`Going back to ${card.to}`, (told) =>
      bring(trip, withOverride(cargo, reason, broken), { signal, tell: told }),
    );
    return broken;
  } catch (error) {
    if (!(error instanceof PolicyRefusal)) throw error;
    if (reason === undefined) throw barred(error, stack, options["to"]);
    await progress.step(`Going back to ${card.to}, past ${error.policies.join(", ")}`, (told) =>
      bring(trip, withOverride(cargo, reason, error.policies), { signal, tell: told }),
    );
    return error.policies;
  }
}

function withOverride(cargo: Cargo, reason: string | undefined, policies: string[]): Cargo {
  if (reason === undefined || policies.length === 0) return cargo;
  return { ...cargo, passOver: policies, update: { ...cargo.update, override: { reason, policies } } };
}

/** A policy that is newer than what it goes back to does not bar the way: whoever goes says why. */
function barred({ message }: PolicyRefusal, stack: string, to: unknown): UserError {
  const where = typeof to === "string" ? ` --to ${to}` : "";
  return new UserError("policyViolation", message, {
    hint: "--override REASON goes back all the same; the reason is kept in the history and the evidence.",
    next: `platform rollback${where} --override REASON --stack ${stack}`,
  });
}

/** The engine has failed half way: nobody has been brought back, and a person is needed. */
async function failed(trip: Trip, release: Release, error: unknown): Promise<unknown> {
  const why = error instanceof Error ? error.message : String(error);
  const refused = error instanceof UserError && error.exit === "policyViolation";
  const exit: ExitName = refused ? "policyViolation" : "notRolledBack";
  const summary = refused ? "A policy barred the way back." : `Going back to ${release.tag} failed.`;
  await tell(trip, { kind: "failed", summary, release }, AbortSignal.timeout(10_000));
  await trip.evidence.close({ exit, summary, error: why });
  if (!(error instanceof UserError) || error.exit !== "failed") return error;
  return new UserError("notRolledBack", why, {
    hint: `${error.hint ?? ""}\nEvidence: ${trip.evidence.folder}`.trim(),
    next: `platform health --stack ${trip.context.stack}; the same command goes on from here`,
    cause: error,
  });
}

interface Arrived {
  exit: ExitName;
  summary: string;
  gated: Gated;
  seconds: number;
  notTold: string[];
  policies: string[];
}

function outcomeOf(
  { context, evidence, previous }: Trip,
  { card, release, restoration }: Journey,
  { exit, summary, gated, seconds, notTold, policies }: Arrived,
): Outcome {
  const { stack } = context;
  const file = restoration.restored.map(({ path }) => path);
  const lines = [
    `${stack}: ${summary}`,
    `Brought back in ${seconds.toFixed(1)} s.`,
    ...(gated.unseen === undefined ? [] : [`Not looked at from outside: ${gated.unseen}.`]),
    ...(policies.length > 0 ? [`Passed over: ${policies.join(", ")}`] : []),
    ...(file.length > 0
      ? [
          `Pulumi.${stack}.yaml still says otherwise for ${file.join(", ")}: the next \`up\` brings that again.`,
        ]
      : []),
    ...notTold.map((one) => `Not told: ${one}`),
    ...(evidence.folder === "" ? [] : [`Evidence: ${evidence.folder}`]),
  ];
  return {
    exit,
    json: {
      card,
      changed: true,
      release,
      previous: previous ?? null,
      checks: gated.findings,
      unseen: gated.unseen ?? null,
      policies,
      seconds,
      evidence: evidence.folder,
      notTold,
      summary,
    },
    text: lines.join("\n"),
    next: exit === "done" ? `platform health --stack ${stack}` : `platform logs --stack ${stack}`,
  };
}
