import { type Release, type ReleaseChange, releaseWith } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { PolicyRefusal } from "../engine-failure.ts";
import { sameImage } from "../history/entries.ts";
import { type Progress, silentProgress, stderrProgress } from "../progress.ts";
import { type Recovered, recover } from "../recover.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import type { StateResource } from "../state.ts";
import { copyFor } from "../rollback/data.ts";
import { restorationOf } from "../rollback/settings.ts";
import { readStackFile } from "../project.ts";
import { MachineRefusal } from "./machine.ts";
import { type Cargo, type Trip, bring, lookAgain, nameOf } from "./trip.ts";
import { messageOf } from "../../user-error.ts";

/** Why a release is left again. */
export interface Trouble {
  /** The engine failed, what came was not well, or somebody or the clock ended it. */
  kind: "engine" | "unhealthy" | "interrupted" | "timeout";
  why: string;
}

/** Where it ended. */
export interface WentBack {
  exit: ExitName;
  /** One sentence, for people. */
  text: string;
  /** The release that serves; undefined where that is not known. */
  serves: Release | undefined;
  next?: string;
  reading?: PlatformReading;
}

/** The way back has its own time: what ended the way there must not end it too. */
const backSeconds = 600;

/** What is left, and how. */
export interface Leaving {
  left: Release;
  /** What bringing it did, where it came up at all. */
  change: ReleaseChange | undefined;
  /** Database and files may be brought back too, which loses what was written since. */
  withData: boolean;
  /** The stack as it was read afterwards. */
  reading: PlatformReading | undefined;
}

/**
 * Goes back to the release before, by the engine, so that stack, machine and history agree on what serves. A module update
 * that people have already worked with is gone back from only with the data of the copy that was made before it, which
 * loses their work: that is asked for.
 */
export async function goBack(trip: Trip, trouble: Trouble, leaving: Leaving): Promise<WentBack> {
  const { context, previous, evidence } = trip;
  const { stack } = context;
  const { left } = leaving;
  evidence.note("trouble", trouble);
  if (!previous)
    return { exit: "notRolledBack", text: "There is no release to go back to.", serves: undefined };
  const signal = AbortSignal.timeout(backSeconds * 1000);
  const progress = ownProgress(context.json);
  try {
    const [stuck, found] = await Promise.all([
      (await atOnce(trip, trouble, leaving, signal))
        ? undefined
        : updatedSince(trip, previous, leaving, signal),
      recover({ ...context, progress: quiet(progress), signal }),
    ]);
    if (stuck && !(leaving.withData && stuck.copy)) return stays(stack, left, previous, stuck);
    const release = releaseWith(previous, stuck?.copy);
    return await progress.step(`Going back to ${nameOf(release)}`, (tell) =>
      back({ ...trip, opened: found.opened }, trouble, { left, release, found, signal, tell, progress }),
    );
  } catch (error) {
    const why = messageOf(error);
    return {
      exit: "notRolledBack",
      text: `Going back to ${previous.tag} failed too: ${why}`,
      serves: undefined,
      next: `platform health --stack ${stack}, then platform rollback --stack ${stack}`,
    };
  }
}

/**
 * People are sent back within seconds where the machine can do that by itself; the engine then brings stack and history to
 * agree. Whatever hinders it, the engine does the whole of it.
 */
async function atOnce(
  { context, settings, looks, previous, evidence }: Trip,
  { kind }: Trouble,
  { reading }: Leaving,
  signal: AbortSignal,
): Promise<boolean> {
  if (!previous || !reading || kind !== "unhealthy" || settings.host.kind === "app") return false;
  if (looks.unseen(context.stack, settings) !== undefined) return false;
  return await evidence.step("switch back", () => looks.back(reading, previous, signal)).catch(() => false);
}

/** Module updates that the data have had, and the release before cannot work with. */
interface Stuck {
  modules: string[];
  /** The copy that was made before them. */
  copy: string | undefined;
}

