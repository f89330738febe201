import assert from "node:assert/strict";
import { rules } from "../../../policies/production/rules.ts";
import { judge } from "../framework.ts";
import { stack } from "./compliant.ts";

describe("the production pack", () => {
  it("lets a stack through that breaks nothing, and a stack of something else", async () => {
    assert.deepEqual(await judge(rules, ...stack()), []);
    assert.deepEqual(
      await judge(rules, { type: "github:index/issueLabel:IssueLabel", props: { name: "x" } }),
      [],
    );
  });

  it("names each rule after its file", () => {
    assert.deepEqual(
      rules.map(({ name }) => name),
      [
        "backups",
        "branch-protection",
        "budget",
        "closed-ports",
        "data-protected",
        "host-key-pinned",
        "mail-caught",
        "tls",
      ].map((name) => `production/${name}`),
    );
  });

  it("answers for inputs of every wrong type with a violation or with nothing, never with a crash", async () => {
    for (const wrong of [null, 0, "x", true, [], {}, [null], [[]], ["x"], [{ x: 1 }]]) {
      for (const one of stack()) {
        for (const key of Object.keys(one.props)) {
          await judge(rules, { ...one, props: { ...one.props, [key]: wrong } });
          await judge(rules, {
            ...one,
            props: { ...one.props, [key]: { [key]: wrong, hostKey: wrong, refName: wrong } },
          });
        }
      }
    }
  });
});
