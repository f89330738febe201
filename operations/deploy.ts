import type { Release } from "../components/release.ts";
import { UserError, messageOf } from "../user-error.ts";
import { cardText, changeList } from "./card.ts";
import { confirm } from "./confirm.ts";
import { checkCredentials } from "./credentials.ts";
import { conclude, tell } from "./deploy/conclude.ts";
import { type Looks, looks as realLooks } from "./deploy/gate.ts";
import { goBack } from "./deploy/go-back.ts";
import { interruptions } from "./deploy/interruptions.ts";
import { type Found, type Prospect, lookUp, previewOf, prospectOf, releaseCard } from "./deploy/prepare.ts";
import { MachineRefusal, type Plan } from "./deploy/machine.ts";
import { passedOver } from "./deploy/proof.ts";
import { parseTag, readPayload } from "./deploy/target.ts";
import type { Trip } from "./deploy/trip.ts";
import { type Arrival, arrive } from "./deploy/arrive.ts";
import { acceptDispatch } from "./dispatch/dispatch.ts";
import { enterStack, isSandbox } from "./engine-env.ts";
import { Evidence, type EvidenceFacts } from "./evidence/evidence.ts";
import { sameImage } from "./history/entries.ts";
import { withLock } from "./lock.ts";
import { me } from "./me.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import { runningRelease } from "./running.ts";
import { knownOf } from "./rollback/choose.ts";
import type { Start } from "./rollback/start.ts";
import { between } from "./rollback/targets.ts";
import { requireRoom } from "./state-folder.ts";
import { together } from "./together.ts";
import { requireMachines } from "./up.ts";
import type { Context, Outcome, Run } from "./verb.ts";

type Settings = Trip["settings"];

/** Brings a release: looks before, asks, updates, looks again, watches, and goes back by itself when it is not well. */
export const run: Run = (context) => deploy(context, realLooks);

/** The same with other eyes, for scenes. */
export async function deploy(context: Context, looks: Looks): Promise<Outcome> {
  const { stack, options, signal } = context;
  enterStack(stack);
  // What comes is said by --release alone.
  delete process.env["PLATFORM_RELEASE"];
  const settings = readSettings(stack);
  requireMachines(stack, settings.host.kind);
  requirePassphrase(stack);
  requireRoom();
  const asked = askedFor(options);
  if (options["dryRun"] === true) return await dryRun(context, settings, looks, asked);
  const wait = options["wait"] === true ? signal : undefined;
  return await withLock(stack, "deploy", () => locked(context, settings, looks, asked), wait);
}

const wouldRefuse = ({ platform }: Settings): string =>
  platform.environment === "production" ? "; without --override REASON it would be refused" : "";

type Asked = { tag: string; digest?: string } | { dispatch: string };

/** @throws {UserError} badInput, unless exactly one of --release and --dispatch says what is to come */
function askedFor({ release, dispatch, dryRun: dry, watch }: Context["options"]): Asked {
  if (watch !== undefined && !(Number(watch) >= 0))
    throw new UserError("badInput", `--watch: "${String(watch)}" is no number of seconds`);
  if (typeof dispatch === "string" && release === undefined) {
    if (dry !== true) return { dispatch };
    throw new UserError("badInput", "--dry-run: a payload is good for one time, which looking would use up", {
      hint: "Look with --release and the payload's image_tag.",
    });
  }
  if (typeof release === "string" && dispatch === undefined) return parseTag(release);
  throw new UserError("badInput", "--release: say which release is to come, by its tag; or give --dispatch", {
    next: "platform deploy --release TAG",
  });
}

async function dryRun(context: Context, settings: Settings, looks: Looks, asked: Asked): Promise<Outcome> {
  if ("dispatch" in asked) throw new Error("was refused before");
  const found = await lookUp(context, settings, asked);
  const prospect = await prospectOf(context, found, { settings, looks, rehearse: true });
  const previous = found.reading?.outputs.release;
  const told = releaseCard(context.stack, previous, found.release, prospect.plan);
  const { guard } = prospect;
  const { card, engine } = await previewOf(context, found, told, guard);
  const { plan = null } = prospect;
  return {
    json: {
      card,
      release: found.release,
      plan,
      backups: { ...guard.proof, faults: guard.faults },
      seconds: engine.seconds,
    },
    text: [
      changeList(card),
      cardText(card),
      ...guard.faults.map((fault) => `\n${context.stack}: ${fault}${wouldRefuse(settings)}`),
    ].join("\n"),
    next: `platform deploy --release ${found.release.tag} --stack ${context.stack}`,
  };
}

