import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTag, writeContext } from "./releases.ts";

/** Every file that a tag's image gets, by its path. */
function contextOf(tag: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "test-release-"));
  try {
    writeContext(folder, tag);
    return new Map(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What of two releases differs, by path. */
function differences(one: string, other: string): string[] {
  const [a, b] = [contextOf(one), contextOf(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((file) => a.get(file) !== b.get(file)).sort();
}

const inAddon = (files: string[]): string[] => files.filter((file) => file.startsWith("release_probe/"));

describe("a release for tests", () => {
  it("is the same add-on in a patch", () => {
    assert.deepEqual(differences("1.0.0", "1.0.1"), ["release.txt"]);
  });

  it("is another add-on with a migration in a minor version", () => {
    const changed = inAddon(differences("1.0.0", "1.1.0"));
    assert.ok(changed.includes("release_probe/migrations/19.0.1.1.0/pre-size.py"));
    assert.match(contextOf("1.1.0").get("release_probe/__manifest__.py") ?? "", /19\.0\.1\.1\.0/);
  });

  for (const fault of ["library", "crash", "slow", "memory", "healthy-then-500"]) {
    it(`leaves the add-on as it was, where the fault is ${fault}`, () => {
      const changed = differences("1.0.1", `1.0.1-${fault}`);
      assert.equal(changed.length, 2);
      assert.deepEqual(inAddon(changed), []);
    });
  }

  for (const fault of ["import", "migration", "migration-live"]) {
    it(`changes the add-on, where the fault is ${fault}`, () => {
      assert.equal(inAddon(differences("1.2.0", `1.2.0-${fault}`)).length, 1);
    });
  }

  it("has a name that people know for a migration that breaks", () => {
    assert.deepEqual(inAddon(differences("1.2.0-broken", "1.2.0-migration")), []);
  });

  it("is refused when there is no such thing", () => {
    assert.throws(() => parseTag("2.0.0"), /2\.0\.0: is no release for tests/);
    assert.throws(() => parseTag("1.0.0-sleepy"), /is no release for tests; .*crash/);
    assert.throws(() => parseTag("1.0.1-broken"), /has no migration/);
  });
});
