import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verbs } from "../../operations/verbs.ts";
import { root } from "../../tools/paths.ts";

/** Each script, what it is given, and the verb that it calls. */
const scripts: [name: string, given: string[], calls: string[]][] = [
  ["deploy_do_prod.sh", ["1.0.1"], ["deploy", "--stack", "prod", "--release", "1.0.1"]],
  [
    "rollback_to_sha.sh",
    ["0123abc", "--with-data"],
    ["rollback", "--stack", "prod", "--to", "0123abc", "--with-data"],
  ],
  ["verify_production.sh", [], ["health", "--stack", "prod"]],
  ["health/check_all_services.sh", ["--json"], ["health", "--stack", "prod", "--json"]],
  ["setup_ssl.sh", [], ["up", "--stack", "prod"]],
  ["verify_oca_ipai_layout.sh", [], ["manifest", "verify"]],
  ["verify-addons-mounts.sh", ["--verbose"], ["manifest", "verify", "--verbose"]],
  ["validate_spec_kits.sh", [], ["spec", "verify"]],
  ["generate_manifest_evidence", [], ["manifest", "evidence"]],
  ["mail/inspect_caught_mail.sh", [], ["mail", "list", "--stack", "staging"]],
];

describe("a script with a name that people know", () => {
  const folder = mkdtempSync(join(tmpdir(), "scripts-"));
  before(() => {
    cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "platform"), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n', {
      mode: 0o755,
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, given, calls] of scripts)
    it(`calls a verb, from any folder, and ends as it does: ${name}`, () => {
      const { stdout, status } = spawnSync(join(folder, "scripts", name), given, {
        cwd: tmpdir(),
        encoding: "utf8",
      });
      assert.deepEqual(stdout.trim().split("\n"), calls);
      assert.equal(status, 7);
      const verb = [`${calls[0]} ${calls[1]}`, calls[0] ?? ""].find((one) => one in verbs);
      const known = [
        "--stack",
        "--json",
        ...(verbs[verb ?? ""]?.options ?? []).map(({ flags }) => flags.split(" ")[0]),
      ];
      assert.ok(verb, `${name}: no such verb`);
      assert.deepEqual(
        calls.filter((word) => word.startsWith("--") && !known.includes(word)),
        [],
      );
    });

  it("goes to another stack by STACK", () => {
    const out = execFileSync("sh", ["-c", `STACK=staging "${folder}/scripts/verify_production.sh" || true`], {
      encoding: "utf8",
    });
    assert.match(out, /^health\n--stack\nstaging$/m);
  });

  it("says what it wants, where it must be told", () => {
    const { stderr, status } = spawnSync(join(folder, "scripts", "deploy_do_prod.sh"), [], {
      encoding: "utf8",
    });
    assert.match(stderr, /tag of the image to deploy/);
    assert.notEqual(status, 0);
  });

  it("is in this list", () => {
    const there = execFileSync("git", ["-C", root, "ls-files", "scripts"], { encoding: "utf8" })
      .trim()
      .split("\n");
    assert.deepEqual(there, scripts.map(([name]) => `scripts/${name}`).toSorted());
  });
});
