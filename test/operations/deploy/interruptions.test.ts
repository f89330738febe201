import assert from "node:assert/strict";
import { once } from "node:events";
import { untilInterrupted } from "../../../operations/deploy/interruptions.ts";

describe("what runs before the engine does", () => {
  const { signal } = new AbortController();
  // The signal as this process would hear it; none is sent.
  const interrupt = (): unknown => process.emit("SIGTERM");

  it("ends at Ctrl-C", async () => {
    const running = untilInterrupted(signal, async (either) => {
      await once(either, "abort");
      either.throwIfAborted();
    });
    interrupt();
    await assert.rejects(running, /stopped by Ctrl-C/);
  });

  it("does not go on to what comes after, also where it came to its end", async () => {
    const running = untilInterrupted(signal, async () => {
      interrupt();
      return await Promise.resolve("copied");
    });
    await assert.rejects(running, /stopped by Ctrl-C/);
  });

  it("answers where nobody interrupts, and hears nothing afterwards", async () => {
    const before = process.listenerCount("SIGTERM");
    assert.equal(await untilInterrupted(signal, () => Promise.resolve("copied")), "copied");
    assert.equal(process.listenerCount("SIGTERM"), before);
  });
});
