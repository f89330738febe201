import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../test/support/machine.ts";
import type { Stage } from "../../test/support/stage.ts";
import type { Answer } from "../../test/support/world.ts";
import { dataOfGb, fillUp, sizeOf } from "./data.ts";
import type { LoadShape } from "./load.ts";
import { type Measured, type Notes, measure } from "./measure.ts";
import { PlainCompose, dump, restore } from "./otherwise.ts";

export interface Bench {
  stage: Stage;
  size: string;
  shape: LoadShape;
}

/** What an answer tells of the machine's part. */
function notesOf(answer: Answer): Record<string, unknown> {
  const { change, seconds } = answer as { change?: Record<string, unknown>; seconds?: unknown };
  const { pauseSeconds, rehearsalSeconds, kind } = change ?? {};
  return Object.fromEntries(
    Object.entries({ kind, pauseSeconds, rehearsalSeconds, engine: seconds }).filter(([, value]) => value),
  );
}

/** Goes back, and says after how long people got the release of before: a look every half second. */
async function back(stage: Stage, ...more: string[]): Promise<{ answer: Answer; notes: Notes }> {
  const { version } = await stage.told();
  const began = performance.now();
  let serves: number | undefined;
  const over = new AbortController();
  const watched = (async () => {
    for (; serves === undefined && !over.signal.aborted; await sleep(500)) {
      const now = await stage.told().catch(() => undefined);
      if (now && now.version !== version) serves = (performance.now() - began) / 1000;
    }
  })();
  const answer = await stage.rollback(...more);
  over.abort();
  await watched;
  return { answer: ended(answer, 0), notes: { ...notesOf(answer), ...(serves && { serves }) } };
}

/** @throws Error when it did not end as it should */
function ended(answer: Answer, exitCode: number): Answer {
  if (answer.exitCode === exitCode) return answer;
  throw new Error(`ended by ${answer.exitCode}, not ${exitCode}: ${JSON.stringify(answer, null, 2)}`);
}

/**
 * The highest of some rates at which a release comes without a failed request and answers stay within a second; the lowest when
 * none holds.
 */
export async function highestRate(stage: Stage, rates: readonly number[], size: string): Promise<number> {
  for (const rate of rates) {
    const [from, to] = rates.indexOf(rate) % 2 === 0 ? ["1.0.0", "1.0.1"] : ["1.0.1", "1.0.0"];
    await stage.begin(from);
    const shape = { rate, websockets: 20, reportSeconds: 10 };
    const { result, figures } = await stage.loaded(() => stage.deploy(to), shape);
    process.stderr.write(`${size}, ${rate} requests/s: ${JSON.stringify(figures)}\n`);
    if (result.exitCode === 0 && figures.failed === 0 && figures.p95 < 1000) return rate;
    // Too much for this size; what it has left unanswered comes to its end first.
    await stage.until(() => stage.told(), 120);
  }
  return rates.at(-1) ?? 1;
}

export async function codeOnly({ stage, size, shape }: Bench): Promise<Measured> {
  const tags = ["1.0.0", "1.0.1"] as const;
  const first = (await stage.told()).version === "1.0.0" ? 1 : 0;
  return await measure(stage, { name: "deploy, code only", size, shape, runs: 5 }, async (run) =>
    notesOf(await stage.deployed(tags[(first + run) % 2] ?? "1.0.0")),
  );
}

export async function bad(bench: Bench): Promise<Measured[]> {
  const { stage, size, shape } = bench;
  const tried = {
    "1.0.2-crash": "bad deploy, crashes at start",
    "1.0.2-library": "bad deploy, import error that no update finds",
    "1.1.0-import": "bad deploy, import error in an add-on",
    "1.1.0-migration": "bad deploy, migration raises halfway",
  };
  const measured: Measured[] = [];
  for (const [tag, name] of Object.entries(tried)) {
    await stage.build(tag);
    measured.push(
      await measure(stage, { name, size, shape }, async () => notesOf(ended(await stage.deploy(tag), 1))),
    );
  }
  return measured;
}

export async function rollbacks({ stage, size, shape }: Bench, runs: number): Promise<Measured> {
  const named = { name: "rollback, code only", size, shape, runs };
  return await measure(stage, named, async () => (await back(stage)).notes);
}

/** A module update, and back with the data, at a size of both. */
export async function withData({ stage, size, shape }: Bench, gb: number): Promise<Measured[]> {
  await stage.begin("1.0.1");
  await fillUp(stage, dataOfGb(gb));
  const { database, filestore, files } = await sizeOf(stage);
  const there = { databaseBytes: database, filestoreBytes: filestore, files };
  const up = await measure(
    stage,
    { name: `deploy with a module update, ${gb} GB`, size, shape },
    async () => ({ ...notesOf(await stage.deployed("1.1.0")), ...there }),
  );
  for (let row = 0; row < 3; row += 1) await stage.write(`lost ${row}`, `file ${row}`);
  const down = await measure(stage, { name: `rollback with data, ${gb} GB`, size, shape }, async () => {
    const { answer, notes } = await back(stage, "--with-data");
    return { ...notes, ...there, lost: lostOf(answer) };
  });
  return [up, down];
}

const lostOf = (answer: Answer): unknown => {
  const { data } = answer.card as unknown as { data?: { lost?: { rows: unknown; seconds: unknown } } };
  return data?.lost && { rows: data.lost.rows, seconds: data.lost.seconds };
};

/** What a user would have otherwise. */
export async function otherwise({ stage, size, shape }: Bench): Promise<Measured> {
  const reference = async (tag: string): Promise<string> => {
    const { registry, repository, digest } = await stage.build(tag);
    return `${registry}/${repository}@${digest}`;
  };
  const images = [await reference("1.0.0"), await reference("1.0.1")] as const;
  const plain = new PlainCompose(stage);
  await plain.open(images[0]);
  try {
    return await measure(
      stage,
      { name: "otherwise: docker compose up -d", size, shape, runs: 3 },
      async (run) => {
        await plain.up(images[(run + 1) % 2] ?? images[0]);
        await plain.serves();
        return {};
      },
    );
  } finally {
    await plain.close();
  }
}

export async function otherwiseBack({ stage, size }: Bench, gb: number, bound: number): Promise<Measured> {
  await fillUp(stage, dataOfGb(gb));
  const dumped = await dump(stage);
  process.stderr.write(`gunzip | psql, ${gb} GB, at most ${bound} s\n`);
  const seconds = await restore(stage, bound);
  const said = Math.round((seconds ?? bound) * 10) / 10;
  const { status } = await ask(stage.world, stage.platform, "/web/login");
  return {
    case: `otherwise: gunzip | psql, ${gb} GB`,
    size,
    seconds: said,
    p50: said,
    p95: said,
    runs: 1,
    requests: 0,
    failedRequests: 0,
    pausedRequests: 0,
    rate: 0,
    requestP50Ms: 0,
    requestP95Ms: 0,
    websocketGapMs: 0,
    notes: {
      dumpSeconds: Math.round(dumped),
      ...(seconds === undefined ? { within: "not done when its time was over" } : {}),
      answersAfterwards: status,
    },
  };
}
