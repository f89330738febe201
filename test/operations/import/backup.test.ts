import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOdooBackup } from "../../../operations/import/backup.ts";
import { refusalOf } from "../../support/user-error.ts";
import { writeZip } from "../../support/zip.ts";

const manifest = {
  odoo_dump: "1",
  db_name: "acme",
  version: "19.0",
  version_info: [19, 0, 0, "final", 0, ""],
  major_version: "19.0",
  pg_version: "16.0",
  modules: { web: "19.0.1.0", base: "19.0.1.3" },
};
const file = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

describe("a backup that Odoo made", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backup-"));
    path = join(folder, "acme.zip");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refusal = async () => await refusalOf(() => readOdooBackup(path));

  it("tells its size, series and modules without being unpacked", async () => {
    writeZip(path, {
      "manifest.json": JSON.stringify(manifest),
      "dump.sql": "SELECT 1;\n".repeat(1000),
      [`filestore/da/${file}`]: "1234",
      // Odoo's own note of what may be tidied away is no attachment.
      [`filestore/checklist/da/${file}`]: "",
    });
    const { bytes, ...backup } = await readOdooBackup(path);
    assert.ok(bytes < 5000);
    assert.deepEqual(backup, {
      path,
      name: "acme.zip",
      dumpBytes: 10_000,
      files: 1,
      filesBytes: 4,
      series: "19.0",
      modules: ["base", "web"],
    });
  });

  it("may be put together by hand, with the database's name among the folders and nothing that tells what it is", async () => {
    writeZip(path, { "dump.sql": "", [`filestore/acme/da/${file}`]: "1" }, "ZIP_STORED");
    const { series, modules, files } = await readOdooBackup(path);
    assert.deepEqual([series, modules, files], [undefined, [], 1]);
  });

  it("that is not there, or no zip, is refused with a way to make one", async () => {
    assert.match((await refusal()).message, /acme\.zip cannot be read \(ENOENT/);
    writeFileSync(path, "PGDMP: a dump alone");
    const { exit, message, hint } = await refusal();
    assert.deepEqual([exit, /acme\.zip is no zip, or not all of one/.test(message)], ["badInput", true]);
    assert.match(hint ?? "", /docs\/import\.md/);
  });

  it("of which the end is missing is refused before anything is sent", async () => {
    writeZip(path, { "dump.sql": "SELECT 1;\n".repeat(10_000) });
    writeFileSync(path, readFileSync(path).subarray(0, -50));
    assert.match((await refusal()).message, /is no zip, or not all of one/);
  });

  it("that names what lies outside of it is refused, in a sentence", async () => {
    writeZip(path, { "dump.sql": "", "../outside": "1" });
    assert.match((await refusal()).message, /acme\.zip is damaged \(invalid relative path/);
  });

  it("tells all that is wrong with it at once", async () => {
    writeZip(path, { "manifest.json": "{}", "acme/dump.sql": "" });
    assert.match((await refusal()).message, /acme\.zip\n {2}has a manifest\.json that is not Odoo's$/);
    writeZip(path, { "acme/dump.sql": "" });
    assert.match((await refusal()).message, /\n {2}has no dump\.sql at its top$/);
    writeZip(path, { "manifest.json": "{}", "dump.sql": "1" }, "ZIP_BZIP2");
    assert.match((await refusal()).message, /\n {2}is packed by method 12$/);
  });
});
