import type { Release, ReleaseChange } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { PolicyRefusal } from "../engine-failure.ts";
import { sameImage } from "../history/entries.ts";
import { type Progress, silentProgress, stderrProgress } from "../progress.ts";
import { recover } from "../recover.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { StateResource } from "../state.ts";
import { type Trip, bring, lookAgain, nameOf } from "./trip.ts";

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

/**
 * Goes back to the release before, by the engine, so that stack, machine and history agree on what serves. A module update
 * that people have already worked with is gone back from only with the data of the copy that was made before it, which
 * loses their work: that is asked for.
 *
 * @param change what bringing the release did, where it came up at all
 */
export async function goBack(
  trip: Trip,
  trouble: Trouble,
  { left, change, withData }: { left: Release; change: ReleaseChange | undefined; withData: boolean },
): Promise<WentBack> {
  const { context, previous, evidence } = trip;
  const { stack } = context;
  evidence.note("trouble", trouble);
  if (!previous)
    return { exit: "notRolledBack", text: "There is no release to go back to.", serves: undefined };
  const opened = trouble.kind !== "engine" && (change?.kind === "modules" || change?.kind === "data");
  if (opened && !(withData && change.copy !== null)) return stays(stack, left, previous, change);
  const release: Release = opened && change.copy !== null ? { ...previous, data: change.copy } : previous;
  const progress = ownProgress(context.json);
  const signal = AbortSignal.timeout(backSeconds * 1000);
  try {
    return await progress.step(`Going back to ${nameOf(release)}`, (tell) =>
      back(trip, trouble, { left, release, signal, tell, progress }),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      exit: "notRolledBack",
      text: `Going back to ${nameOf(release)} failed too: ${why}`,
      serves: undefined,
      next: `platform health --stack ${stack}, then platform rollback --stack ${stack}`,
    };
  }
}

interface Back {
  left: Release;
  release: Release;
  signal: AbortSignal;
  tell: (text: string) => void;
  progress: Progress;
}

async function back(
  trip: Trip,
  trouble: Trouble,
  { left, release, signal, tell, progress }: Back,
): Promise<WentBack> {
  const { context, settings, previous } = trip;
  const { state } = await recover({ ...context, progress: quiet(progress), signal });
  const { resources = [] } = state.deployment;
  const cargo = {
    release,
    update: { leaves: imageOf(left) },
    message: `platform ${trip.verb} goes back to ${nameOf(release)}, by ${trip.actor}`,
    // What the run that failed has done on the machine nobody knows for sure, so it is brought there again.
    replace: trouble.kind === "unhealthy" ? [] : resources.filter(bringsOdoo).map(({ urn }) => urn),
    // A deployment that failed has changed the app's spec all the same, and the state does not know.
    refresh: settings.host.kind === "app",
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

function stays(stack: string, left: Release, previous: Release, change: ReleaseChange): WentBack {
  const modules = change.modules.join(", ");
  const next =
    change.copy === null
      ? `platform logs --stack ${stack}`
      : `platform rollback --with-data --confirm ${stack} --stack ${stack}`;
  return {
    exit: "notRolledBack",
    text: `${left.tag} stays: it updated ${modules}, and ${previous.tag} cannot work with that. Going back brings the data of before too, and loses what was written since.`,
    serves: left,
    next,
  };
}

const imageOf = ({ tag, digest }: Release): Pick<Release, "tag" | "digest"> => ({
  tag,
  ...(digest === undefined ? {} : { digest }),
});

/** The commands that decide what runs on a droplet. */
const bringsOdoo = ({ type, urn }: StateResource): boolean =>
  type === "command:remote:Command" && urn.endsWith("-odoo");

/** After Ctrl-C the verb's own progress begins no step any more. */
const ownProgress = (json: boolean): Progress => (json ? silentProgress() : stderrProgress());

/** Steps inside of a step are told as lines. */
const quiet = (progress: Progress): Progress => ({
  step: (_, run) => run(() => {}),
  note: (text) => progress.note(text),
  current: "",
});
