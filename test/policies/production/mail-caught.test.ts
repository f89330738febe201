import assert from "node:assert/strict";
import { mailCaught } from "../../../policies/production/mail-caught.ts";
import { violations } from "../framework.ts";
import { off, platform, platformName } from "./compliant.ts";

describe("production/mail-caught", () => {
  const judged = (more: Record<string, unknown>): Promise<string[]> =>
    violations([mailCaught], platform(more));

  it("refuses mail that leaves off production", async () => {
    for (const environment of ["staging", "sandbox"]) {
      for (const kind of ["smtp", "mailgun"]) {
        assert.deepEqual(await judged({ ...off(environment), mail: { kind } }), [
          `${platformName}: mail leaves by ${kind} although this is ${environment}. Fix: set mail.kind to catcher`,
        ]);
      }
      assert.deepEqual(await judged({ ...off(environment), mail: { kind: "catcher" } }), []);
    }
  });

  it("takes no environment for none that may send", async () => {
    assert.deepEqual(await judged({ platform: {}, mail: { kind: "smtp" } }), [
      `${platformName}: mail leaves by smtp although this is an unnamed environment. Fix: set mail.kind to catcher`,
    ]);
  });
});
