import assert from "node:assert/strict";
import { chooseRelease } from "../../components/release.ts";
import { refusalOf } from "../support/user-error.ts";

const initial = { registry: "ghcr.io", repository: "acme/odoo", tag: "19.0" };
const running = { ...initial, tag: "2026-11-20-1", digest: `sha256:${"a".repeat(64)}` };
const handedIn = { ...initial, tag: "2026-11-21-1" };

describe("which release a stack declares", () => {
  it("is the settings' on its first update", () => {
    assert.deepEqual(chooseRelease(initial, undefined, undefined), initial);
  });

  it("is then the one that runs, whatever the settings say", () => {
    assert.deepEqual(chooseRelease(initial, running, undefined), running);
    assert.deepEqual(chooseRelease(initial, running, ""), running);
  });

  it("is the one that a deploy hands in, before all else", () => {
    assert.deepEqual(chooseRelease(initial, running, JSON.stringify(handedIn)), handedIn);
  });

  for (const output of [null, "19.0", {}, { ...initial, tag: "" }, { ...initial, digest: "sha256:short" }]) {
    it(`is not an output like ${JSON.stringify(output)}`, () => {
      assert.deepEqual(chooseRelease(initial, output, undefined), initial);
    });
  }

  for (const [text, fault] of [
    ["19.0-1 or so", "is not JSON"],
    ["{}", "lacks registry, repository or tag, or its digest is none"],
    [
      JSON.stringify({ ...initial, digest: "latest" }),
      "lacks registry, repository or tag, or its digest is none",
    ],
  ] as const) {
    it(`refuses PLATFORM_RELEASE=${text.slice(0, 20)} instead of keeping what runs`, async () => {
      const { exit, message } = await refusalOf(() => chooseRelease(initial, running, text));
      assert.equal(exit, "badInput");
      assert.equal(
        message,
        `PLATFORM_RELEASE: ${fault}; set it by \`platform deploy --release TAG\`, or unset it to keep what runs`,
      );
    });
  }
});