async function locked(context: Context, settings: Settings, looks: Looks, asked: Asked): Promise<Outcome> {
  const { stack, signal } = context;
  const dispatch =
    "dispatch" in asked ? await acceptDispatch(stack, await readPayload(asked.dispatch), signal) : undefined;
  const wanted = "dispatch" in asked ? parseTag(dispatch?.image_tag ?? "") : asked;
  const [{ state, opened, unsure }, known] = await together([recover(context), knownOf(context)]);
  const previous = runningRelease(state);
  const actor = dispatch?.initiated_by ?? me();
  const { registry, repository } = settings.image;
  const facts = {
    stack,
    verb: "deploy" as const,
    actor,
    release: { registry, repository, ...wanted } as Release,
    previous,
    ...(dispatch ? { dispatch } : {}),
  };
  return await told(facts, { context, settings, looks, known, opened, unsure }, (trip) =>
    trip.evidence.step("checks", () => lookUp(context, settings, wanted)),
  );
}

/** A commit that was never deployed, by the verb that goes to it: past everything that a deploy has to pass. */
export async function bringCommit(
  start: Start,
  release: Release,
  cargo: NonNullable<Found["cargo"]>,
): Promise<Outcome> {
  const { context, settings, looks, previous, reading, known, opened, unsure } = start;
  const facts = { stack: context.stack, verb: "rollback" as const, actor: me(), release, previous };
  return await told(facts, { context, settings, looks, known, opened, unsure }, async () => ({
    account: await checkCredentials(settings.repositories),
    release,
    reading,
    cargo,
  }));
}

/** Brings what is found, with evidence of every end that it may have. */
async function told(
  facts: EvidenceFacts,
  given: Pick<Trip, "context" | "settings" | "looks" | "known" | "opened" | "unsure">,
  find: (trip: Trip) => Promise<Found>,
): Promise<Outcome> {
  const hear = interruptions();
  const trip: Trip = {
    ...facts,
    ...given,
    evidence: Evidence.open(facts),
    interrupted: hear.signal,
  };
  try {
    const found = await find(trip);
    facts.release = found.release;
    return await story(trip, found);
  } catch (error) {
    await refused(trip, facts.release, error);
    throw error;
  } finally {
    hear.end();
  }
}

/** Nothing was changed: it is written down, and whoever approved it hears of it. */
async function refused(trip: Trip, release: Release, error: unknown): Promise<void> {
  const exit = trip.interrupted.aborted ? "cancelled" : error instanceof UserError ? error.exit : "failed";
  const why = messageOf(error);
  const [summary = why] = why.split("\n");
  if (trip.dispatch || trip.announced)
    await tell(trip, { kind: "failed", summary, release }, AbortSignal.timeout(10_000));
  await trip.evidence.close({ exit, summary: "Nothing was changed.", error: why });
}

async function story(trip: Trip, found: Found): Promise<Outcome> {
  const { context, settings, looks, evidence, previous } = trip;
  const { stack } = context;
  const prospect = await evidence
    .step("plan", () => prospectOf(untilCtrlC(trip), found, { settings, looks, rehearse: false }))
    .catch((error: unknown) => {
      if (error instanceof MachineRefusal)
        refuseHalfWay(trip, found.release, { kind: "modules", modules: [] });
      throw error;
    });
  if (prospect.before) trip.before = prospect.before;
  const override = passedOver(trip, prospect.guard);
  if (prospect.plan) refuseHalfWay(trip, found.release, prospect.plan);
  const card = await evidence.step("preview", () => showCard(trip, found, prospect));
  if (card.changes.length === 0 && sameImage(found.release, previous) && trip.unsure.length === 0) {
    await evidence.close({ exit: "done", summary: `${found.release.tag} serves already.` });
    return {
      json: { card, changed: false, release: found.release },
      text: `${stack}: ${found.release.tag} serves already.`,
    };
  }
  if (!isSandbox(stack) || card.severity === "severe") await confirm(context, card);
  const started = `${found.release.tag} is on its way to ${settings.platform.domain}.`;
  trip.announced = true;
  const toldBefore = tell(
    trip,
    { kind: "started", summary: started, release: found.release },
    AbortSignal.timeout(10_000),
  );
  const update = { ...found.cargo?.update, ...(override ? { override } : {}) };
  const arrival = await arrive(trip, found.release, prospect.plan, { ...found.cargo, update });
  await toldBefore;
  return await outcomeOf(trip, found.release, arrival, { card });
}

