import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { Store } from "../../sandbox/store.ts";

describe("what an emulated vendor remembers", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "store-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is all there after a restart, for its owner's eyes only, in the order of creation", () => {
    const file = join(folder, "below", "store.json");
    const first = new Store(file);
    for (const id of [30, 4, 200]) first.table<{ id: number }>("things").put(id, { id });
    const number = first.nextId();
    const second = new Store(file);
    assert.deepEqual(
      second
        .table<{ id: number }>("things")
        .list()
        .map((one) => one.id),
      [30, 4, 200],
    );
    assert.equal(second.nextId(), number + 1);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("changes only by put: rows are copied in and out", () => {
    const things = new Store().table<{ tags: string[] }>("things");
    const given = { tags: ["a"] };
    things.put(1, given);
    given.tags.push("b");
    things.get(1)?.tags.push("c");
    things.list()[0]?.tags.push("d");
    assert.deepEqual(things.get(1), { tags: ["a"] });
  });

  it("does what a map would, whatever is put and deleted, and its file says the same", () => {
    const step = fc.record({ id: fc.nat(5), value: fc.string(), drop: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const file = join(folder, "map.json");
        rmSync(file, { force: true });
        const things = new Store(file).table<{ value: string }>("things");
        const model = new Map<number, { value: string }>();
        for (const { id, value, drop } of steps) {
          if (drop) assert.equal(things.delete(id), model.delete(id));
          else {
            things.put(id, { value });
            model.set(id, { value });
          }
        }
        assert.deepEqual(things.list(), [...model.values()]);
        assert.deepEqual(new Store(file).table("things").list(), [...model.values()]);
      }),
      { numRuns: 50 },
    );
  });

  it("says what to do when its file is no longer readable, and leaves it as it is", () => {
    const file = join(folder, "store.json");
    writeFileSync(file, "{");
    assert.throws(
      () => new Store(file),
      /store\.json is not readable as the sandbox's state; "platform sandbox reset"/,
    );
    assert.equal(readFileSync(file, "utf8"), "{");
  });

  it("forgets everything at once, and tables handed out before stay usable", () => {
    const store = new Store(join(folder, "store.json"));
    const things = store.table<{ id: number }>("things");
    things.put(1, { id: 1 });
    store.clear();
    assert.deepEqual(things.list(), []);
    things.put(2, { id: 2 });
    assert.equal(things.find((one) => one.id === 2)?.id, 2);
    assert.equal(things.get(1), undefined);
  });
});
