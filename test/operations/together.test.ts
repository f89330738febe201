import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { together } from "../../operations/together.ts";

describe("what is done at the same time", () => {
  it("answers with all of it, in its order", async () => {
    assert.deepEqual(await together([sleep(5, "slow"), Promise.resolve(1)]), ["slow", 1]);
  });

  it("is over before its first fault is told", async () => {
    let done = false;
    const slow = sleep(20).then(() => (done = true));
    await assert.rejects(together([slow, Promise.reject(new Error("refused"))]), /refused/);
    assert.ok(done);
  });
});
