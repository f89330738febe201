import type { Release, ReleaseChange } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { isLocked } from "../engine-failure.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Watched } from "../watch/watch.ts";
import type { Gated } from "./gate.ts";
import type { Trouble } from "./go-back.ts";
import type { Plan } from "./machine.ts";
import { type Cargo, type Trip, bring, lookAgain } from "./trip.ts";
import { messageOf } from "../../user-error.ts";

/** How far a release has come. */
export interface Arrival {
  /** Set when it is to be left again. */
  trouble?: Trouble;
  /** How the verb ends where there is no trouble. */
  exit: ExitName;
  change?: ReleaseChange | undefined;
  reading?: PlatformReading;
  gated?: Gated;
  watched?: Watched;
  seconds: { bring: number; healthy: number };
}

/** Bringing a release, its updates and its deployment at the vendor; watching it has a time of its own. */
const bringSeconds = 600;

/** Brings a release, looks at everything, and watches it for as long as the settings say. Failures are values here. */
export async function arrive(
  trip: Trip,
  release: Release,
  plan: Plan | undefined,
  more: Partial<Cargo> = {},
): Promise<Arrival> {
  const { context, verb, actor, interrupted } = trip;
  const { progress, signal } = context;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(bringSeconds * 1000)]);
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const seconds = { bring: 0, healthy: 0 };
  const cargo: Cargo = {
    release,
    message: `platform ${verb} ${release.tag}, by ${actor}`,
    ...more,
    update: { ...(plan ? { modules: plan.modules } : {}), ...more.update },
  };
  let change: ReleaseChange | undefined;
  try {
    await progress.step(`Bringing ${release.tag}`, (tell) => bring(trip, cargo, { signal: bounded, tell }));
    seconds.bring = since();
    const { reading, gated } = await progress.step("Looking at everything", (tell) =>
      lookAgain(trip, { signal: bounded, tell }),
    );
    seconds.healthy = since();
    change = reading.outputs.change;
    const arrived = { change, reading, gated, seconds };
    if (!gated.healthy)
      return { ...arrived, exit: "unhealthy", trouble: { kind: "unhealthy", why: gated.why ?? "" } };
    return { ...arrived, ...(await watchIt(trip, reading, gated)) };
  } catch (error) {
    // Nothing has come, and going back would be about what somebody else brings just now.
    if (isLocked(error)) throw error;
    return { exit: "failed", change, seconds, trouble: troubleOf(error, { signal, bounded, interrupted }) };
  }
}

/** Watching may be ended by Ctrl-C or the clock: what was well until then stays. */
async function watchIt(
  { context, settings, looks, evidence, interrupted }: Trip,
  reading: PlatformReading,
  gated: Gated,
): Promise<Pick<Arrival, "trouble" | "watched" | "exit">> {
  const { progress, options, signal } = context;
  const asked = options["watch"];
  const seconds = asked === undefined ? settings.deploy.watchMinutes * 60 : Number(asked);
  if (seconds === 0 || gated.unseen !== undefined) return { exit: "done" };
  const until = AbortSignal.any([signal, interrupted]);
  try {
    const watched = await evidence.step("watch", () =>
      progress.step(`Watching it for ${seconds} s`, (tell) =>
        looks.watch(reading, settings, { seconds, signal: until, tell }),
      ),
    );
    evidence.note("watched", watched);
    if (watched.healthy) return { exit: "done", watched };
    return { exit: "unhealthy", watched, trouble: { kind: "unhealthy", why: watched.why ?? "" } };
  } catch (error) {
    if (!until.aborted) throw error;
    return { exit: interrupted.aborted ? "cancelled" : "timeout" };
  }
}

function troubleOf(
  error: unknown,
  { signal, bounded, interrupted }: { signal: AbortSignal; bounded: AbortSignal; interrupted: AbortSignal },
): Trouble {
  const why = messageOf(error);
  if (interrupted.aborted) return { kind: "interrupted", why: "it was stopped by Ctrl-C" };
  if (signal.aborted) return { kind: "timeout", why: "TIMEOUT was over" };
  if (bounded.aborted) return { kind: "timeout", why: `it had not come after ${bringSeconds} s` };
  return { kind: "engine", why };
}
