import assert from "node:assert/strict";
import ssh2 from "ssh2";
import { newKeyPair } from "../ssh-keys.ts";

describe("keys for SSH", () => {
  it("are all read again, both halves", () => {
    // One in 250 that ssh2 makes is not.
    for (let count = 0; count < 2000; count += 1) {
      const { private: own, public: shown } = newKeyPair("odoo-platform");
      for (const half of [own, shown]) assert.ok(!(ssh2.utils.parseKey(half) instanceof Error), shown);
    }
  });

  it("carry their comment", () => {
    assert.match(newKeyPair("odoo-platform").public, /^ssh-ed25519 \S+ odoo-platform$/);
  });
});
