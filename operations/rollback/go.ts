import { releaseWith } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import { completeSettings } from "../../settings/complete.ts";
import type { Settings } from "../../settings/schema.ts";
import { guardOf } from "../backups/gate.ts";
import { conclude } from "../deploy/conclude.ts";
import type { Gated } from "../deploy/gate.ts";
import { bringsOdoo } from "../deploy/go-back.ts";
import { interruptions } from "../deploy/interruptions.ts";
import { type Trip, lookAgain } from "../deploy/trip.ts";
import { Evidence } from "../evidence/evidence.ts";
import { sameImage } from "../history/entries.ts";
import { me } from "../me.ts";
import type { Outcome } from "../verb.ts";
import { type Journey, bringBack, failed, goesOn } from "./bring-back.ts";
import { checkOut, loadProgram, programFor } from "./program.ts";
import { type Restoration, restorationOf } from "./settings.ts";
import { type BackCard, cardOf } from "./show.ts";
import { type Start, confirmBack } from "./start.ts";
import { type Point, between } from "./targets.ts";
import { dataOf, wayOf } from "./way.ts";

/** Goes back to an update: release and settings of then, by the program of then where it differs. */
export async function toUpdate(start: Start, point: Point): Promise<Outcome> {
  const { context, known, settings, previous, reading, looks } = start;
  const { stack, options, signal } = context;
  const withData = options["withData"] === true;
  const [sha, { inTheWay, ahead }, { text: backup }] = await context.progress.step(
    "Asking what lies between",
    () =>
      Promise.all([
        options["program"] === "current" ? undefined : programFor(point.program),
        withData ? { inTheWay: between(known.past, point), ahead: [] } : wayOf(start, point),
        guardOf(looks, reading, { stack, settings, signal }),
      ]),
  );
  const data = await dataOf(start, point, inTheWay);
  const restoration = restorationOf(point.settings, known.now, stack);
  const release = releaseWith(point.release, data?.copy.id);
  const card: BackCard = {
    ...cardOf(stack, settings.platform.domain, previous, release),
    update: point.number,
    restored: restoration.restored,
    stays: restoration.stays,
    program: sha ?? null,
    modules: inTheWay,
    ahead,
    data: data ?? null,
    backup,
    ...(ahead.length > 0
      ? { downtime: `under a minute: a maintenance page while ${ahead.join(", ")} update` }
      : {}),
  };
  if (!data && sameImage(release, previous) && restoration.restored.length === 0 && start.unsure.length === 0)
    return { json: { card, changed: false }, text: `${stack}: update ${point.number} is what runs.` };
  await confirmBack(start, card);
  const worktree = sha === undefined ? undefined : await checkOut(sha);
  try {
    const other = worktree && (await loadProgram(worktree.folder));
    return await go(start, { point, release, restoration, card, other });
  } finally {
    await worktree?.remove();
  }
}

/** Runs the engine, looks at everything, and tells how it went. */
export async function go(start: Start, journey: Journey): Promise<Outcome> {
  const { context, settings, looks, previous, reading } = start;
  const { card, release, verb = "rollback" } = journey;
  const { stack } = context;
  const evidence = Evidence.open({ stack, verb, actor: me(), release, previous });
  const hear = interruptions();
  const trip: Trip = {
    context,
    verb,
    actor: me(),
    settings: settingsBack(start, journey.restoration),
    looks,
    known: start.known,
    opened: start.opened,
    unsure: start.unsure,
    evidence,
    previous,
    interrupted: hear.signal,
  };
  evidence.note("card", card);
  const started = performance.now();
  try {
    const seen = looks.unseen(stack, settings) === undefined;
    // Odoo is looked at as soon as it is there, beside what the engine does after it.
    let collecting: Promise<void> | undefined;
    let early: ReturnType<typeof lookAgain> | undefined;
    const { policies, certain, served } = await bringBack(trip, start, journey, (urn) => {
      if (!seen || early || !bringsOdoo({ urn })) return;
      early = lookAgain(trip, { signal: context.signal }, reading);
      early.catch(() => {});
      collecting = evidence.collect(reading, context.signal);
    });
    const same = journey.restoration.restored.length === 0;
    if (!certain && seen) collecting = evidence.collect(reading, context.signal);
    const { gated } = await context.progress.step("Looking at everything", (told) =>
      certain && early
        ? early
        : lookAgain(trip, { signal: context.signal, tell: told }, same ? reading : undefined),
    );
    const seconds = (performance.now() - started) / 1000;
    const exit: ExitName = gated.healthy ? "done" : "unhealthy";
    const summary = gated.healthy
      ? `${arrived(verb)} ${card.to}${card.update === null ? "" : `, update ${card.update}`}.`
      : `${arrived(verb)} ${card.to}, which is not well: ${gated.why ?? ""}`;
    const notTold = await conclude(trip, {
      exit,
      kind: !gated.healthy ? "failed" : goesOn(verb) ? "deployed" : "rolledBack",
      summary,
      release,
      ...(collecting ? { collecting } : {}),
      ...(gated.healthy ? {} : { error: gated.why ?? "" }),
    });
    return outcomeOf(trip, journey, { exit, summary, gated, seconds, served, notTold, policies });
  } catch (error) {
    throw await failed(trip, release, error);
  } finally {
    hear.end();
  }
}

const arrived = (verb: Journey["verb"]): string => (goesOn(verb) ? "Now at" : "Back to");

/** The settings that are in force afterwards, which say what has to run. */
function settingsBack({ context, known, settings }: Start, { sections }: Restoration): Settings {
  if (Object.keys(sections).length === 0) return settings;
  const values = Object.fromEntries(
    Object.entries({ ...known.now.values, ...sections }).filter(([, value]) => value !== null),
  );
  return completeSettings({ ...known.now, values }, context.stack);
}

interface Arrived {
  exit: ExitName;
  summary: string;
  gated: Gated;
  seconds: number;
  /** Since the command began. */
  served: number | undefined;
  notTold: string[];
  policies: string[];
}

function outcomeOf(
  { context, evidence, previous }: Trip,
  { card, release, restoration, verb }: Journey,
  { exit, summary, gated, seconds, served, notTold, policies }: Arrived,
): Outcome {
  const { stack } = context;
  const file = restoration.restored.map(({ path }) => path);
  const lines = [
    `${stack}: ${summary}`,
    served === undefined
      ? `${goesOn(verb) ? "Swapped in" : "Brought back"} in ${seconds.toFixed(1)} s.`
      : `Served again ${served.toFixed(1)} s after the command began; ${seconds.toFixed(1)} s until everything agreed.`,
    ...(gated.unseen === undefined ? [] : [`Not looked at from outside: ${gated.unseen}.`]),
    ...(policies.length > 0 ? [`Passed over: ${policies.join(", ")}`] : []),
    ...(file.length > 0
      ? [
          `Pulumi.${stack}.yaml still says otherwise for ${file.join(", ")}: the next \`up\` brings that again.`,
        ]
      : []),
    ...notTold.map((one) => `Not told: ${one}`),
    ...evidence.lines(),
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
      servedAfterSeconds: served ?? null,
      evidence: evidence.folder,
      notTold,
      summary,
    },
    text: lines.join("\n"),
    next: exit === "done" ? `platform health --stack ${stack}` : `platform logs --stack ${stack}`,
  };
}
