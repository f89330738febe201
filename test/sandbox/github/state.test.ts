import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { nodeId, nodeKinds, parseNodeId, type NodeKind } from "../../../sandbox/github/node-id.ts";
import { matchesPattern } from "../../../sandbox/github/patterns.ts";
import { Store } from "../../../sandbox/store.ts";
import { Client } from "./support.ts";

const repo = "/repos/acme/erp";

describe("what the emulated GitHub remembers", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "github-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const restart = (): Client => new Client({}, { store: new Store(join(folder, "github.json")) });

  it("survives a restart, and what was deleted by hand stays deleted", async () => {
    const before = restart();
    const id = (await before.get(repo)).text("node_id");
    await before.post(`${repo}/labels`, { name: "incident" });
    await before.delete(`${repo}/labels/bug`);
    const after = restart();
    assert.equal((await after.get(repo)).text("node_id"), id);
    assert.equal((await after.get(`${repo}/labels/incident`)).status, 200);
    assert.equal((await after.get(`${repo}/labels/bug`)).status, 404);
    await after.delete(repo);
    assert.equal((await restart().get(repo)).status, 404);
  });

  it("is made anew once the store has been cleared, without a restart", async () => {
    const client = restart();
    await client.post(`${repo}/labels`, { name: "incident" });
    client.world.store.clear();
    assert.equal((await client.get(repo)).status, 200);
    assert.equal((await client.get(`${repo}/labels/incident`)).status, 404);
  });

  it("tells a user who owns repositories from an organization", async () => {
    const client = new Client({
      owner: "ada",
      owners: [{ login: "ada", kind: "user" }],
      repositories: [{ owner: "ada", name: "erp", private: true }],
      teams: [],
    });
    assert.equal((await client.get("/orgs/ada")).status, 404);
    assert.equal((await client.get("/user")).text("login"), "ada");
    assert.equal((await client.get("/repos/ada/erp")).text("owner", "type"), "User");
    assert.equal((await client.get("/repos/ada/erp")).value("organization"), undefined);
  });
});

describe("a global id", () => {
  it("has GitHub's form", () => assert.equal(nodeId("Repository", 1_296_269), "R_kgDOABPHjQ"));

  it("leads back to what it was made from", () => {
    const kinds = fc.constantFrom(...(Object.keys(nodeKinds) as NodeKind[]));
    fc.assert(
      fc.property(kinds, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (kind, id) =>
        assert.deepEqual(parseNodeId(nodeId(kind, id)), { kind, id }),
      ),
    );
  });

  it("is nothing else", () => {
    for (const text of ["erp", "R_", "R_kgDOABPHjQ=", "X_kgDOABPHjQ", "R_AAAAAAAAAA", ""])
      assert.equal(parseNodeId(text), undefined, text);
  });
});

describe("a protection's pattern", () => {
  it("is matched as fnmatch does", () => {
    for (const [pattern, branch, expected] of [
      ["main", "main", true],
      ["release/*", "release/1.0", true],
      ["release/*", "release/1/0", false],
      ["*", "a/b", false],
      ["release/**/*", "release/1/0", true],
      ["v[0-9]", "v1", true],
      ["v?", "v10", false],
    ] as const)
      assert.equal(matchesPattern(pattern, branch), expected, `${pattern} ${branch}`);
  });
});
