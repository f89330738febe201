import { imageReference, releaseWith } from "../components/release.ts";
import { writtenSince } from "./deploy/machine.ts";
import { type Looks, looks as realLooks } from "./deploy/gate.ts";
import { untilInterrupted } from "./deploy/interruptions.ts";
import { UserError } from "../user-error.ts";
import { guardOf } from "./backups/gate.ts";
import { comparedText } from "./backups/text.ts";
import { confirm, confirmName } from "./confirm.ts";
import { enterStack, isSandbox } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import { droplet, makeAnew, volume } from "./restore/anew.ts";
import { type RestoreCard, restoreCardText } from "./restore/card.ts";
import { type Fetched, fetchCopy } from "./restore/fetch.ts";
import { type Moment, momentText, parseMoment } from "./restore/moment.ts";
import { candidates, updateAt } from "./restore/releases.ts";
import { go } from "./rollback/go.ts";
import { cardOf } from "./rollback/show.ts";
import { type Start, startOf } from "./rollback/start.ts";
import type { Point } from "./rollback/targets.ts";
import { requireRoom } from "./state-folder.ts";
import { requireMachines } from "./up.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Brings the data of a moment back out of the bucket: into a copy, which is tried, and then swapped in. */
export const run: Run = async (context) => {
  const { stack, options, signal } = context;
  const to = options["to"];
  if (typeof to !== "string")
    throw new UserError("badInput", "--to: say which moment: a time, a restore point's id, or latest", {
      next: `platform backup list --stack ${stack}`,
    });
  const moment = parseMoment(to, new Date());
  const { into } = options;
  if (typeof into === "string" && into !== stack) {
    const { cloneInto } = await import("./clone.ts");
    return await cloneInto(context, { from: stack, to: into }, moment);
  }
  enterStack(stack);
  delete process.env["PLATFORM_RELEASE"];
  const settings = readSettings(stack);
  if (settings.host.kind === "app")
    throw new UserError(
      "badInput",
      `${stack}: runs on App Platform, where there is no machine to restore it on`,
      {
        hint: "Restore the managed cluster to a point in time at its provider, then `platform rollback` to the release of then.",
      },
    );
  requireMachines(stack, settings.host.kind);
  requirePassphrase(stack);
  requireRoom();
  const wait = options["wait"] === true ? signal : undefined;
  return await withLock(stack, "restore", () => locked(context, settings, moment, realLooks), wait);
};

type Settings = Start["settings"];

async function locked(context: Context, settings: Settings, moment: Moment, looks: Looks): Promise<Outcome> {
  const { stack, progress, options, signal } = context;
  let start = await startOf(context, settings, looks);
  const [isThere, hasData] = await progress.step("Looking for the machine", () => whatIsThere(start));
  const card = await cardFor(start, moment, isThere, hasData);
  progress.note(`${restoreCardText(card)}\n`);
  if (hasData) await confirmName(context, lostWords(card));
  else if (!isSandbox(stack)) await confirm(context, { severity: "moderate", dataLost: [] });
  if (!isThere) {
    await makeAnew(context, await recover(context));
    start = await startOf(context, settings, looks);
  }
  const tried = triedFor(start, moment);
  const fetched = await untilInterrupted(signal, (either) =>
    fetchCopy(start.reading, {
      moment,
      images: tried.map(({ release }) => imageReference(release)),
      incomplete: options["incomplete"] === true,
      signal: either,
      progress,
    }),
  );
  return await swap(start, { moment, fetched, tried, card });
}

/** The droplet; and data that a restore would take the place of, which a volume keeps that outlived it. */
async function whatIsThere({ opened, reading }: Start): Promise<[droplet: boolean, data: boolean]> {
  if (await droplet(reading)) return [true, true];
  return [false, await volume(reading.stack, await opened.exportState())];
}

const triedFor = ({ known, previous }: Start, moment: Moment): Point[] =>
  candidates(known.past, previous, moment.kind === "latest" ? undefined : updateAt(known.past, moment.at));

async function cardFor(
  start: Start,
  moment: Moment,
  isThere: boolean,
  hasData: boolean,
): Promise<RestoreCard> {
  const { context, settings, looks, reading, previous, known } = start;
  const { stack, signal, progress } = context;
  const at = moment.kind === "latest" ? undefined : moment.at;
  const [lost, backup] = await progress.step("Asking what was written since", () =>
    Promise.all([
      isThere && at ? writtenSince(reading, at, signal).catch(() => null) : null,
      isThere
        ? guardOf(looks, reading, { stack, settings, signal }).then(({ text }) => text)
        : "in the bucket",
    ]),
  );
  const newest = known.past.newest?.number;
  return {
    stack,
    domain: settings.platform.domain,
    to: momentText(moment, settings.backups.timeZone),
    release: { serves: previous.tag, tried: triedFor(start, moment).map(({ release }) => release.tag) },
    anew: !isThere,
    hasData,
    lost,
    backup,
    downtime: isThere
      ? "under a minute: a maintenance page while the data is swapped in"
      : "until the machine is there again",
    wayBack: hasData
      ? `what is live now is kept as a copy: platform rollback --to ${newest ?? "NUMBER"} --with-data --stack ${stack}`
      : "none: there is nothing to go back to",
  };
}

const lostWords = ({ lost, to }: RestoreCard): string =>
  `What was written since ${lost?.since ?? to} would be lost.`;

interface Swap {
  moment: Moment;
  fetched: Fetched;
  tried: Point[];
  card: RestoreCard;
}

/** The way of a rollback with data: one update of the engine, in which the machine swaps the copy in. */
async function swap(start: Start, { moment, fetched, tried, card }: Swap): Promise<Outcome> {
  const { context, settings, previous, known } = start;
  const { stack } = context;
  const point = tried.find(({ release }) => imageReference(release) === fetched.image);
  if (!point) throw new Error(`${fetched.image} was not asked for`);
  const release = releaseWith(point.release, fetched.copy);
  const then = moment.kind === "latest" ? point : (updateAt(known.past, moment.at) ?? point);
  const outcome = await go(start, {
    verb: "restore",
    point: then,
    release,
    restoration: { restored: [], stays: [], sections: {} },
    card: {
      ...cardOf(stack, settings.platform.domain, previous, release),
      update: null,
      backup: card.backup,
    },
    other: undefined,
  });
  return {
    ...outcome,
    json: { ...outcome.json, card, restored: fetched },
    text: [`${stack}: ${restoredText(fetched)}`, outcome.text].join("\n"),
  };
}

function restoredText({ madeAt, lastWrite, filestore, seconds, delta }: Fetched): string {
  const told = (time: string): string => `${time.slice(0, 19).replace("T", " ")} UTC`;
  const parts = [
    `the data of ${told(madeAt)}`,
    ...(lastWrite ? [`last written ${told(lastWrite)}`] : []),
    ...(filestore ? [comparedText(filestore)] : []),
    `brought and tried in ${seconds.toFixed(1)} s${delta ? ", what is live as the base" : ", out of the bucket alone"}`,
  ];
  return `${parts.join("; ")}.`;
}
