import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";

describe("what holds the filestore's files", () => {
  // Python begins anew in each of several steps.
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keep-"));
    mkdirSync(join(folder, "live"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const live = (path: string): string => join(folder, "live", path);
  const kept = (path: string): string => join(folder, "kept", path);
  const attach = (path: string, text = path): void => {
    mkdirSync(join(live(path), ".."), { recursive: true });
    writeFileSync(live(path), text);
    // Written long ago, unless a scene says otherwise.
    utimesSync(live(path), 1, 1);
  };
  const keep = (...options: string[]) => {
    const run = spawnSync(
      "python3",
      [join(root, "host/backups/keep.py"), live(""), join(folder, "kept"), ...options],
      {
        encoding: "utf8",
      },
    );
    assert.equal(run.status, 0, run.stderr);
    return JSON.parse(run.stdout) as { new: number; removed: number; gone: number; hot: boolean };
  };
  const later = String(Date.now() / 1000 + 100);

  it("gives each a second name, and looks at nothing twice that did not change", () => {
    attach("ab/abcd");
    attach("checklist/ab/abcd");
    assert.deepEqual(keep(), { new: 1, removed: 0, gone: 0, hot: false });
    assert.equal(statSync(kept("ab/abcd")).nlink, 2);
    assert.ok(!existsSync(kept("checklist")));
    assert.deepEqual(keep(), { new: 0, removed: 0, gone: 0, hot: false });
  });

  it("notes that something is to be brought away before the first of it is held", () => {
    keep();
    assert.ok(!existsSync(join(folder, "kept.pending")));
    attach("ab/abcd");
    keep();
    assert.ok(existsSync(join(folder, "kept.pending")));
  });

  it("holds what Odoo collects until nothing needs it", () => {
    attach("ab/abcd");
    attach("ab/abef");
    keep();
    rmSync(live("ab/abcd"));
    assert.equal(keep().gone, 1);
    assert.deepEqual(keep("needed=1"), { new: 0, removed: 0, gone: 1, hot: false });
    assert.equal(readFileSync(kept("ab/abcd"), "utf8"), "ab/abcd");
    assert.equal(keep(`needed=${later}`).removed, 1);
    assert.ok(!existsSync(kept("ab/abcd")));
    assert.ok(existsSync(kept("ab/abef")));
  });

  it("does not call gone what has come back", () => {
    attach("ab/abcd");
    keep();
    rmSync(live("ab/abcd"));
    keep();
    attach("ab/abcd");
    assert.deepEqual(keep(`needed=${later}`), { new: 0, removed: 0, gone: 0, hot: false });
    assert.ok(existsSync(kept("ab/abcd")));
  });

  it("does not call gone what was swapped for a copy, whose names are others", () => {
    attach("ab/abcd");
    keep();
    // As a release goes back with its data: the same file under another number, the second name left alone.
    renameSync(live(""), join(folder, "old"));
    attach("ab/abcd");
    rmSync(join(folder, "old"), { recursive: true });
    assert.equal(statSync(kept("ab/abcd")).nlink, 1);
    assert.deepEqual(keep(`needed=${later}`), { new: 0, removed: 0, gone: 0, hot: false });
    rmSync(live("ab/abcd"));
    assert.equal(keep().gone, 1);
  });

  it("says when one was perhaps still being written", () => {
    attach("ab/abcd");
    utimesSync(live("ab/abcd"), Date.now() / 1000, Date.now() / 1000);
    assert.equal(keep().hot, true);
  });

  it("begins anew where its notes are lost, and takes nothing away by that", () => {
    attach("ab/abcd");
    keep();
    linkSync(kept("ab/abcd"), kept("ab/gone"));
    writeFileSync(join(folder, "kept.state"), "{ half");
    assert.deepEqual(keep("needed=1"), { new: 0, removed: 0, gone: 1, hot: false });
    assert.ok(existsSync(kept("ab/gone")));
  });
});
