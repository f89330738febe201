import { imageReference } from "../../../components/release.ts";
import assert from "node:assert/strict";
import { answerOf, requireRoom } from "../../../operations/deploy/machine.ts";
import { copyFor, lostText } from "../../../operations/rollback/data.ts";
import { refusalOf } from "../../support/user-error.ts";

const release = { registry: "ghcr.io", repository: "acme/odoo", tag: "19.1" };

describe("what a machine answers a deploy", () => {
  it("is the JSON of its last line", () => {
    const ran = { exitCode: 0, stdout: 'pulling\n{"kind":"code"}\n', stderr: "" };
    assert.deepEqual(answerOf("prod", ran), { kind: "code" });
  });

  it("or why not, in its own words", async () => {
    const ran = { exitCode: 1, stdout: "", stderr: "no such image\nsee the registry\n" };
    const { exit, message, hint } = await refusalOf(() => answerOf("prod", ran));
    assert.equal(exit, "failed");
    assert.equal(message, "prod: its machine says no:\n  no such image\n  see the registry");
    assert.equal(hint, "What serves was not touched.");
  });

  it("is asked for room first", async () => {
    requireRoom("prod", "/  4000\n/mnt/odoo-data   900\n");
    requireRoom("prod", "/  \n");
    const { message } = await refusalOf(() => requireRoom("prod", "/  900\n/mnt/odoo-data  900\n"));
    assert.equal(message, "prod: / of its machine has 900 MB left, a release wants 1500 MB");
  });
});

describe("the copy that goes with a release", () => {
  const copy = (id: string, image: string) => ({ id, madeAt: id, image, bytes: 1, files: 1 });

  it("is the newest that was made while it ran", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const own = imageReference({ ...release, digest });
    assert.equal(own, `ghcr.io/acme/odoo@${digest}`);
    const copies = [copy("1", own), copy("3", own), copy("4", imageReference(release)), copy("2", own)];
    assert.equal(copyFor(copies, { ...release, digest })?.id, "3");
    assert.equal(copyFor(copies, { ...release, tag: "18" }), undefined);
  });

  it("loses what was written since, told by time, rows and tables", () => {
    const tables = [
      { table: "res_users", created: 0, changed: 1, deleted: 0 },
      { table: "sale_order", created: 3, changed: 5, deleted: 0 },
    ];
    const lost = { since: "2026-11-26T13:45:00Z", seconds: 7300, tables, rows: 9 };
    assert.equal(
      lostText(lost),
      "9 writes to 2 tables since 2026-11-26 13:45:00 UTC, 2 h ago: sale_order (3 new, 5 changed, 0 deleted), res_users (0 new, 1 changed, 0 deleted)",
    );
    assert.match(lostText({ ...lost, rows: 0, tables: [] }), /^nothing: no row has been written since/);
    assert.match(lostText({ ...lost, rows: null, tables: null }), /how much nobody knows/);
  });
});
