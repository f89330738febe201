import { readFileSync } from "node:fs";
import { join } from "node:path";
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
    cpuSeconds: Math.max(0, Math.round((cpuSeconds - idleCpu * seconds) * 10) / 10),
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
  bench.idleCpu = alone.cpuSeconds / alone.seconds;
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

/** A full backup, one after each of two days, and one after nothing. */
export async function* backups(bench: Bench): AsyncGenerator<Cost> {
  const { stage, data } = bench;
  let before = await storedBytes(stage);
  const taken = async (script: string): Promise<Done> => {
    const took = await used(stage, script);
    const after = await storedBytes(stage);
    const stored = after - before;
    before = after;
    return { used: took, storedBytes: stored, notes: { kind: pointOf(took.said).kind } };
  };
  yield await cost(bench, "backup, full", () => taken(`${script("backup")} now --full`));
  for (let day = 1; day <= 2; day += 1) {
    await aDay(stage, data, day);
    const name = day === 1 ? "backup, increment after a day" : "backup, increment after another day";
    yield await cost(bench, name, () => taken(`${script("backup")} now`));
  }
  yield await cost(bench, "backup, increment with nothing new", () => taken(`${script("backup")} now`));
}

/** What a restore costs in each of its ways, after a day that nobody has backed up but by the log. */
export async function* restores(bench: Bench): AsyncGenerator<Cost> {
  const { stage, data } = bench;
  const point = pointOf((await used(stage, `${script("backup")} now`)).said);
  yield await cost(bench, "drill", async () => {
    const took = await used(stage, script("drill"));
    const { checks } = lastJson(took.said) as { checks: { name: string; seconds: number }[] };
    return { used: took, notes: { seconds: checks.map((one) => `${one.name} ${one.seconds}`).join(", ") } };
  });
  await aDay(stage, data, 3);
  const fetched = async (how: string): Promise<Done> => ({
    used: await used(
      stage,
      `cat >/root/bench-fetch.sh <<'SCRIPT'\n${fetch}SCRIPT\nbash /root/bench-fetch.sh ${how}`,
    ),
  });
  yield await cost(bench, "restore, onto an empty volume, from the bucket alone", () => fetched(point.id));
  yield await cost(bench, "restore, delta, with what is live for a base", () => fetched(`${point.id} delta`));
  yield await cost(bench, "platform restore, the same, tried by Odoo and swapped in", () =>
    restored(bench, point.id),
  );
  const moment = await aMomentAgo(stage);
  yield await cost(bench, "platform restore, to a second", () => restored(bench, moment));
  yield await cost(bench, "clone, neutralised and proven", async () => {
    const took = await used(stage, clone);
    const { id } = lastJson(took.said) as { id: string };
    await stage.run(`rm -rf /mnt/odoo-data/copies/${id}`);
    return { used: took };
  });
}

/** A time after which something was written, once all of that is in the bucket. */
async function aMomentAgo(stage: Stage): Promise<string> {
  await stage.write("there at that moment", "a file");
  await sleep(1500);
  const moment = new Date().toISOString().replace(/\.\d+/, "");
  await sleep(1500);
  await stage.write("not there yet", "another file");
  await sleep(60_000);
  return moment;
}

async function restored({ stage }: Bench, to: string): Promise<Done> {
  const { result, used: took } = await usedBy(stage, () =>
    stage.world.answer(["restore", "--to", to, "--stack", "sandbox", "--yes", "--confirm", "sandbox"]),
  );
  if (result.exitCode !== 0) throw new Error(`restore --to ${to}: ${JSON.stringify(result, null, 2)}`);
  await stage.until(() => stage.told(), 60);
  return { used: took, notes: restoreNotes(result) };
}

/** Of the machine: the pause, and what its part took. */
function restoreNotes(answer: Answer): Notes {
  const { change, seconds } = answer as { change?: { pauseSeconds?: number }; seconds?: number };
  const noted = {
    pauseSeconds: change?.pauseSeconds,
    untilItServes: seconds && Math.round(seconds * 10) / 10,
  };
  return Object.fromEntries(Object.entries(noted).filter(([, value]) => value !== undefined));
}

const script = (name: string): string => `/usr/local/lib/odoo-platform/odoo-${name}.sh`;

const fetch = readFileSync(join(import.meta.dirname, "fetch.sh"), "utf8");

/** Of the machine's own backups, as another stack's. */
const clone = readFileSync(join(import.meta.dirname, "clone.sh"), "utf8");

interface Point {
  id: string;
  kind: string;
  seconds: number;
}

function pointOf(said: string): Point {
  const { point } = lastJson(said) as { point: Point | null };
  if (!point) throw new Error(`no restore point: ${said}`);
  return point;
}

function lastJson(said: string): unknown {
  const line = said
    .split("\n")
    .filter((one) => one.startsWith("{"))
    .at(-1);
  if (line === undefined) throw new Error(`no answer in: ${said}`);
  return JSON.parse(line);
}