/** By the machine, which knows how far it has come; where it cannot be asked, by what bringing the release has told. */
async function updatedSince(
  { context, settings, looks }: Trip,
  previous: Release,
  { change }: Leaving,
  signal: AbortSignal,
): Promise<Stuck | undefined> {
  const { stack } = context;
  if (settings.host.kind === "app" || looks.unseen(stack, settings) !== undefined) return undefined;
  const told =
    change?.kind === "modules" ? { modules: change.modules, copy: change.copy ?? undefined } : undefined;
  const reading = await readStack(stack, signal);
  const plan = await looks.plan(reading, previous, { signal }).catch((error: unknown) =>
    // The add-ons of before are older than the database's.
    error instanceof MachineRefusal ? ("older" as const) : undefined,
  );
  if (!plan) return told;
  if (plan !== "older" && plan.kind !== "modules") return undefined;
  return {
    modules: plan === "older" ? (told?.modules ?? []) : plan.modules,
    copy: told?.copy ?? copyFor(await looks.copies(reading, signal), previous)?.id,
  };
}

interface Back {
  left: Release;
  release: Release;
  found: Recovered;
  signal: AbortSignal;
  tell: (text: string) => void;
  progress: Progress;
}

async function back(
  trip: Trip,
  trouble: Trouble,
  { left, release, found, signal, tell, progress }: Back,
): Promise<WentBack> {
  const { context, previous, known } = trip;
  const { resources = [] } = found.state.deployment;
  const { newest } = known.past;
  const file = readStackFile(context.stack);
  const cargo: Cargo = {
    release,
    update: { leaves: imageOf(left), modules: [], ...(newest ? { to: newest.number } : {}) },
    sections: newest ? restorationOf(newest.settings, file, context.stack).sections : {},
    message: `platform ${trip.verb} goes back to ${nameOf(release)}, by ${trip.actor}`,
    // What the run that failed has done on the machine nobody knows for sure, so it is brought there again.
    replace: trouble.kind === "unhealthy" ? [] : resources.filter(bringsOdoo).map(({ urn }) => urn),
  };
  const options = { signal, tell };
  await bring(trip, cargo, options).catch(async (error: unknown) => {
    // Nothing that guards a way forward may bar the way back: it is told, and kept in evidence and history.
    if (!(error instanceof PolicyRefusal)) throw error;
    trip.evidence.note("policies passed over", error.message);
    progress.note(error.message);
    const override = { reason: `going back from ${left.tag}: ${trouble.why}`, policies: error.policies };
    const update = { ...cargo.update, override };
    await bring(trip, { ...cargo, update, passOver: error.policies }, options);
  });
  const { reading, gated } = await lookAgain(trip, options);
  const serves = reading.outputs.release;
  const agrees = sameImage(serves, previous);
  if (gated.healthy && agrees)
    return {
      exit: exitOf(trouble),
      text: `${nameOf(release)} serves again.`,
      serves,
      reading,
    };
  const why = agrees ? gated.why : `the stack says that ${serves?.tag} serves`;
  return { exit: "notRolledBack", text: `Gone back to ${nameOf(release)}, but ${why}`, serves, reading };
}

function exitOf({ kind }: Trouble): ExitName {
  if (kind === "interrupted") return "cancelled";
  return kind === "timeout" ? "timeout" : "failed";
}

function stays(stack: string, left: Release, previous: Release, { modules, copy }: Stuck): WentBack {
  const next = copy
    ? `platform rollback --with-data --confirm ${stack} --stack ${stack}`
    : `platform logs --stack ${stack}`;
  return {
    exit: "notRolledBack",
    text: `${left.tag} stays: ${modules.join(", ") || "modules"} ${modules.length === 1 ? "was" : "were"} updated, and ${previous.tag} cannot work with that. Going back brings the data of before too, and loses what was written since.`,
    serves: left,
    next,
  };
}

const imageOf = ({ tag, digest }: Release): Pick<Release, "tag" | "digest"> => ({
  tag,
  ...(digest === undefined ? {} : { digest }),
});

/** The commands that decide what runs on a droplet. */
export const bringsOdoo = ({ urn }: Pick<StateResource, "urn">): boolean =>
  /command:remote:Command::[^:]*-odoo$/.test(urn);

/** After Ctrl-C the verb's own progress begins no step any more. */
const ownProgress = (json: boolean): Progress => (json ? silentProgress() : stderrProgress());

/** Steps inside of a step are told as lines. */
const quiet = (progress: Progress): Progress => ({
  step: (_, run) => run(() => {}),
  note: (text) => progress.note(text),
  current: "",
});
