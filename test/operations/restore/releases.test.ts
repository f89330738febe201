import assert from "node:assert/strict";
import { type RawUpdate, entriesOf } from "../../../operations/history/entries.ts";
import { candidates, updateAt } from "../../../operations/restore/releases.ts";
import { pastOf } from "../../../operations/rollback/targets.ts";
import { deployed, image } from "../history/sample.ts";

/** Updates of these releases, one an hour from 10:00 on, each ten seconds long. */
const history = (...tags: string[]) => {
  const updates = tags.map((tag, index): RawUpdate => ({
    ...deployed(tag),
    startTime: `2026-11-26T${10 + index}:00:00.000Z`,
    endTime: `2026-11-26T${10 + index}:00:10.000Z`,
  }));
  return pastOf(entriesOf(updates.toReversed(), "odoo-platform"));
};
const tags = (points: { release: { tag: string } }[]) => points.map(({ release }) => release.tag);

describe("the release that goes with restored data", () => {
  const past = history("1", "2", "3", "2");

  it("served then: the newest update that had come up", () => {
    assert.equal(updateAt(past, new Date("2026-11-26T11:30:00Z"))?.number, 2);
    assert.equal(updateAt(past, new Date("2026-11-26T12:00:09Z"))?.number, 2);
    assert.equal(updateAt(past, new Date("2026-11-26T12:00:10Z"))?.number, 3);
  });

  it("is the first where the history does not go back so far", () => {
    assert.equal(updateAt(past, new Date("2026-01-01T00:00:00Z"))?.number, 1);
  });

  it("is what serves, if that goes with them; else what served then, and what came in between", () => {
    const then = updateAt(past, new Date("2026-11-26T10:30:00Z"));
    assert.deepEqual(tags(candidates(past, image("2"), then)), ["2", "1", "3"]);
  });

  it("is tried once, and not more than five", () => {
    assert.deepEqual(tags(candidates(history("1", "1", "1"), image("1"), undefined)), ["1"]);
    const long = history("1", "2", "3", "4", "5", "6", "7", "8");
    const first = updateAt(long, new Date("2026-11-26T10:30:00Z"));
    assert.deepEqual(tags(candidates(long, image("8"), first)), ["8", "1", "7", "6", "5"]);
  });
});
