import assert from "node:assert/strict";
import { type RawUpdate, entriesOf, updateOf } from "../../../operations/history/entries.ts";
import { historySchema } from "../../../operations/history/schema.ts";
import { config, deployed, image, raw } from "./sample.ts";

describe("a stack's history", () => {
  const rows = (...oldestFirst: RawUpdate[]) => entriesOf(oldestFirst.toReversed(), "odoo-platform");

  it("is rows that the schema of --json describes, newest first and numbered from the oldest on", () => {
    const all = rows(raw(), deployed("19.1"), raw({ kind: "refresh" }));
    historySchema.parse({ updates: all.map(updateOf) });
    assert.deepEqual(
      all.map(({ number }) => number),
      [3, 2, 1],
    );
  });

  it("takes Pulumi Cloud's own numbers", () => {
    assert.deepEqual(
      rows(raw({ version: 7 }), raw({ version: 9 })).map(({ number }) => number),
      [9, 7],
    );
  });

  it("names the release that each update was given", () => {
    const [newest] = rows(raw(), deployed("19.1", { modules: ["sale"] }));
    assert.deepEqual(newest?.release, image("19.1"));
    assert.deepEqual([newest?.verb, newest?.by, newest?.modules], ["deploy", "ada@laptop", ["sale"]]);
  });

  it("keeps the one that ran where an update names none, and begins with the settings' image", () => {
    const all = rows(raw(), deployed("19.1"), raw(), raw({ kind: "destroy" }), raw());
    assert.deepEqual(all.map(({ release }) => release?.tag ?? null).toReversed(), [
      "19.0",
      "19.1",
      "19.1",
      "19.1",
      "19.0",
    ]);
  });

  it("does not take a release that failed for one that runs", () => {
    const [newest] = rows(deployed("19.1"), { ...deployed("19.2"), result: "failed" }, raw());
    assert.equal(newest?.release?.tag, "19.1");
  });

  it("says of a release that a later update left by itself that it was not healthy", () => {
    const all = rows(deployed("19.1"), deployed("19.2"), deployed("19.1", { leaves: { tag: "19.2" } }));
    assert.deepEqual(
      all.map(({ unhealthy }) => unhealthy),
      [false, true, false],
    );
  });

  it("reads what a program of before this wrote elsewhere", () => {
    const [one] = rows(raw({ config: config({ "odoo-platform-update:release": image("18.0") }) }));
    assert.equal(one?.release?.tag, "18.0");
    assert.equal(one?.named, true);
  });

  it("holds the plain settings, and no secret", () => {
    const [one] = rows(raw({ config: { ...config(), "odoo-platform:webhookSecret": { secret: true } } }));
    assert.deepEqual(Object.keys(one?.settings ?? {}), ["image"]);
  });
});
