import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../tools/paths.ts";
import { sceneFiles } from "../../tools/scene-files.ts";

describe("the files of scenes", () => {
  const { machines, worlds, faults } = sceneFiles();

  it("begin with the bare machine, and end with the one that is down", () => {
    const names = machines.map((file) => basename(file));
    assert.deepEqual([names[0], names.at(-1)], ["machine-bare.test.ts", "machine-down.test.ts"]);
  });

  it("run one after the other where they need a machine, and nowhere twice", () => {
    const all = [...machines, ...worlds, ...faults];
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(
      all.filter((file) => !existsSync(join(root, file))),
      [],
    );
    const real = worlds.filter((file) => /new World\("real"|canRunMachines/.test(text(file)));
    assert.deepEqual(real, []);
  });

  it("that are named after faults are left to the faults", () => {
    assert.ok(faults.length > 5);
    assert.deepEqual(
      faults.filter((file) => !basename(file).startsWith("faults")),
      [],
    );
  });
});

const text = (file: string): string => readFileSync(join(root, file), "utf8");
