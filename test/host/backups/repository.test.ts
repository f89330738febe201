import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile } from "../../../components/host-command.ts";

describe("reading back what is in the bucket", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "repository-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs functions of repository.sh, with a restic and a store of the test's. */
  function run(script: string) {
    const input = `set -Eeuo pipefail
fail() { echo "FAIL $1"; exit 87; }
why() { echo "restic said so"; }
quietly() { local status=0; "$@" || status=$?; return $status; }
${hostFile("backups/repository.sh")}
scratch=${folder} backups_state=${folder} own_source=own data=/
${script}`;
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input, encoding: "utf8" });
    return { said: stdout + stderr, status };
  }
  const name = createHash("sha256").update("intact").digest("hex");
  const store = (text: string, code: number): string =>
    `fetch_object() { echo ${code} ${text.length} >"$scratch/answer"; printf %s '${text}'; [ ${code} = 200 ]; }`;
  const check = `packs=0 pack_bytes=0
check_object data/${name.slice(0, 2)}/${name} && echo "good $pack_bytes" || echo bad`;

  it("takes what has its hash", () => {
    assert.equal(run(`${store("intact", 200)}\n${check}`).said, "good 6\n");
  });

  it("calls damaged what has another, and what is gone", () => {
    for (const answer of [store("damaged", 200), store("", 404)]) {
      const { said } = run(`${answer}\n${check}`);
      assert.match(said, /is not what was written[\s\S]*bad\n$/);
      assert.match(readFileSync(join(folder, "bad"), "utf8"), new RegExp(`${name}\n`));
    }
  });

  it("calls nothing damaged while the store does not answer", () => {
    for (const code of [503, "000"]) {
      const { status, said } = run(`${store("", Number(code))}\n${check}`);
      assert.equal(status, 87, said);
      assert.match(said, /FAIL the store does not answer/);
    }
  });

  it("does not begin where what there is cannot be listed", () => {
    const { status, said } = run(
      'restic_of() { [ "$4" != packs ] && [ "$3" != packs ] && echo 0123; }\nread_back && echo "read back"',
    );
    assert.equal(status, 87, said);
    assert.match(said, /FAIL the store does not list what was written/);
  });
});
