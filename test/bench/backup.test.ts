import assert from "node:assert/strict";
import { dataOfBackup } from "../../bench/backup/data.ts";
import { type Cost, comparison, sectionOf } from "../../bench/backup/page.ts";

const cost = (name: string, more: Partial<Cost> = {}): Cost => ({
  case: name,
  size: "s-2vcpu-4gb",
  seconds: 10,
  p50: 10,
  p95: 10,
  runs: 1,
  requests: 120,
  failedRequests: 0,
  pausedRequests: 0,
  rate: 10,
  requestP50Ms: 20,
  requestP95Ms: 90,
  websocketGapMs: 0,
  notes: {},
  cpuSeconds: 8,
  peakBytes: 50 * 1024 ** 2,
  ...more,
});

describe("what the bench of backups says", () => {
  const costs = [
    cost("backup: pg_dump | gzip, tar, 1 GB", { seconds: 30, cpuSeconds: 29, storedBytes: 1200 }),
    cost("backup: pg_dump -Fd -j2 -Z1, tar, 1 GB", { seconds: 12, cpuSeconds: 16, storedBytes: 1400 }),
    cost("backup, full, 1 GB", { seconds: 24, cpuSeconds: 32, storedBytes: 1300 }),
    cost("backup, increment after another day, 1 GB", { seconds: 4, cpuSeconds: 4, storedBytes: 70 }),
    cost("restore: pg_dump -Fd -j2 -Z1, tar, 1 GB", { seconds: 40, cpuSeconds: 50 }),
    cost("restore, delta, the whole command, 1 GB", {
      seconds: 8,
      cpuSeconds: 50,
      failedRequests: 9,
      pausedRequests: 7,
      notes: { pauseSeconds: 3, why: "a | b" },
    }),
  ];

  it("sets ours against both plain ways, and says where a plain way wins", () => {
    assert.deepEqual(comparison(costs), [
      "- 1 GB, a daily backup against pg_dump and gzip: 7.5 times less time, 7.3 times less CPU, 17.1 times less bytes stored.",
      "- 1 GB, a daily backup against the best plain way: 3 times less time, 4 times less CPU, 20 times less bytes stored.",
      "- 1 GB, a full backup against the best plain way: **2 times more time, here the plain way wins**, **2 times more CPU, here the plain way wins**, 1.1 times less bytes stored.",
      "- 1 GB, a restore in place against the best plain way: 5 times less time, the same CPU.",
    ]);
  });

  it("compares like with like: each size by itself", () => {
    const ours = cost("backup, full, 10 GB");
    assert.deepEqual(comparison([ours, cost("backup: pg_dump -Fd -j2 -Z1, tar, 1 GB")]), []);
  });

  it("tells paused requests from others, keeps a table a table, and is one section", () => {
    const section = sectionOf(costs, "2 processors");
    assert.match(
      section,
      /\| 20 \/ 90 ms \| 9 of 120, of which paused 7 \| pause seconds 3; why "a \\\| b" \|$/m,
    );
    assert.match(section, /^\| backup, full, 1 GB \| 24 s \| 32 s \| 50 MB \| 0 MB \|/m);
    assert.deepEqual(section.match(/^## .*/gm), ["## Backups"]);
    const [head = "", ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
    const columns = (row: string) => row.split(/(?<!\\)\|/).length;
    assert.deepEqual(new Set(rows.map(columns)), new Set([columns(head)]));
  });
});

describe("the data of that bench", () => {
  it("has 50,000 attachments, and fewer where it is less than a GB", () => {
    assert.deepEqual(dataOfBackup(10), { databaseMb: 10_000, files: 50_000, fileKb: 20 });
    assert.deepEqual(dataOfBackup(0.2), { databaseMb: 200, files: 10_000, fileKb: 20 });
  });
});
