import type { Release } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { UserError, messageOf } from "../../user-error.ts";
import { tell } from "../deploy/conclude.ts";
import { reasonOf } from "../deploy/proof.ts";
import { type Cargo, type Trip, bring, handIn } from "../deploy/trip.ts";
import type { TripVerb } from "../evidence/readme.ts";
import { PolicyRefusal, isLocked } from "../engine-failure.ts";
import { previewStack } from "../preview.ts";
import { readStackFile } from "../project.ts";
import { sectionsFor } from "./choose.ts";
import { type OtherProgram, policiesDiffer } from "./program.ts";
import type { Restoration } from "./settings.ts";
import type { BackCard } from "./show.ts";
import type { Start } from "./start.ts";
import type { Point } from "./targets.ts";

/** What is brought back, from where, and by which program. */
export interface Journey {
  /** @default "rollback" */
  verb?: Exclude<TripVerb, "deploy">;
  point: Point;
  release: Release;
  restoration: Restoration;
  card: BackCard;
  other: OtherProgram | undefined;
}

/** Whether it brings other data, and not those of before. */
export const goesOn = (verb: TripVerb | undefined): boolean => verb === "clone" || verb === "import";

/**
 * Runs the engine. Once, where only the release differs and the policies are those that let today through: they are on all
 * the same. Else it is previewed before, so that a refusal comes before anything is changed.
 *
 * @param done hears of each resource that is done
 * @returns policies that were passed over; whether nothing but the release could have changed; and after how many seconds of
 * this command people were sent to it, where that was before the engine's end
 */
export async function bringBack(
  trip: Trip,
  start: Start,
  journey: Journey,
  done: (urn: string) => void,
): Promise<{ policies: string[]; certain: boolean; served: number | undefined }> {
  const { context, known } = start;
  const { release, point, card, restoration, other, verb } = journey;
  const { stack, options, progress, signal } = context;
  const reason = reasonOf(options);
  const sections = sectionsFor(restoration, known.now, readStackFile(stack), other?.knows);
  const takesRelease = other?.takesRelease ?? true;
  handIn(release, !takesRelease);
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
    message: `platform ${trip.verb} to ${card.to}, by ${trip.actor}`,
  };
  let broken: string[] = [];
  let served: number | undefined;
  let switching: Promise<boolean> | undefined;
  const lastSha = known.past.newest?.gitSha ?? null;
  const certain =
    restoration.restored.length === 0 && !other && (lastSha === null || !(await policiesDiffer(lastSha)));
  try {
    if (!certain) {
      const overlay = { release, sections, unknown: !takesRelease };
      const passOver = reason !== undefined;
      ({ broken } = await previewStack(context, { overlay, program: other?.program, passOver }));
    }
    await progress.step(`${goesOn(verb) ? "Going" : "Going back"} to ${card.to}`, async (told) => {
      switching =
        certain && onlyCode(start, journey) ? start.looks.back(start.reading, release, signal) : undefined;
      // Where the machine refuses, the engine's update does it.
      void switching?.then(
        (switched) => (served = switched ? performance.now() / 1000 : undefined),
        () => {},
      );
      await bring(trip, withOverride(cargo, reason, broken), { signal, tell: told, done });
    });
    return { policies: broken, certain, served };
  } catch (error) {
    const barredBy = error instanceof PolicyRefusal;
    // The machine may have gone ahead of an engine that then changes nothing.
    if ((barredBy ? reason === undefined : isLocked(error)) && certain && onlyCode(start, journey)) {
      await switching?.catch(() => {});
      await start.looks.back(start.reading, start.previous, signal);
    }
    if (!barredBy) throw error;
    if (reason === undefined) throw barred(error, trip);
    await progress.step(
      `${goesOn(verb) ? "Going" : "Going back"} to ${card.to}, past ${error.policies.join(", ")}`,
      (told) => bring(trip, withOverride(cargo, reason, error.policies), { signal, tell: told }),
    );
    return { policies: error.policies, certain, served };
  }
}

/**
 * Whether the machine can go to its other slot while the engine still loads the program and the policies: they let the same
 * pass before, so the update then finds on the machine what it asks for, and people wait half as long.
 */
const onlyCode = ({ context, settings, looks }: Start, { card, release }: Journey): boolean =>
  settings.host.kind === "droplet" &&
  looks.unseen(context.stack, settings) === undefined &&
  release.data === undefined &&
  card.modules.length === 0 &&
  card.ahead.length === 0;

function withOverride(cargo: Cargo, reason: string | undefined, policies: string[]): Cargo {
  if (reason === undefined || policies.length === 0) return cargo;
  return { ...cargo, passOver: policies, update: { ...cargo.update, override: { reason, policies } } };
}

/** A policy that is newer than what it goes back to does not bar the way: whoever goes says why. */
function barred({ message }: PolicyRefusal, { verb, context: { stack, options } }: Trip): UserError {
  const asked = (["from", "to", "at"] as const).flatMap((name) => {
    const value = options[name];
    return typeof value === "string" ? [`--${name} ${value}`] : [];
  });
  return new UserError("policyViolation", message, {
    hint: "--override REASON goes all the same; the reason is kept in the history and the evidence.",
    next: ["platform", verb, ...asked, "--override REASON", "--stack", stack].join(" "),
  });
}

/** The engine has failed half way: nobody has been brought back, and a person is needed. */
export async function failed(trip: Trip, release: Release, error: unknown): Promise<unknown> {
  const why = messageOf(error);
  const refused = error instanceof UserError && error.exit === "policyViolation";
  const exit: ExitName = refused ? "policyViolation" : isLocked(error) ? "locked" : "notRolledBack";
  const summary = refused
    ? `A policy barred the way${goesOn(trip.verb) ? "" : " back"}.`
    : isLocked(error)
      ? "Somebody else is updating the stack; nothing was changed."
      : `${goesOn(trip.verb) ? `The ${trip.verb}` : `Going back to ${release.tag}`} failed.`;
  await tell(trip, { kind: "failed", summary, release }, AbortSignal.timeout(10_000));
  await trip.evidence.close({ exit, summary, error: why });
  if (!(error instanceof UserError) || error.exit !== "failed") return error;
  return new UserError("notRolledBack", why, {
    hint: `${error.hint ?? ""}\nEvidence: ${trip.evidence.folder}`.trim(),
    next: `platform health --stack ${trip.context.stack}${goesOn(trip.verb) ? "" : "; the same command goes on from here"}`,
    cause: error,
  });
}
