import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../tools/paths.ts";
import { writeZip } from "../../support/zip.ts";

const file = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

describe("what is unpacked of a backup that Odoo made", () => {
  let folder: string;
  let zip: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unpack-"));
    zip = join(folder, "backup.zip");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const unpack = (...args: string[]) =>
    spawnSync("python3", [join(root, "host/backups/unpack.py"), ...args], { encoding: "utf8" });

  it("is its dump, and attachments' files by their names, whatever else the zip has", () => {
    writeZip(zip, {
      "dump.sql": "SELECT 1;\n",
      [`filestore/da/${file}`]: "content",
      "filestore/../../outside": "no",
      "/filestore/absolute": "no",
      [`filestore/checklist/da/${file}`]: "",
    });
    assert.equal(unpack("dump", zip).stdout, "SELECT 1;\n");
    const target = join(folder, "files");
    assert.equal(unpack("files", zip, target).stdout, "1\n");
    assert.deepEqual(readdirSync(target, { recursive: true, encoding: "utf8" }).toSorted(), [
      "da",
      `da/${file}`,
    ]);
    assert.equal(readFileSync(join(target, "da", file), "utf8"), "content");
    assert.deepEqual(readdirSync(folder).toSorted(), ["backup.zip", "files"]);
  });

  it("is refused where a byte of it has changed", () => {
    writeZip(zip, { "dump.sql": "SELECT 1;\n".repeat(100) }, "ZIP_STORED");
    const bytes = readFileSync(zip);
    bytes[500] = 0;
    writeFileSync(zip, bytes);
    const { status, stderr } = unpack("dump", zip);
    assert.deepEqual([status, /the zip is damaged: Bad CRC-32/.test(stderr)], [1, true], stderr);
  });
});
