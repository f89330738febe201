import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";

const full = "20261101-020000F";
const label = "20261101-020000F_20261102-020000I";
const segment = "00000001000000000000000A";
const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

interface File {
  size: number;
  reference?: string;
  bni?: number;
  bno?: number;
  bim?: number;
  "repo-size"?: number;
  rck?: string;
}

/** Two in a bundle with what is no file's between them, one by itself, one of blocks, one of the set before, one that is empty. */
const files: Record<string, File> = {
  "pg_data/PG_VERSION": { bni: 1, bno: 0, rck: sha1("seventeen"), "repo-size": 9, size: 3 },
  "pg_data/base/5/112": { bni: 1, bno: 12, rck: sha1("pages"), "repo-size": 5, size: 8192 },
  "pg_data/base/5/16384": { rck: sha1("whole"), "repo-size": 5, size: 1 << 30 },
  "pg_data/base/5/16384.1": { bim: 40, rck: sha1("blocks"), "repo-size": 6, size: 1 << 30 },
  "pg_data/base/5/113": { bni: 2, bno: 4, rck: sha1("old"), "repo-size": 3, size: 8192, reference: full },
  "pg_data/base/5/empty": { size: 0 },
};
const own = {
  [`backup/odoo/${label}/bundle/1`]: "seventeen...pages",
  [`backup/odoo/${label}/pg_data/base/5/16384.zst`]: "whole",
  [`backup/odoo/${label}/pg_data/base/5/16384.1.pgbi`]: "blocks",
};

const listOf = (all: Record<string, File>): string =>
  `[backup:option]
option-compress-type="zst"

[target:file]
${Object.entries(all)
  .map(([name, one]) => `${name}=${JSON.stringify(one)}\n`)
  .join("")}
[target:file:default]
user="postgres"
`;

describe("a set of the database in the bucket", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "set-"));
    put("manifest", listOf(files));
    put("manifest.copy", listOf(files));
    put("log", `${segment} ${sha1("log")}.zst ${sha1("log")}  -\n`);
    there({});
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const there = (sizes: Record<string, number | undefined>): void => {
    const all: Record<string, number | undefined> = {
      ...Object.fromEntries(
        Object.entries(own).map(([key, text]) => [key.slice("backup/odoo/".length), text.length]),
      ),
      [`${full}/bundle/2`]: 7,
      ...sizes,
    };
    const listed = Object.entries(all).filter(([, size]) => size !== undefined);
    put(
      "objects",
      JSON.stringify(
        Object.fromEntries([
          ["pg_data", { type: "path" }],
          ...listed.map(([key, size]) => [key, { type: "file", size }]),
        ]),
      ),
    );
  };
  const run = (input: string, ...args: string[]): { said: string; wrong: string } => {
    const script = join(root, "host/backups/set.py");
    const { stdout, stderr, status } = spawnSync("python3", [script, ...args], { encoding: "utf8", input });
    assert.ok(status === 0 || (status === 3 && stderr !== ""), stderr);
    return { said: stdout.trim(), wrong: stderr.trim() };
  };
  const objects = () => run("", "objects", folder, label);
  const check = (key: string, text: string) => run(text, "check", folder, label, key);

  it("is asked for what it has written itself", () => {
    assert.deepEqual(objects().said.split("\n").sort(), Object.keys(own).sort());
  });

  for (const [key, text] of Object.entries(own))
    it(`is right where ${key.split("/").at(-1)} is as its list tells, and wrong by a byte or an end`, () => {
      assert.equal(check(key, text).wrong, "");
      assert.match(check(key, `${text.slice(0, -1)}X`).wrong, /is not what was written/);
      assert.match(check(key, text.slice(0, -2)).wrong, /ends in/);
      assert.match(check(key, "").wrong, /ends in/);
    });

  it("takes no notice of what lies between the files of a bundle", () => {
    assert.equal(check(`backup/odoo/${label}/bundle/1`, "seventeen???pages").wrong, "");
  });

  it("needs what it builds upon, whole", () => {
    there({ [`${full}/bundle/2`]: undefined });
    assert.match(objects().wrong, /bundle\/2 is missing/);
    there({ [`${full}/bundle/2`]: 6 });
    assert.match(objects().wrong, /bundle\/2 ends before pg_data\/base\/5\/113 does/);
  });

  it("has two lists that say the same, and each file's checksum", () => {
    put("manifest.copy", listOf({}));
    assert.match(objects().wrong, /differ/);
    const { rck, ...unknown } = files["pg_data/PG_VERSION"] ?? assert.fail();
    assert.ok(rck);
    for (const name of ["manifest", "manifest.copy"])
      put(name, listOf({ ...files, "pg_data/PG_VERSION": unknown }));
    assert.match(objects().wrong, /no checksum/);
    for (const name of ["manifest", "manifest.copy"]) put(name, listOf({}));
    assert.match(objects().wrong, /names no files/);
  });

  it("has its log by the hash in its name", () => {
    put("log", `${segment} ${sha1("log")}.zst ${sha1("another")}  -\n`);
    assert.match(objects().wrong, /00A of the log is not what was written/);
  });

  it("tells which segments of the log belong to it, across the end of 4 GiB", () => {
    const set = {
      label,
      archive: { start: "0000000200000001000000FE", stop: "000000020000000200000001" },
      database: { id: 1 },
    };
    put("sets", JSON.stringify([{ backup: [set], db: [{ id: 1, version: "17" }] }]));
    assert.deepEqual(run("", "log", join(folder, "sets"), label).said.split("\n"), [
      "17-1",
      "0000000200000001000000FE",
      "0000000200000001000000FF",
      "000000020000000200000000",
      "000000020000000200000001",
    ]);
  });
});
