import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { counts, platforms } from "../support/platforms.ts";
import { World } from "../support/world.ts";

describe("a disk that is full", () => {
  const world = new World();
  const folder = join(world.sandbox, "state");
  let mounted = false;
  const mount = (options: string): void => {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
    mounted = true;
  };

  before(async function () {
    // Only root may mount a disk small enough to fill.
    if (process.platform !== "linux" || process.getuid?.() !== 0) this.skip();
    mkdirSync(folder, { recursive: true });
    mount("size=160k,mode=0700");
    await world.start();
  });
  after(async () => {
    if (mounted) execFileSync("umount", ["--lazy", folder]);
    await world.remove();
  });

  it("is told before anything is touched, and once there is room the update goes on", async () => {
    const full = await world.answer(["up"]);
    assert.equal(full.exitCode, 1);
    assert.match(
      full.error?.message ?? "",
      /state: its disk has 0 MB left, and an update wants 32 MB; nothing was/,
    );
    assert.equal(full.error?.hint, "Make room there, then try again.");
    assert.deepEqual(world.made(), {});
    mount("remount,size=64m");
    await world.json(["up"]);
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });
});
