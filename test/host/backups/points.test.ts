import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";

const script = join(root, "host/backups/points.py");
const day = 86_400;
const now = Math.floor(Date.now() / 1000);

interface Made {
  label: string;
  type?: "full" | "incr";
  prior?: string;
  needs?: string[];
  daysAgo: number;
  marked?: boolean;
  damaged?: boolean;
  database?: number;
}

describe("what is in the bucket", () => {
  // Python begins anew in each of several steps.
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "points-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const iso = (epoch: number): string => new Date(epoch * 1000).toISOString();
  const second = (epoch: number): string => iso(epoch).replace(".000Z", "Z");
  let count = 0;
  const snapshot = (time: number, tag: string, about?: unknown, more: string[] = []) => ({
    id: String(++count).padEnd(64, "0"),
    // restic's own form.
    time: iso(time).replace(".000Z", ".123456789Z"),
    tags: [
      tag,
      ...more,
      ...(about ? [`about=${Buffer.from(JSON.stringify(about)).toString("base64")}`] : []),
    ],
  });
  const marker = ({ label, daysAgo }: Made, files: string) => {
    const at = now - daysAgo * day;
    const id = second(at).replaceAll(/[-:Z]/g, "").replace("T", "-");
    const about = {
      id,
      at: second(at),
      kind: "full",
      startedAt: second(at - 60),
      database: { label, bytes: 5 },
    };
    return snapshot(at + 60, "restore-point", { ...about, filestore: { snapshot: files.slice(0, 16) } });
  };
  const set = ({ label, type = "full", prior, needs = [], daysAgo, damaged, database = 1 }: Made) => ({
    label,
    type,
    prior: prior ?? null,
    reference: needs,
    error: damaged ?? false,
    timestamp: { start: now - daysAgo * day - 60, stop: now - daysAgo * day },
    info: { repository: { delta: 7 } },
    database: { id: database },
  });

  /** Runs one verb upon sets, each with files and a marker of its own unless it has none. */
  const ask = (verb: string, made: Made[], words: ReturnType<typeof snapshot>[] = [], ...rest: string[]) => {
    const snapshots = made.flatMap((one) => {
      const files = snapshot(now - one.daysAgo * day + 30, "files", undefined, ["of=1"]);
      return one.marked === false ? [files] : [files, marker(one, files.id)];
    });
    writeFileSync(join(folder, "snapshots"), JSON.stringify([...snapshots, ...words]));
    const info = [{ db: [{ id: 1 }], backup: made.map(set) }];
    writeFileSync(join(folder, "sets"), JSON.stringify(made.length > 0 ? info : []));
    const run = spawnSync(
      "python3",
      [script, verb, join(folder, "snapshots"), join(folder, "sets"), ...rest],
      {
        encoding: "utf8",
      },
    );
    assert.equal(run.status, 0, run.stderr);
    return JSON.parse(run.stdout) as Record<string, unknown>;
  };
  const full: Made = { label: "F1", daysAgo: 3 };
  const increment: Made = { label: "F1_I2", type: "incr", prior: "F1", needs: ["F1"], daysAgo: 1 };
  const ids = (answer: unknown): string[] =>
    (answer as { database: { label: string } }[]).map((one) => one.database.label);

  it("are no points where there is nothing", () => {
    assert.deepEqual(
      { ...ask("list", []), checkedAt: "" },
      { points: [], bad: [], span: null, stored: null, checkedAt: "" },
    );
    assert.deepEqual(ask("next", []), { kind: "full", why: "there is no full one to build upon", drop: [] });
  });

  it("are points, newest first, and an increment comes next", () => {
    const list = ask("list", [full, increment]);
    assert.deepEqual(ids(list["points"]), ["F1_I2", "F1"]);
    assert.deepEqual(list["stored"], { database: 14, filestore: null });
    assert.deepEqual(ask("next", [full, increment]), { kind: "incr", why: null, drop: [] });
  });

  it("is no point without its marker, and the bucket is rid of it before the next one", () => {
    const made = [full, { ...increment, marked: false }];
    assert.deepEqual(ids(ask("list", made)["points"]), ["F1"]);
    assert.deepEqual(ask("next", made), { kind: "incr", why: null, drop: ["F1_I2"] });
  });

  it("is not built upon when it is the only one and has no marker", () => {
    assert.deepEqual(ask("next", [{ ...full, marked: false }]), {
      kind: "full",
      why: "there is no full one to build upon",
      drop: [],
    });
  });

  it("is a full one after a week", () => {
    const next = ask("next", [{ ...full, daysAgo: 7 }, increment]);
    assert.deepEqual([next["kind"], next["why"]], ["full", "the last full one is a week old"]);
    assert.equal(ask("next", [{ ...full, daysAgo: 6.9 }, increment])["kind"], "incr");
  });

  it("does not count what was found bad, nor what builds upon it", () => {
    const word = snapshot(now, "bad", { label: "F1", reason: "a flipped byte" });
    const list = ask("list", [full, increment], [word]);
    assert.deepEqual(list["points"], []);
    assert.deepEqual(
      (list["bad"] as { reason: string }[]).map(({ reason }) => reason),
      ["a flipped byte", "a flipped byte"],
    );
    assert.equal(ask("next", [full, increment], [word])["kind"], "full");
    assert.deepEqual(ask("list", [{ ...full, damaged: true }])["points"], []);
  });

  it("is not built upon when it is of another database", () => {
    assert.equal(ask("next", [{ ...full, database: 2 }])["kind"], "full");
  });

  it("lets an old week go only when a younger full one is old enough, and never the newest", () => {
    const made = (...ages: number[]): Made[] => ages.map((daysAgo) => ({ label: `F${daysAgo}`, daysAgo }));
    const expire = (...ages: number[]): unknown => ask("retention", made(...ages), [], "30")["expire"];
    assert.deepEqual(expire(40), []);
    assert.deepEqual(expire(40, 20), []);
    assert.deepEqual(expire(40, 31, 20), ["F40"]);
    assert.deepEqual(expire(4000), []);
  });

  it("does not count a bad one as the younger", () => {
    const made: Made[] = [40, 31, 20].map((daysAgo) => ({ label: `F${daysAgo}`, daysAgo }));
    const word = snapshot(now, "bad", { label: "F31", reason: "a flipped byte" });
    assert.deepEqual(ask("retention", made, [word], "30")["expire"], ["F31"]);
  });

  it("tells since when files that are gone are needed: since the oldest point", () => {
    assert.equal(ask("retention", [full, increment], [], "30")["neededSince"], now - 3 * day - 60);
  });

  it("tells by when a point was proven, and re-read", () => {
    const id = (ask("list", [full])["points"] as { id: string }[])[0]?.id;
    const words = [
      snapshot(now - 50, "drill", {
        ok: true,
        point: id,
        endedAt: "2026-11-26T03:00:00Z",
        seconds: { total: 9 },
      }),
      snapshot(now - 40, "drill", { ok: false, point: id, endedAt: "2026-11-27T03:00:00Z" }),
      snapshot(now - 30, "verify", { ok: true, points: [id], endedAt: "2026-11-28T03:00:00Z" }),
    ];
    const [point] = ask("list", [full], words)["points"] as Record<string, unknown>[];
    assert.deepEqual(point?.["proven"], { at: "2026-11-26T03:00:00Z", by: "drill", seconds: 9 });
    assert.deepEqual(point?.["verified"], { at: "2026-11-28T03:00:00Z", by: "verify" });
  });

  it("keeps the last 30 days and the newest good one, through a year of failed nights and two changes of the clock", () => {
    const year = join(root, "test/host/backups/year.py");
    const run = spawnSync("python3", [year, script, "365", "Europe/Berlin"], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const { faults, kinds, mostPoints, mostSnapshots } = JSON.parse(run.stdout) as {
      faults: string[];
      kinds: { full: number; incr: number };
      mostPoints: number;
      mostSnapshots: number;
    };
    assert.deepEqual(faults, []);
    assert.ok(kinds.full >= 40 && kinds.incr > kinds.full * 3, JSON.stringify(kinds));
    // Nothing piles up either.
    assert.ok(mostPoints <= 40 && mostSnapshots < 400, run.stdout);
  });
});
