import type { BackupRun, Drill, List, Now, Point, Verify } from "../../../operations/backups/schema.ts";

/** When it is in these scenes. */
export const now = new Date("2026-11-26T05:00:00Z");

export const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();

export const point = (change: Partial<Point> = {}): Point => ({
  id: "20261126-020000",
  at: hoursAgo(3),
  kind: "incr",
  database: { label: "20261122-020000F_20261126-020000I", bytes: 1_170_000_000, storedBytes: 34_000_000 },
  filestore: { snapshot: "0123abcd", files: 49_120, bytes: 2_300_000_000, storedBytes: 1_200_000 },
  seconds: 12.4,
  verified: { at: hoursAgo(3), by: "backup" },
  proven: { at: hoursAgo(48), by: "drill", seconds: 31 },
  ...change,
});

export const run = (operation: string, change: Partial<BackupRun> = {}): BackupRun => ({
  operation,
  startedAt: hoursAgo(3.01),
  endedAt: hoursAgo(3),
  ok: true,
  reason: null,
  lastOkAt: hoursAgo(3),
  ...change,
});

export const list = (change: Partial<List> = {}): List => ({
  points: [point(), point({ id: "20261122-020000", kind: "full", at: hoursAgo(99), proven: null })],
  bad: [],
  span: { from: hoursAgo(99), to: hoursAgo(0.01) },
  stored: { database: 3_400_000_000, filestore: 2_000_000_000 },
  checkedAt: hoursAgo(0),
  ...change,
});

export const made = (change: Partial<Now> = {}): Now => ({
  ...run("now"),
  operation: "now",
  point: point(),
  ...change,
});

export const verified = (change: Partial<Verify> = {}): Verify => ({
  ...run("verify"),
  operation: "verify",
  part: "3/5",
  database: { bytes: 680_000_000 },
  filestore: { packs: 24, bytes: 400_000_000 },
  points: ["20261122-020000"],
  ...change,
});

export const drill = (change: Partial<Drill> = {}): Drill => ({
  ...run("drill"),
  operation: "drill",
  point: "20261126-020000",
  to: hoursAgo(0.01),
  checks: [
    { name: "room", ok: true, detail: "3.5 GB wanted, 12.0 GB free", seconds: 0.1 },
    { name: "fetch", ok: true, detail: "database and 49,120 files", seconds: 14.2 },
    { name: "database", ok: true, detail: "up and promoted", seconds: 3.4 },
    { name: "login", ok: true, detail: "as the administrator", seconds: 1.1 },
    { name: "teardown", ok: true, detail: "nothing is left", seconds: 0.8 },
  ],
  database: {
    bytes: 1_170_000_000,
    tables: 312,
    rows: 1_204_333,
    top: [{ table: "mail_message", rows: 90_000 }],
  },
  filestore: { attachments: 50_000, files: 49_120, bytes: 2_300_000_000, missing: 0, wrong: 0 },
  modules: { installed: 14, unfinished: 0 },
  seconds: { restore: 14.3, serving: 31, total: 34.2 },
  ...change,
});

export const timers = ["", "-ship", "-verify", "-drill"].map((one) => `odoo-platform-backup${one}.timer`);

/** What `host/probe/backups.sh` prints of a machine whose backups are well. A scene changes one thing. */
export interface Told {
  since: number;
  lines: Record<string, string>;
  waiting: [count: number, secondsOld: number];
  queue: number;
}

export function told(change: (told: Told) => void = () => {}): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const all: Told = {
    since: seconds - 90 * 86_400,
    lines: {
      now: JSON.stringify(run("now")),
      ship: JSON.stringify(run("ship", { endedAt: hoursAgo(0.005) })),
      verify: JSON.stringify(run("verify", { lastOkAt: hoursAgo(72) })),
      drill: JSON.stringify(run("drill", { lastOkAt: hoursAgo(48) })),
      points: JSON.stringify(list()),
      ...Object.fromEntries(timers.map((name) => [`timer ${name}`, "active"])),
    },
    waiting: [1, 2],
    queue: 1024 ** 3,
  };
  change(all);
  return [
    `time ${seconds} ${all.since}`,
    ...Object.entries(all.lines).map(([key, value]) => `${key} ${value}`),
    `waiting ${all.waiting[0]} ${all.waiting[0] === 0 ? 0 : seconds - all.waiting[1]}`,
    `queue ${all.queue}`,
    `archiver ${seconds - 10} 0`,
    "",
  ].join("\n");
}
