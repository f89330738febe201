import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile } from "../../components/host-command.ts";

/** What a release does when what it asks does not answer. On a machine test/scenarios/release.test.ts plays the rest. */
describe("a release whose questions are not answered", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "odoo-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs functions of these files of host/odoo, in which docker is the test's. */
  function run(files: string[], docker: string, script: string) {
    const input = `set -Eeuo pipefail
state=${folder} refused=87 log=/dev/null
say() { echo "$1"; }
fail() { echo "FAIL $1"; exit 87; }
wait_until() { shift; "$@"; }
${files.map((file) => hostFile(`odoo/${file}`)).join("\n")}
data=${folder} copies=${folder}/copies
docker() { ${docker}; }
${script}`;
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input, encoding: "utf8" });
    return { said: stdout + stderr, status };
  }

  it("goes no further while a container does not stop", () => {
    const docker = "case $1 in inspect) echo true ;; stop) return 1 ;; esac";
    const { status, said } = run(["slots.sh"], docker, "rest 1 odoo-web-blue\necho further");
    assert.equal(status, 87, said);
    assert.match(said, /FAIL odoo-web-blue does not stop/);
  });

  it("moves no data under a Postgres that runs", () => {
    const docker = "case $1 in inspect) echo true ;; stop) return 1 ;; esac";
    const { status, said } = run(["slots.sh", "data.sh", "release.sh"], docker, "back_data 20260101T000000Z");
    assert.equal(status, 87, said);
    assert.match(said, /FAIL Postgres does not stop/);
  });

  it("does not pass the gate where the database cannot be asked for its modules", () => {
    const asked = `asked() { case $1 in */web/login) echo '<link href="/web/assets/1.css">' ;; *) printf 200 ;; esac; }
websocket_opens() { :; }
unfinished_modules() { return 2; }
gate_reason 127.0.0.1:1 127.0.0.1/2 erp.example.com && echo passed || echo "held up"`;
    assert.equal(
      run(["gate.sh"], ":", asked).said,
      "the database cannot be asked for its modules\nheld up\n",
    );
  });

  describe("at a managed database", () => {
    const id = "20260101T000000Z";
    beforeEach(() => {
      for (const part of [`copies/${id}/filestore`, "filestore"])
        mkdirSync(join(folder, part), { recursive: true });
      writeFileSync(join(folder, "copies", id, "copy.json"), "{}");
      writeFileSync(join(folder, "copies", id, "filestore", "old"), "");
    });
    const back = (answer: string): ReturnType<typeof run> =>
      run(
        ["slots.sh", "data.sh", "release.sh"],
        "return 1",
        `psql_managed() { local said; said=$(cat); echo "$said" >>${folder}/asked; ${answer}; }\nback_managed ${id}\necho back`,
      );

    it("opens nothing while the database does not answer", () => {
      const { status, said } = back("return 2");
      assert.equal(status, 87, said);
      assert.match(said, /the page for pauses stays/);
      assert.ok(existsSync(join(folder, "copies", id, "copy.json")));
    });

    it("brings both back, and the files alone when it was ended in between", () => {
      for (const count of [1, 0]) {
        const { status, said } = back(`case $said in *count*) echo ${count} ;; esac`);
        assert.equal(status, 0, said);
        assert.ok(existsSync(join(folder, "filestore", "old")), said);
        mkdirSync(join(folder, "copies", id), { recursive: true });
        writeFileSync(join(folder, "copies", id, "copy.json"), "{}");
        mkdirSync(join(folder, "copies", id, "filestore"));
        writeFileSync(join(folder, "copies", id, "filestore", "old"), "");
      }
    });
  });
});
