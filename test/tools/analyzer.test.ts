import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

const analyzer = join(root, "tools", "go", "pulumi", "pulumi-analyzer-policy-nodejs");

describe("starting a policy pack without a language plugin", () => {
  let project: string;
  let pack: string;
  beforeEach(() => {
    project = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "a project ")));
    pack = join(project, "policies", "secrets");
    fs.mkdirSync(pack, { recursive: true });
  });
  afterEach(() => fs.rmSync(project, { recursive: true }));

  it("runs the SDK of the project that the pack lies in, with the engine's arguments", () => {
    const runner = join(project, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    fs.mkdirSync(runner, { recursive: true });
    fs.writeFileSync(join(runner, "index.js"), "console.log(process.cwd(), ...process.argv.slice(2))");
    const { stdout, status } = spawnSync(analyzer, ["127.0.0.1:9", ".", "-typescript=false"], {
      cwd: pack,
      encoding: "utf8",
    });
    assert.equal(stdout, `${pack} 127.0.0.1:9 . -typescript=false\n`);
    assert.equal(status, 0);
  });

  it("says in the words that the engine knows when there is no SDK", () => {
    const { stderr, status } = spawnSync(analyzer, ["127.0.0.1:9", "."], { cwd: pack, encoding: "utf8" });
    assert.match(stderr, /^Cannot find module '@pulumi\/pulumi\/cmd\/run-policy-pack' in /);
    assert.equal(status, 1);
  });
});
