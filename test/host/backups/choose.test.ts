import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";

const hour = 3600;
/** 2026-11-26 00:00:00 UTC. */
const midnight = 1795651200;
const iso = (epoch: number): string => new Date(epoch * 1000).toISOString().replace(".000Z", "Z");

interface Set {
  label: string;
  stop: number;
  timeline?: number;
  lsn?: string;
  needs?: string[];
  database?: number;
}

/** A bucket with these sets of the database, snapshots of files by their time, and timelines by when they began. */
interface Bucket {
  sets: Set[];
  files?: number[];
  timelines?: Record<number, { began: number; history?: string }>;
  /** Timelines of which there is log. */
  logs?: number[];
  points?: { id: string; at: string; label: string; snapshot: string }[];
  bad?: string[];
}

describe("what a moment is restored from", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "choose-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const hex = (number: number, digits = 8): string => number.toString(16).toUpperCase().padStart(digits, "0");
  const about = (value: unknown): string => `about=${Buffer.from(JSON.stringify(value)).toString("base64")}`;
  const snapshot = (id: string, time: number, tags: string[]) => ({
    id: id.padEnd(64, "0"),
    time: iso(time),
    tags,
  });

  function choose(
    to: string,
    { sets, files = [], timelines = {}, logs = [], points = [], bad = [] }: Bucket,
  ) {
    const info = [
      {
        db: [
          { id: 1, "system-id": 71 },
          { id: 2, "system-id": 72 },
        ],
        backup: sets.map(({ label, stop, timeline = 1, lsn = "0/1000000", needs = [], database = 1 }) => ({
          label,
          type: label.endsWith("F") ? "full" : "incr",
          prior: null,
          reference: needs,
          error: false,
          timestamp: { start: stop - 60, stop },
          lsn: { start: lsn, stop: lsn },
          archive: {
            start: `${hex(timeline)}${hex(0)}${hex(1)}`,
            stop: `${hex(timeline)}${hex(0)}${hex(1)}`,
          },
          database: { id: database },
          info: { size: 1000, repository: { delta: 10 } },
        })),
      },
    ];
    const snapshots = [
      ...files.map((time, index) => snapshot(`f${index}`, time, ["files", "of=71"])),
      ...points.map(({ id, at, label, snapshot: files }) =>
        snapshot(`m${id}`, midnight, [
          "restore-point",
          about({ id, at, startedAt: at, database: { label }, filestore: { snapshot: files } }),
        ]),
      ),
      ...bad.map((label) => snapshot(`b${label}`, midnight, ["bad", about({ label, reason: "damaged" })])),
    ];
    const listing = Object.fromEntries([
      ...Object.entries(timelines).map(([number, { began }]) => [
        `${hex(Number(number))}.history`,
        { type: "file", time: began },
      ]),
      ...logs.map((number) => [`${hex(number)}${hex(0)}`, { type: "path" }]),
    ]);
    mkdirSync(join(folder, "histories"), { recursive: true });
    for (const [number, { history }] of Object.entries(timelines))
      if (history !== undefined)
        writeFileSync(join(folder, "histories", `${hex(Number(number))}.history`), history);
    const file = (name: string, value: unknown): string => {
      writeFileSync(join(folder, name), JSON.stringify(value));
      return join(folder, name);
    };
    const args = [
      join(root, "host/backups/choose.py"),
      to,
      file("snapshots", snapshots),
      file("sets", info),
      file("listing", listing),
      join(folder, "histories"),
    ];
    const { stdout, stderr, status } = spawnSync("python3", args, { encoding: "utf8" });
    if (status !== 0) return { status, said: stderr.trim() } as never;
    return JSON.parse(stdout) as Record<string, unknown> & { files: { id: string }; set: string };
  }

  const night = midnight + 2 * hour;
  const sets: Set[] = [
    { label: "20261125-020000F", stop: night - 24 * hour },
    { label: "20261126-020000I", stop: night, lsn: "0/9000000", needs: ["20261125-020000F"] },
  ];
  const files = [night - 24 * hour + 60, night + 60, night + 5 * hour];

  it("is the newest set before it, and the first files that have all that was written until then", () => {
    const found = choose(iso(night + hour), { sets, files });
    assert.deepEqual(
      { set: found.set, kind: found["kind"], follow: found["follow"], files: found.files.id },
      { set: "20261126-020000I", kind: "time", follow: "current", files: "f2000000" },
    );
    assert.equal(found["target"], "2026-11-26 03:00:00.000000+00");
    assert.equal(choose(iso(night - hour), { sets, files }).set, "20261125-020000F");
  });

  it("is UTC where the time says no zone, and to the second", () => {
    assert.equal(choose("2026-11-26 03:00:07", { sets, files })["at"], "2026-11-26T03:00:07Z");
    assert.equal(choose("2026-11-26T11:00:07+08:00", { sets, files })["at"], "2026-11-26T03:00:07Z");
  });

  it("is the newest files where nothing was shipped after it", () => {
    assert.equal(choose(iso(night + 6 * hour), { sets, files }).files.id, "f2000000");
  });

  it("is everything, for latest", () => {
    const found = choose("latest", { sets, files });
    assert.deepEqual([found.set, found["kind"], found["target"]], ["20261126-020000I", "default", null]);
  });

  describe("after a way back with data", () => {
    // Timeline 2 was left off at a place before the second set: that one lies on a branch that nobody follows any more.
    const timelines = {
      2: { began: night + 2 * hour, history: "1\t0/5000000\tno recovery target specified\n" },
    };

    it("is a set that lies on the way, though a newer one is there", () => {
      const found = choose(iso(night + 3 * hour), { sets, files, timelines });
      assert.deepEqual([found.set, found["timeline"], found["follow"]], ["20261125-020000F", 2, "2"]);
    });

    it("is the branch that was left, for a moment when it was live", () => {
      const found = choose(iso(night + hour), { sets, files, timelines });
      assert.deepEqual([found.set, found["timeline"], found["follow"]], ["20261126-020000I", 1, "current"]);
    });

    it("is a set of its own, once one was taken", () => {
      const own = { label: "20261126-050000I", stop: night + 3 * hour, timeline: 2, lsn: "0/6000000" };
      const found = choose("latest", { sets: [...sets, own], files, timelines });
      assert.deepEqual([found.set, found["timeline"], found["follow"]], ["20261126-050000I", 2, "current"]);
    });

    it("began at the latest when a set of it was, though its history was written again later", () => {
      const own = { label: "20261126-050000I", stop: night + 3 * hour, timeline: 2, lsn: "0/6000000" };
      const again = { 2: { ...timelines[2], began: night + 20 * hour } };
      const found = choose(iso(night + 4 * hour), { sets: [...sets, own], files, timelines: again });
      assert.deepEqual([found.set, found["timeline"], found["follow"]], ["20261126-050000I", 2, "current"]);
    });

    it("is known by its set where its history was dropped", () => {
      const own = { label: "20261126-050000I", stop: night + 3 * hour, timeline: 2, lsn: "0/6000000" };
      const found = choose("latest", { sets: [...sets, own], files, logs: [1, 2] });
      assert.deepEqual([found.set, found["timeline"], found["follow"]], ["20261126-050000I", 2, "current"]);
    });

    it("is not known where there is log of it and nothing tells when it began", () => {
      const { status, said } = choose("latest", { sets, files, logs: [1, 2] }) as unknown as {
        status: number;
        said: string;
      };
      assert.equal(status, 3);
      assert.match(said, /timeline 2 is there, and not where it began: latest is not known/);
      assert.equal(choose(iso(night + hour), { sets, files, logs: [1, 2] }).set, "20261126-020000I");
    });

    it("tells which branch came after, for whoever finds that the log ends too early", () => {
      assert.equal(choose(iso(night + hour), { sets, files, timelines })["after"], 2);
      assert.equal(choose("latest", { sets, files, timelines })["after"], null);
    });

    it("asks for the history of the timeline where it does not have it", () => {
      const found = choose("latest", { sets, files, timelines: { 3: { began: night } } });
      assert.deepEqual(found, { status: 4, said: "00000003.history" });
    });
  });

  it("is the set and the files of a restore point", () => {
    const points = [{ id: "20261126-020000", at: iso(night), label: "20261126-020000I", snapshot: "f1" }];
    const found = choose("20261126-020000", { sets, files, points });
    assert.deepEqual(
      [found.set, found["kind"], found.files.id, found["point"]],
      ["20261126-020000I", "immediate", "f1000000", "20261126-020000"],
    );
  });

  it("is no set that was found bad, nor one that builds upon it", () => {
    assert.equal(choose("latest", { sets, files, bad: ["20261126-020000I"] }).set, "20261125-020000F");
    const found = choose("latest", { sets, files, bad: ["20261125-020000F"] }) as unknown as { said: string };
    assert.equal(found.said, "the bucket holds no backup of the database");
  });

  for (const [what, to, said] of [
    ["no time", "yesterday", /"yesterday" is no time and no restore point; say /],
    ["a restore point that is not there", "20261101-000000", /there is no restore point 20261101-000000/],
    [
      "a time before the first backup",
      "2026-01-01T00:00:00Z",
      /no backup leads there; the oldest moment is 2026-11-25T02:00:00Z/,
    ],
    ["the future", "2126-01-01T00:00:00Z", /lies in the future/],
  ] as const)
    it(`is nothing for ${what}, and says so`, () => {
      const found = choose(to, { sets, files }) as unknown as { status: number; said: string };
      assert.equal(found.status, 3);
      assert.match(found.said, said);
    });

  it("is nothing where no files of this database are there", () => {
    const found = choose("latest", { sets }) as unknown as { said: string };
    assert.match(found.said, /no snapshot of files of this database/);
  });
});
