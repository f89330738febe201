import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { age } from "../../../operations/backups/limits.ts";
import {
  drillText,
  listText,
  nowText,
  providerText,
  size,
  verifyText,
} from "../../../operations/backups/text.ts";
import { drill, hoursAgo, list, made, now, verified } from "./sample.ts";

const plain = (text: string): string[] => stripVTControlCharacters(text).split("\n");

describe("what people read of backups", () => {
  it("sizes and ages, in the largest unit of which there are some", () => {
    assert.deepEqual([0, 999, 1000, 34_000_000, 123_400_000_000, null].map(size), [
      "0 B",
      "999 B",
      "1.0 kB",
      "34.0 MB",
      "123 GB",
      "?",
    ]);
    assert.deepEqual([-1, 0.01, 0.5, 26, 49].map(age), ["0 s", "36 s", "30 min", "26 h", "2 days"]);
  });

  it("the restore points: age, size, by when verified and proven, and the span of any second", () => {
    const lines = plain(listText("prod", list(), now));
    const cells = (line = ""): string[] =>
      line
        .split("│")
        .map((one) => one.trim())
        .filter(Boolean);
    const [first, second] = lines.filter((line) => line.includes("202611")).map(cells);
    assert.deepEqual(first, [
      "20261126-020000",
      "3 h",
      "incr",
      "1.2 GB",
      "49,120, 2.3 GB",
      "35.2 MB",
      "3 h ago (backup)",
      "2 days ago, in 31 s",
    ]);
    assert.deepEqual([second?.[2], second?.at(-1)], ["full", "no"]);
    assert.deepEqual(lines.slice(-2), [
      "Any second from 2026-11-22 02:00:00 UTC to 2026-11-26 04:59:24 UTC can be restored.",
      "In the bucket: 3.4 GB of database, 2.0 GB of files.",
    ]);
    assert.equal(listText("prod", list({ points: [] }), now), "prod: there is no restore point yet.");
    const bad = [{ id: "20261125-020000", at: hoursAgo(27), reason: "a file of it is cut short" }];
    assert.deepEqual(plain(listText("prod", list({ bad }), now)).slice(-1), [
      "✖ 20261125-020000 does not count: a file of it is cut short",
    ]);
  });

  it("a backup that was made, and why one was not", () => {
    assert.deepEqual(plain(nowText("prod", made())), [
      "prod: restore point 20261126-020000 (incr), made in 12.4 s.",
      "  Database   1.2 GB, 34.0 MB added to the bucket",
      "  Files      49,120, 2.3 GB, 1.2 MB added",
      "  Verified   every byte was read back",
    ]);
    const failed = made({ ok: false, reason: "the store answers 403; see the key", point: null });
    assert.equal(
      nowText("prod", failed),
      "prod: no restore point was made: the store answers 403; see the key",
    );
  });

  it("a verification, and what it found", () => {
    assert.equal(
      verifyText("prod", verified()),
      "prod: 680 MB of database and 400 MB of files (24 packs) were read back, and are as they were written: part 3/5 of what is kept.\n  Whole: 20261122-020000",
    );
    const damaged = verified({ ok: false, reason: "pack 0123 has another checksum", points: [], part: null });
    assert.match(verifyText("prod", damaged), /^prod: pack 0123 has another checksum\n {2}Read back: 680 MB/);
  });

  it("a drill's report", () => {
    assert.deepEqual(plain(drillText("prod", drill())), [
      "Drill of prod, 2026-11-26 02:00:00 UTC: restored from the bucket alone, and it serves.",
      "",
      "  Restored  20261126-020000, up to 2026-11-26 04:59:24 UTC",
      "  Database  1.2 GB, 312 tables, 1,204,333 rows (mail_message 90,000)",
      "  Files     50,000 attachments in 49,120 files, 2.3 GB: none missing, none with another sha1",
      "  Modules   14 installed, none unfinished",
      "  Time      14.3 s until the data were back, 31.0 s until somebody could log in, 34.2 s in all",
      "",
      "  ✔ room      3.5 GB wanted, 12.0 GB free     0.1 s",
      "  ✔ fetch     database and 49,120 files      14.2 s",
      "  ✔ database  up and promoted                 3.4 s",
      "  ✔ login     as the administrator            1.1 s",
      "  ✔ teardown  nothing is left                 0.8 s",
    ]);
  });

  it("a drill that proved nothing says so first, and shows how far it came", () => {
    const checks = [
      { name: "room" as const, ok: false, detail: "3.5 GB wanted, 1.0 GB free", seconds: 0.1 },
      { name: "teardown" as const, ok: true, detail: "nothing is left", seconds: 0 },
    ];
    const nothing = { point: null, to: null, database: null, filestore: null, modules: null };
    const reason = "there is no room; raise host.volumeGb";
    const lines = plain(drillText("prod", drill({ ok: false, reason, checks, ...nothing })));
    assert.match(lines[0] ?? "", /NOT PROVEN\. there is no room; raise host\.volumeGb$/);
    assert.deepEqual(lines.slice(2, 4), ["  Restored  nothing", "  Time      34.2 s in all"]);
    assert.match(lines.find((line) => line.includes("room ")) ?? "", /^ {2}✖ room/);
    const long = "Odoo does not boot. Its last lines:\n    File one\n  PermissionError";
    const odoo = [{ name: "odoo" as const, ok: false, detail: long, seconds: 1 }];
    const told = plain(drillText("prod", drill({ ok: false, reason: long, checks: odoo })));
    assert.deepEqual(told.slice(1, 3), ["      File one", "    PermissionError"]);
    assert.equal(told.at(-1), "  ✖ odoo  Odoo does not boot. Its last lines:     1.0 s");
  });

  it("what DigitalOcean keeps of an app's database", () => {
    const text = providerText(
      "prod",
      { cluster: "odoo-db", backups: [{ at: hoursAgo(5), bytes: 3e7 }] },
      now,
    );
    assert.match(text, /2026-11-26 00:00:00 UTC {2}5 h old {2}30\.0 MB/);
    assert.match(text, /Nothing of it is proven here/);
  });
});
