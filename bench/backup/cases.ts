import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../../test/support/stage.ts";
import type { Answer } from "../../test/support/world.ts";
import { type DataSize, sizeOf } from "../release/data.ts";
import type { LoadShape } from "../release/load.ts";
import { measure } from "../release/measure.ts";
import { aDay, storedBytes } from "./data.ts";
import type { Cost } from "./page.ts";
import { beginPlain, endPlain, forgetRestored, plainBytes, plainWays } from "./plain.ts";
import { type Used, used, usedBy } from "./watch.ts";

export interface Bench {
  stage: Stage;
  size: string;
  shape: LoadShape;
  gb: number;
  data: DataSize;
  /** Processor seconds that the load takes in each second. */
  idleCpu: number;
}

type Notes = Record<string, unknown>;
interface Done {
  used: Used;
  storedBytes?: number;
  notes?: Notes;
}

/** One case under load, with what it took of the machine. */
async function cost(bench: Bench, name: string, work: () => Promise<Done>): Promise<Cost> {
  const { stage, size, shape, gb, idleCpu } = bench;
  let done: Done | undefined;
  const measured = await measure(stage, { name: `${name}, ${gb} GB`, size, shape }, async () => {
    done = await work();
    return done.notes ?? {};
  });
  if (!done) throw new Error(`${name} did nothing`);
  const { seconds, cpuSeconds, peakBytes } = done.used;
  const tenths = Math.round(seconds * 10) / 10;
  return {
    ...measured,
    seconds: tenths,
    p50: tenths,
    p95: tenths,
    peakBytes,
    cpuSeconds: cpuSeconds && Math.max(0, Math.round((cpuSeconds - idleCpu * seconds) * 10) / 10),
    ...(done.storedBytes !== undefined && { storedBytes: done.storedBytes }),
  };
}

/** The load alone; sets what it takes of the processors. */
export async function idle(bench: Bench): Promise<Cost> {
  const there = await sizeOf(bench.stage);
  const alone = await cost({ ...bench, idleCpu: 0 }, "the load alone", async () => ({
    used: await used(bench.stage, "sleep 20"),
    notes: { databaseBytes: there.database, filestoreBytes: there.filestore, files: there.files },
  }));
  bench.idleCpu = (alone.cpuSeconds ?? 0) / alone.seconds;
  return alone;
}

/** The plain ways: a backup with each, and bringing it back. */
export async function* plain(bench: Bench): AsyncGenerator<Cost> {
  const { stage } = bench;
  for (const { name, backup, restore } of plainWays) {
    await beginPlain(stage);
    try {
      yield await cost(bench, `backup: ${name}`, async () => {
        const took = await used(stage, backup);
        return { used: took, storedBytes: await plainBytes(stage) };
      });
      yield await cost(bench, `restore: ${name}`, async () => ({ used: await used(stage, restore) }));
      await forgetRestored(stage);
    } finally {
      await endPlain(stage);
    }
  }
}

/** A full backup, and three more of a day each, of which the last is shown: the first one after a full is not like the others. */
export async function* backups(bench: Bench): AsyncGenerator<Cost> {
  const { stage, data } = bench;
  let before = await storedBytes(stage);
  const taken = async (script: string): Promise<Done> => {
    const took = await used(stage, script);
    const after = await storedBytes(stage);
    const stored = after - before;
    before = after;
    return { used: took, storedBytes: stored, notes: pointOf(took.said) };
  };
  yield await cost(bench, "backup, full", () => taken(`${script("backup")} now --full`));
  for (let day = 1; day <= 2; day += 1) {
    await aDay(stage, data, day);
    const name = day === 1 ? "backup, increment after a day" : "backup, increment after another day";
    yield await cost(bench, name, () => taken(`${script("backup")} now`));
  }
  yield await cost(bench, "backup, increment with nothing new", () => taken(`${script("backup")} now`));
}

/** What a restore costs in each of its ways. */
export async function* restores(bench: Bench): AsyncGenerator<Cost> {
  const { stage } = bench;
  yield await cost(bench, "drill", async () => {
    const took = await used(stage, script("drill"));
    const { seconds } = lastJson(took.said) as { seconds?: Notes };
    return { used: took, notes: { drill: seconds } };
  });
  yield await cost(bench, "restore, onto a new machine's empty volume", async () => ({
    used: await used(stage, ontoNothing),
  }));
  await stage.run(forgetFetched);
  yield await cost(bench, "restore, delta, the whole command", () => restored(bench, "latest"));
  const moment = new Date(Math.floor(Date.now() / 1000) * 1000);
  await sleep(2000);
  await stage.write("lost by the point in time", "a file");
  // Until it is shipped it is at risk, and cannot be restored to.
  await sleep(45_000);
  yield await cost(bench, "restore, point in time, the whole command", () =>
    restored(bench, moment.toISOString()),
  );
}

async function restored({ stage }: Bench, to: string): Promise<Done> {
  const { result, used: took } = await usedBy(stage, () =>
    stage.world.answer(["restore", "--to", to, "--stack", "sandbox", "--yes", "--confirm", "sandbox"]),
  );
  if (result.exitCode !== 0) throw new Error(`restore --to ${to}: ${JSON.stringify(result, null, 2)}`);
  await stage.until(() => stage.told(), 60);
  return { used: took, notes: restoreNotes(result) };
}

function restoreNotes(answer: Answer): Notes {
  const { change, seconds } = answer as { change?: Notes; seconds?: unknown };
  return Object.fromEntries(
    Object.entries({ pauseSeconds: change?.["pauseSeconds"], seconds }).filter(([, value]) => value),
  );
}

const script = (name: string): string => `/usr/local/lib/odoo-platform/odoo-${name}.sh`;

/** Database and files out of the bucket alone, until they could serve. */
const ontoNothing = `set +u
lib=/usr/local/lib/odoo-platform
. $lib/preamble.sh; . $lib/odoo.sh; . $lib/backups.sh`;
const forgetFetched = "rm -rf /mnt/odoo-data/bench-fetch";

function pointOf(said: string): Notes {
  const { point } = lastJson(said) as { point?: { seconds?: number; kind?: string; database?: Notes } };
  return { kind: point?.kind };
}

function lastJson(said: string): unknown {
  const line = said
    .split("\n")
    .filter((one) => one.startsWith("{"))
    .at(-1);
  if (line === undefined) throw new Error(`no answer in: ${said}`);
  return JSON.parse(line);
}
