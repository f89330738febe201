import assert from "node:assert/strict";
import { type RawUpdate, entriesOf, sameImage } from "../../../operations/history/entries.ts";
import {
  aheadOf,
  between,
  lastGood,
  parseTo,
  pastOf,
  pointOf,
  pointOfCommit,
} from "../../../operations/rollback/targets.ts";
import { refusalOf } from "../../support/user-error.ts";
import { deployed, raw } from "../history/sample.ts";

const history = (...oldestFirst: RawUpdate[]) => {
  const entries = entriesOf(oldestFirst.toReversed(), "odoo-platform");
  const past = pastOf(entries);
  const differs = (point: (typeof past.points)[number]) => !sameImage(point.release, past.newest?.release);
  return { entries, past, proposed: lastGood(past, differs)?.number };
};

describe("where a rollback goes", () => {
  it("without a word to the last release that ran before", () => {
    assert.equal(history(deployed("1"), deployed("2"), deployed("3")).proposed, 2);
  });

  it("to the newest where one was killed before it could be written down", () => {
    const { past } = history(deployed("1"), deployed("2"));
    assert.equal(lastGood(past, () => true)?.number, 1);
    assert.equal(lastGood(past, () => true, true)?.number, 2);
  });

  it("past updates that ran the same, and those that failed", () => {
    const failed = { ...deployed("9"), result: "failed" };
    assert.equal(history(deployed("1"), deployed("2"), failed, deployed("2"), raw()).proposed, 1);
  });

  it("to the newest healthy one when the last update has failed: nobody knows what runs", () => {
    const failed = { ...deployed("3"), result: "failed" };
    assert.equal(history(deployed("1"), deployed("2"), failed).proposed, 2);
    const back = { ...deployed("2", { leaves: { tag: "3" } }), result: "failed" };
    assert.equal(history(deployed("1"), deployed("2"), failed, back).proposed, 2);
  });

  it("after a rollback to where that came from", () => {
    assert.equal(
      history(deployed("1"), deployed("2"), deployed("1", { verb: "rollback", to: 1 })).proposed,
      2,
    );
  });

  it("not to a release that was left because it was not healthy", () => {
    const all = history(deployed("0"), deployed("1"), deployed("2"), deployed("1", { leaves: { tag: "2" } }));
    assert.equal(all.proposed, 1);
  });

  it("nowhere, when nothing else has run", () => {
    assert.equal(history(deployed("1"), deployed("1")).proposed, undefined);
  });

  describe("by --to", () => {
    it("as an update's number, a whole commit or a short one", () => {
      assert.deepEqual(parseTo("12"), { number: 12 });
      assert.deepEqual(parseTo("#12"), { number: 12 });
      assert.deepEqual(parseTo("ABCDEF1"), { sha: "abcdef1" });
      assert.deepEqual(parseTo("1234567"), { sha: "1234567" });
    });

    for (const wrong of ["abc", "v1.0", "", "12345678901234567890123456789012345678901", "--help"])
      it(`not as "${wrong}"`, async () =>
        assert.equal((await refusalOf(() => parseTo(wrong))).exit, "badInput"));

    it("to an update that came up, and says of others why not", async () => {
      const { entries, past } = history(
        deployed("1"),
        { ...deployed("2"), result: "failed" },
        raw({ kind: "refresh" }),
        deployed("3"),
        deployed("1", { leaves: { tag: "3" } }),
      );
      assert.equal(pointOf(entries, past, 1).release.tag, "1");
      const why = async (number: number) => (await refusalOf(() => pointOf(entries, past, number))).message;
      assert.match(await why(2), /it has failed$/);
      assert.match(await why(3), /it is a refresh, which brings nothing$/);
      assert.match(await why(4), /3 was not healthy$/);
      assert.match(await why(9), /there is no such update$/);
    });

    it("to the newest update of a commit: that of the image before that of the program", () => {
      const { past } = history(
        deployed("1", {}, { gitSha: "aaaaaaaa" }),
        deployed("2", { program: "bbbbbbbb" }),
        deployed("3", {}, { gitSha: "bbbbbbbb" }),
      );
      assert.equal(pointOfCommit(past, "aaaaaaa")?.number, 1);
      assert.equal(pointOfCommit(past, "bbbbbbb")?.number, 3);
      assert.equal(pointOfCommit(past, "ccccccc"), undefined);
    });
  });
});

describe("module updates between two updates", () => {
  const numbers = (updates: { number: number }[]) => updates.map(({ number }) => number);
  const way = ({ past }: ReturnType<typeof history>, number: number) => ({
    inTheWay: numbers(between(past, { number })),
    ahead: numbers(aheadOf(past, { number })),
  });

  it("are none where releases were code only", () => {
    assert.deepEqual(way(history(deployed("1"), deployed("2")), 1), { inTheWay: [], ahead: [] });
  });

  it("stand in the way back, oldest first, each with what ran before", () => {
    const all = history(
      deployed("1"),
      deployed("2", { modules: ["sale"] }),
      deployed("3", { modules: ["stock"] }),
    );
    assert.deepEqual(way(all, 1), { inTheWay: [2, 3], ahead: [] });
    assert.deepEqual(way(all, 2), { inTheWay: [3], ahead: [] });
    assert.equal(between(all.past, { number: 1 })[0]?.before.tag, "1");
  });

  it("are undone by a way back with data, and ahead of it then", () => {
    const all = history(
      deployed("1"),
      deployed("2", { modules: ["sale"] }),
      deployed("1", { verb: "rollback", to: 1 }, { data: "20261126T130000Z" }),
    );
    assert.deepEqual(way(all, 1), { inTheWay: [], ahead: [] });
    assert.deepEqual(way(all, 2), { inTheWay: [], ahead: [2] });
  });

  it("are done again by going there, after which they stand in the way once more", () => {
    const all = history(
      deployed("1"),
      deployed("2", { modules: ["sale"] }),
      deployed("1", { verb: "rollback", to: 1 }, { data: "20261126T130000Z" }),
      deployed("2", { verb: "rollback", to: 2, modules: ["sale"] }),
    );
    assert.deepEqual(way(all, 2), { inTheWay: [], ahead: [] });
    assert.deepEqual(way(all, 3), { inTheWay: [2], ahead: [] });
  });

  it("do not count where the update failed", () => {
    const failed = { ...deployed("2", { modules: ["sale"] }), result: "failed" };
    assert.deepEqual(way(history(deployed("1"), failed, deployed("1")), 1), { inTheWay: [], ahead: [] });
  });

  it("may lie behind a release that nobody asked about before", () => {
    const [one] = between(history(deployed("1"), { ...deployed("2"), config: withoutRecord("2") }).past, {
      number: 1,
    });
    assert.equal(one?.modules, null);
  });
});

function withoutRecord(tag: string): NonNullable<RawUpdate["config"]> {
  const { "odoo-platform:update": _, ...rest } = deployed(tag).config ?? {};
  return rest;
}
