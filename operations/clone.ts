import { type Release, releaseWith } from "../components/release.ts";
import type { Settings } from "../settings/schema.ts";
import { UserError } from "../user-error.ts";
import { type CloneCard, cloneCardText } from "./clone/card.ts";
import { withReadingKey } from "./clone/key.ts";
import { type ProvenCopy, bucketOf, makeClone, originOf } from "./clone/make.ts";
import { reportText } from "./clone/report.ts";
import { type Pair, requirePair } from "./clone/stacks.ts";
import { swapIn, swapLines } from "./clone/swap-in.ts";
import { confirmName } from "./confirm.ts";
import { type Looks, looks as realLooks } from "./deploy/gate.ts";
import { untilInterrupted } from "./deploy/interruptions.ts";
import { enterStack } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { type Moment, momentText, parseMoment } from "./restore/moment.ts";
import { type Start, startOf } from "./rollback/start.ts";
import { type PlatformReading, readStack } from "./stack-reader.ts";
import { requireRoom } from "./state-folder.ts";
import { requireMachines } from "./up.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Brings another stack's data: out of its bucket onto this one's machine, proven to reach nobody, then swapped in. */
export const run: Run = async (context) => {
  const { stack, options } = context;
  const { from, to = stack, at = "latest" } = options;
  if (typeof from !== "string")
    throw new UserError("badInput", "--from: say whose data", {
      next: "platform clone --from prod --to staging",
    });
  return await cloneInto(context, { from, to: String(to) }, parseMoment(String(at), new Date()));
};

/** The same for `restore --into`. */
export async function cloneInto(
  asked: Context,
  pair: Pair,
  moment: Moment,
  looks: Looks = realLooks,
): Promise<Outcome> {
  const context = { ...asked, stack: pair.to };
  enterStack(pair.to);
  delete process.env["PLATFORM_RELEASE"];
  const settings = readSettings(pair.to);
  const sourceSettings = readSettings(pair.from);
  requirePair(pair, sourceSettings, settings);
  requireMachines(pair.to, settings.host.kind);
  requirePassphrase(pair.to);
  requireRoom();
  const wait = context.options["wait"] === true ? context.signal : undefined;
  return await withLock(
    pair.to,
    "clone",
    async () => {
      const { source, start } = await begin(context, pair, settings, looks);
      const release = releaseOf(source, start);
      const card = cardFor(start, pair, { moment, release, sourceSettings });
      context.progress.note(`${cloneCardText(card)}\n`);
      await confirmName(context, `What ${pair.to} has would be replaced.`);
      const proven = await withReadingKey(pair, bucketOf(source), context.progress, (key) =>
        untilInterrupted(context.signal, (signal) =>
          makeClone({
            origin: originOf(source, sourceSettings, key),
            moment,
            target: start.reading,
            settings,
            release,
            signal,
            progress: context.progress,
          }),
        ),
      );
      return await swap(start, { pair, card, release, proven });
    },
    wait,
  );
}

interface Begun {
  source: PlatformReading;
  start: Start;
}

/** All that is known before anything is changed. */
async function begin(context: Context, { from }: Pair, settings: Settings, looks: Looks): Promise<Begun> {
  const { stack, progress, signal } = context;
  const start = await startOf(context, settings, looks);
  const source =
    from === stack ? start.reading : await progress.step(`Opening ${from}`, () => readStack(from, signal));
  enterStack(stack);
  return { source, start };
}

/** The source's: data goes with the release that made it. */
const releaseOf = (source: PlatformReading, { previous }: Start): Release =>
  releaseWith(source.outputs.release ?? previous);

function cardFor(
  start: Start,
  pair: Pair,
  { moment, release, sourceSettings }: { moment: Moment; release: Release; sourceSettings: Settings },
): CloneCard {
  const { previous, settings } = start;
  const { mask, keepPasswords } = settings.clone;
  return {
    ...pair,
    domains: { from: sourceSettings.platform.domain, to: settings.platform.domain },
    moment: momentText(moment, settings.backups.timeZone),
    release: { serves: previous.tag, comes: release.tag },
    mask: mask.map((one) => (typeof one === "string" ? one : `${one.column} (${one.as})`)),
    keepPasswords,
    ...swapLines(start),
  };
}

interface Swap {
  pair: Pair;
  card: CloneCard;
  release: Release;
  proven: ProvenCopy;
}

async function swap(start: Start, { pair, card, release, proven }: Swap): Promise<Outcome> {
  const newDatabase = pair.from !== pair.to;
  const { outcome, backup } = await swapIn(start, { verb: "clone", release, copy: proven.id, newDatabase });
  const { ok, reason } = backup;
  return {
    ...outcome,
    json: { ...outcome.json, stack: pair.to, from: pair.from, card, clone: proven, backup },
    text: [
      `${pair.to}: has the data of ${pair.from}${proven.at ? ` of ${proven.at.slice(0, 19).replace("T", " ")} UTC` : ""}, and no way out.`,
      reportText(proven),
      ok ? "Its own backups begin anew with it." : `Its own backups do not: ${reason ?? "nobody knows why"}`,
      outcome.text,
    ].join("\n"),
  };
}
