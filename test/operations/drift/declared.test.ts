import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readDeclared } from "../../../operations/drift/declared.ts";
import { declaredBy, stateWith } from "./sample.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("what a state says that a machine is to be", () => {
  const texts = {
    plain: "one\ntwo\n",
    "no newline at its end": "one\ntwo",
    empty: "",
    "only a newline": "\n",
    "the delimiter itself": "END_OF_FILE\nput '/etc/other' '0644' 'root:root' <<'END_OF_FILE'\nprune\n",
    "an end like a script's": "}\nfinish\n",
  };
  for (const [what, text] of Object.entries(texts))
    it(`has the digest of a file: ${what}`, () => {
      const files = [
        { path: "/etc/first", text, mode: "0400", owner: "10001:10001" },
        { path: "/etc/second", text: "after\n" },
      ];
      const declared = declaredBy({ nginx: files }, []);
      assert.deepEqual(declared.files.slice(0, 2), [
        { path: "/etc/first", value: `${sha256(text)} 0400 10001:10001`, concern: "nginx" },
        { path: "/etc/second", value: `${sha256("after\n")} 0644 root:root`, concern: "nginx" },
      ]);
    });

  it("has the inventory, the probe that took it, and each concern's command", () => {
    const declared = declaredBy({ base: [], odoo: [] }, ["user\troot\t0:0 /root /bin/bash"]);
    assert.equal(declared.inventoryAt, "2026-11-26T10:00:00.000Z");
    assert.equal(declared.probe, "#!/bin/bash\necho probe\n");
    assert.deepEqual(declared.facts, [
      { kind: "user", name: "root", value: "0:0 /root /bin/bash", since: null },
    ]);
    assert.deepEqual([...declared.commands.keys()], ["base", "odoo", "inventory"]);
    assert.match(declared.commands.get("odoo") ?? "", /::odoo-prod-odoo$/);
  });

  it("is nothing where the last update took no inventory, or a row answered", () => {
    assert.equal(readDeclared(stateWith({ base: [] }, []).slice(0, 1)), undefined);
    const row = stateWith({ base: [] }, []);
    Object.assign(row.at(-1)?.outputs ?? {}, { stdout: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" });
    assert.equal(readDeclared(row), undefined);
  });
});
