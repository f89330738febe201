import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, countsFile } from "../../tools/mocha-reporter.ts";
import { binDir, root } from "../../tools/paths.ts";

describe("counting the tests of a run", () => {
  it("counts what passed, failed and was skipped, names what failed, and tells the seconds of each file", () => {
    const folder = fs.mkdtempSync(join(tmpdir(), "counting-"));
    try {
      const spec = join(folder, "three.cjs");
      fs.writeFileSync(
        spec,
        `const wait = () => new Promise((done) => setTimeout(done, 60));
        describe("d", () => { before(wait); it("a", wait); it("b", () => { throw new Error("b"); }); it.skip("c"); });`,
      );
      const { status } = spawnSync(
        join(binDir, "mocha"),
        ["--no-config", "--reporter", join(root, "tools", "mocha-reporter.ts"), spec],
        { env: { ...process.env, [countsFile]: join(folder, "counts.json") } },
      );
      assert.equal(status, 1);
      const { files, ...counts } = JSON.parse(fs.readFileSync(join(folder, "counts.json"), "utf8")) as Counts;
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1, failures: ["d b: b"] });
      assert.deepEqual(Object.keys(files), [spec]);
      assert.ok((files[spec] ?? 0) >= 0.11, "a hook's time counts too");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
