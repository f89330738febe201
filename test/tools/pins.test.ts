import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, versions } from "../../tools/paths.ts";
import { goTool, toolVersion } from "../../tools/setup/go.mjs";
import { releaseFor, releases } from "../../tools/setup/releases.mjs";

describe("the versions that are pinned in two places", () => {
  it("names one Pulumi CLI in package.json and in tools/go/pulumi", () => {
    assert.equal(goTool("pulumi").version, versions().pulumi);
  });

  for (const name of ["versitygw", "actionlint", "act"] as const) {
    it(`names one ${name} in its go.mod and among the releases`, () => {
      assert.equal(releases[name].version, goTool(name).version);
    });
  }

  it("has a released binary for the machines that people have, and none for others", () => {
    assert.deepEqual(releaseFor("versitygw", "linux-x64"), {
      url: "https://github.com/versity/versitygw/releases/download/v1.8.0/versitygw_v1.8.0_Linux_x86_64.tar.gz",
      sha256: "2ba2c734d10d2c4e651d03182cb4b246656bc735a2f282db7b0b73fba6073467",
      member: "versitygw_v1.8.0_Linux_x86_64/versitygw",
    });
    for (const machine of ["linux-arm64", "darwin-x64", "darwin-arm64"]) {
      assert.ok(releaseFor("actionlint", machine), machine);
    }
    assert.equal(releaseFor("versitygw", "sunos-x64"), undefined);
  });

  it("keeps registries' addresses out of the lock file, so that it works with any mirror", () => {
    assert.doesNotMatch(readFileSync(join(root, "package-lock.json"), "utf8"), /"resolved": "https?:/);
  });
});

describe("reading a tool's version from its go.mod", () => {
  it("takes the module with the longest path that holds the command", () => {
    const goMod = [
      "module a/b",
      "tool example.com/big/sdk/v3/cmd/thing",
      "require example.com/big v9.9.9",
      "require (",
      "\texample.com/big/sdk/v3 v3.68.0 // indirect",
      "\texample.com/bigger v1.0.0",
      ")",
    ].join("\n");
    assert.equal(toolVersion(goMod), "3.68.0");
  });

  it("refuses one that names no module for it", () => {
    assert.throws(() => toolVersion("tool example.com/x/cmd\nrequire example.com/y v1.0.0"), {
      message: 'go.mod: no module of it holds the tool "example.com/x/cmd"',
    });
  });
});
