import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");
const nameOf = (text: string): string => `${sha1(text).slice(0, 2)}/${sha1(text)}`;

describe("the files that attachments name", function () {
  // It gives folders to Odoo's user.
  if (process.getuid?.() !== 0) this.pending = true;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "wanted-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (verb: string, ...args: string[]): string => {
    const script = join(root, "host/backups/wanted.py");
    const { stdout, stderr, status } = spawnSync("python3", [script, verb, ...args], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  const put = (place: string, text: string, content = text): void => {
    mkdirSync(join(folder, place, nameOf(text).slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, place, nameOf(text)), content);
  };
  const list = (...texts: string[]): string => {
    writeFileSync(join(folder, "list"), texts.map((text) => `${nameOf(text)} - 2\n`).join(""));
    return join(folder, "list");
  };
  const target = (): string => join(folder, "target");

  it("are linked out of what is held, and what is not is told", () => {
    put("kept", "one");
    const lacking = run("collect", list("one", "two"), target(), join(folder, "kept"));
    assert.equal(lacking, nameOf("two"));
    assert.equal(
      statSync(join(target(), nameOf("one"))).ino,
      statSync(join(folder, "kept", nameOf("one"))).ino,
    );
    assert.equal(statSync(join(target(), nameOf("one").slice(0, 2))).uid, 10001);
  });

  it("are compared by their SHA-1, and the bad ones named", () => {
    put("target", "right");
    put("target", "wrong", "flipped");
    const { examples, ...found } = JSON.parse(
      run("check", list("right", "wrong", "missing"), target()),
    ) as Record<string, unknown> & { examples: string[] };
    assert.deepEqual(found, { attachments: 6, files: 3, bytes: 12, missing: 1, wrong: 1 });
    assert.deepEqual(examples, [nameOf("wrong"), nameOf("missing")]);
    assert.equal(
      readFileSync(join(folder, "list.bad"), "utf8"),
      `${nameOf("wrong")}\n${nameOf("missing")}\n`,
    );
  });

  it("are compared with what the database has for them, where that is another than their name", () => {
    put("target", "name", "content");
    writeFileSync(join(folder, "list"), `${nameOf("name")} ${sha1("content")} 1\n`);
    assert.equal((JSON.parse(run("check", join(folder, "list"), target())) as { wrong: number }).wrong, 0);
  });

  it("are all that stays", () => {
    put("target", "named");
    put("target", "nobody's");
    run("strip", list("named"), target());
    assert.ok(existsSync(join(target(), nameOf("named"))));
    assert.ok(!existsSync(join(target(), nameOf("nobody's"))));
  });
});