/** For what comes before the engine, which alone hears Ctrl-C at a terminal by itself. */
const untilCtrlC = ({ context, interrupted }: Trip): Context => ({
  ...context,
  signal: AbortSignal.any([context.signal, interrupted]),
});

/** A release whose module updates the data have had since is no deployment, but a way back, and not by half. */
function refuseHalfWay(
  { context, known }: Trip,
  release: Release,
  { kind, modules }: Pick<Plan, "kind" | "modules">,
): void {
  const { stack } = context;
  const point = known.past.points.find((one) => sameImage(one.release, release));
  const since = point ? between(known.past, point) : [];
  const [first] = since;
  // Whether an update that nobody asked about went forward or back is not known: then the machine is believed.
  const unsure = since.some((one) => one.modules === null);
  if (kind !== "modules" || !point || !first || unsure) return;
  const message = `${stack}: ${release.tag} ran before update ${first.number} (${first.tag}) updated ${modules.join(", ") || "modules"} in the database, and cannot work with that`;
  throw new UserError("badInput", message, {
    hint: "Nothing was changed. Going back brings the data of then too, and says what that loses.",
    next: `platform rollback --to ${point.number} --with-data --stack ${stack}`,
  });
}

async function showCard(trip: Trip, found: Found, { plan, guard }: Prospect) {
  const { context, evidence, previous } = trip;
  const told = releaseCard(context.stack, previous, found.release, plan);
  const { card } = await previewOf(context, found, told, guard);
  context.progress.note(`${changeList(card)}\n${cardText(card)}\n`);
  evidence.note("card", card);
  return card;
}

async function outcomeOf(
  trip: Trip,
  release: Release,
  arrival: Arrival,
  more: Record<string, unknown>,
): Promise<Outcome> {
  const { context, evidence, previous } = trip;
  const { stack, options } = context;
  const { trouble, change, reading, gated, watched, seconds } = arrival;
  const back = trouble
    ? await goBack(trip, trouble, { left: release, change, withData: options["withData"] === true, reading })
    : undefined;
  const exit = back?.exit ?? arrival.exit;
  const summary = back
    ? `${release.tag} did not come: ${firstLine(trouble?.why ?? "")} ${back.text}`
    : `${release.tag} serves${watched ? `, watched for ${watched.seconds.toFixed(0)} s` : ""}.`;
  const notTold = await conclude(trip, {
    exit,
    kind: back ? "failed" : "deployed",
    summary,
    release,
    ...(trouble ? { error: trouble.why } : {}),
    serves: back?.exit === "notRolledBack" ? undefined : back?.serves,
    reading: back?.reading ?? reading,
  });
  const lines = [
    `${stack}: ${summary}`,
    ...(back ? [] : [secondsText(seconds, change?.pauseSeconds ?? null)]),
    ...(gated?.unseen === undefined ? [] : [`Not looked at from outside: ${gated.unseen}.`]),
    ...(trouble ? ["", trouble.why] : []),
    ...notTold.map((one) => `Not told: ${one}`),
    ...evidence.lines(),
  ];
  return {
    exit,
    json: {
      ...more,
      changed: true,
      release,
      previous: previous ?? null,
      serves: back ? (back.serves ?? null) : release,
      change: change ?? null,
      checks: gated?.findings ?? [],
      unseen: gated?.unseen ?? null,
      watched: watched ?? null,
      trouble: trouble ?? null,
      wentBack: back ? back.exit !== "notRolledBack" : null,
      seconds,
      evidence: evidence.folder,
      notTold,
      summary,
    },
    text: lines.join("\n"),
    next:
      back?.next ?? (back ? `platform logs --stack ${stack}` : `platform rollback --list --stack ${stack}`),
  };
}

/** The cause, of an error whose first line may only say that something failed. */
const firstLine = (text: string): string => {
  const [title = "", cause] = text.split("\n");
  const line = title.endsWith(" failed") && cause ? cause.trim() : title;
  return /[.!?]$/.test(line) ? line : `${line}.`;
};

const secondsText = (seconds: Arrival["seconds"], pause: number | null): string =>
  [
    `Brought in ${seconds.bring.toFixed(1)} s, healthy after ${seconds.healthy.toFixed(1)} s`,
    ...(pause === null ? [] : [`a pause of ${pause.toFixed(1)} s`]),
  ].join(", ") + ".";
