import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countsFile } from "../../tools/mocha-reporter.ts";
import { binDir, root } from "../../tools/paths.ts";

describe("counting the tests of a run", () => {
  it("counts what passed, failed and was skipped", () => {
    const folder = fs.mkdtempSync(join(tmpdir(), "counting-"));
    try {
      const spec = join(folder, "three.cjs");
      fs.writeFileSync(
        spec,
        `it("a", () => {}); it("b", () => { throw new Error("b"); }); it.skip("c", () => {});`,
      );
      const { status } = spawnSync(
        join(binDir, "mocha"),
        ["--no-config", "--reporter", join(root, "tools", "mocha-reporter.ts"), spec],
        { env: { ...process.env, [countsFile]: join(folder, "counts.json") } },
      );
      assert.equal(status, 1);
      assert.deepEqual(JSON.parse(fs.readFileSync(join(folder, "counts.json"), "utf8")), {
        passed: 1,
        failed: 1,
        skipped: 1,
      });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
