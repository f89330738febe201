import assert from "node:assert/strict";
import { createHash, pbkdf2Sync } from "node:crypto";
import { cloneCardText } from "../../../operations/clone/card.ts";
import { hashedPassword } from "../../../operations/clone/password.ts";
import { reportText } from "../../../operations/clone/report.ts";
import { provenSchema } from "../../../operations/clone/schema.ts";

const scanned = { tables: 2, columns: 3, rows: 4, bytes: 5, files: 1, unread: 0, seconds: 0.1 };
const answer = {
  operation: "clone",
  startedAt: "2026-11-26T18:00:00Z",
  endedAt: "2026-11-26T18:01:00Z",
  ok: false,
  reason: "scan: 1 found",
  lastOkAt: null,
  state: "unproven",
  checks: [
    { name: "fetched", ok: true, detail: "44.8MB", seconds: 30.25 },
    { name: "scan", ok: false, detail: "1 found", seconds: 2 },
  ],
  neutralised: [
    { what: "outgoing mail servers", rows: "2" },
    { what: "passkeys", rows: 0 },
  ],
  removed: {
    clean: false,
    count: 1,
    kinds: { "aws-key": 1 },
    findings: [{ table: "ir_attachment", column: "store_fname", row: "15", kind: "aws-key" }],
    scanned,
  },
};

describe("a clone's report", () => {
  it("says each thing that was looked at, and where something was taken out", () => {
    assert.equal(
      reportText(provenSchema.parse(answer)),
      [
        "  ✔ Fetched     44.8MB  [30.3 s]",
        "  ✖ Credentials 1 found  [2.0 s]",
        "  Neutralised: outgoing mail servers (2)",
        "  Taken out of texts and files: 1 aws-key: ir_attachment.store_fname of row 15",
      ].join("\n"),
    );
  });

  it("is told of one that came to nothing at once, too", () => {
    const { checks: _, removed: __, neutralised: ___, state: ____, ...early } = answer;
    assert.equal(reportText(provenSchema.parse(early)), "");
  });
});

describe("a clone's card", () => {
  it("says whose data comes where, what it hides, and what is lost", () => {
    const text = cloneCardText({
      from: "prod",
      to: "staging",
      domains: { from: "erp.example.com", to: "staging.example.com" },
      moment: "the last moment that is in the bucket",
      release: { serves: "19.0.1", comes: "19.0.2" },
      mask: [],
      keepPasswords: false,
      downtime: "under a minute",
      wayBack: "platform rollback",
    });
    assert.match(text, /Data {6}prod · erp\.example\.com, the last moment/);
    assert.match(text, /Release {3}19\.0\.1 → 19\.0\.2/);
    assert.match(text, /Masked {4}nothing: people's names, addresses and messages come along/);
    assert.match(text, /Lost {6}what staging has now; it is kept as a copy/);
  });
});

describe("a password on its way to a clone", () => {
  it("is hashed as Odoo keeps it, each time with another salt", async () => {
    const password = createHash("sha256").update("a password").digest("hex");
    const [one, two] = await Promise.all([hashedPassword(password), hashedPassword(password)]);
    assert.notEqual(one, two);
    const [, scheme, rounds, salt = "", hash] = one.split("$");
    assert.deepEqual([scheme, rounds], ["pbkdf2-sha512", "600000"]);
    const bytes = Buffer.from(salt.replaceAll(".", "+"), "base64");
    const key = pbkdf2Sync(password, bytes, 600_000, 64, "sha512").toString("base64");
    assert.equal(hash, key.replaceAll("+", ".").replaceAll("=", ""));
  });
});
