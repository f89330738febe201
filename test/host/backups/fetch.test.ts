import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile } from "../../../components/host-command.ts";

describe("the end of the log that was replayed", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fetch-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs functions of fetch.sh on an archive of timeline 2 that has these segments. */
  function run(segments: string[], script: string) {
    writeFileSync(join(folder, "archive"), "archive/odoo/17-1\n");
    writeFileSync(
      join(folder, "listing"),
      '{"0000000100000000":{},"0000000200000001":{},"00000002.history":{}}',
    );
    const input = `set -Eeuo pipefail
scratch=${folder} data=/ stanza=odoo reached=2026-11-26T14:05:07Z moment='{"timeline": 2, "kind": "default", "after": null}'
fail() { echo "FAIL $1"; exit 87; }
why() { :; }
quietly() { "$@"; }
pgbackrest_of() { [ "$*" = "source - repo-ls archive/odoo/17-1/0000000200000001" ] && printf '%s\n' ${segments.join(" ")}; }
${hostFile("backups/fetch.sh")}
${script}`;
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input, encoding: "utf8" });
    return { said: stdout + stderr, status };
  }
  const ask = 'need_whole_log "$(newest_segment source)"';
  const segment = (number: string): string => `0000000200000001000000${number}-0123456789abcdef.zst`;

  it("is the end where nothing follows", () => {
    const { status, said } = run([segment("0A"), segment("0B")], `${ask} 1/B000110`);
    assert.equal(status, 0, said);
  });

  it("is a hole where the archive goes on, and says until when it goes", () => {
    const { status, said } = run([segment("0A"), segment("0D")], `${ask} 1/B000110`);
    assert.equal(status, 87);
    assert.match(said, /FAIL the log has a hole: it can be replayed until 2026-11-26T14:05:07Z/);
  });

  it("is not believed where the database has not told it", () => {
    const { status, said } = run([segment("0D")], `${ask} ''`);
    assert.equal(status, 87);
    assert.match(said, /FAIL the database has not told how far it has replayed/);
  });

  it("is no hole where the machine goes on to write while its log is replayed", () => {
    // A clone of what is live: between the last segment that Postgres finds and a look at the archive, another one comes.
    const replaying = `
arrived() { [ ! -e ${folder}/arrived ] || printf '%s\\n' ${segment("0C")} ${segment("0D")}; }
pgbackrest_of() { printf '%s\\n' ${segment("0A")} ${segment("0B")}; arrived; }
operation=clone cluster=17 scratch_options=()
run_scratch() { touch ${folder}/arrived; }
is_primary() { :; }
running() { :; }
docker() { [ "$1" != logs ] || echo "redo done at 1/B000110 system usage: last completed transaction was at log time 2026-11-26 14:05:07"; }
replay source ${folder}
echo "reached $reached"`;
    const { status, said } = run([], replaying);
    assert.equal(status, 0, said);
    assert.match(said, /reached 2026-11-26T14:05:07Z/);
  });
});
