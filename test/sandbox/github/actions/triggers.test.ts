import assert from "node:assert/strict";
import { isTriggered, schedulesOf, type Trigger } from "../../../../sandbox/github/actions/triggers.ts";

const path = ".github/workflows/a.yml";
const runs = (on: string, trigger: Trigger): boolean => isTriggered(path, `on: ${on}\njobs: {}\n`, trigger);
const push = (ref: string, paths?: string[]): Trigger => ({ event: "push", ref, paths });

describe("what sets a workflow going", () => {
  const cases: [on: string, trigger: Trigger, goes: boolean][] = [
    ["push", push("refs/heads/any"), true],
    ["[push, pull_request]", push("refs/tags/v1"), true],
    ["{ push: { branches: [main] } }", push("refs/heads/main"), true],
    ["{ push: { branches: [main] } }", push("refs/heads/other"), false],
    ["{ push: { branches: [main] } }", push("refs/tags/main"), false],
    ["{ push: { tags: ['v*'] } }", push("refs/tags/v1.2"), true],
    ["{ push: { tags: ['v*'] } }", push("refs/heads/main"), false],
    ["{ push: { branches: ['release/**', '!release/old/**'] } }", push("refs/heads/release/old/1"), false],
    ["{ push: { branches: ['release/**', '!release/old/**'] } }", push("refs/heads/release/new/1"), true],
    ["{ push: { branches-ignore: [wip] } }", push("refs/heads/wip"), false],
    ["{ push: { paths: ['addons/**'] } }", push("refs/heads/main", ["addons/a/b.py"]), true],
    ["{ push: { paths: ['addons/**'] } }", push("refs/heads/main", ["README.md"]), false],
    ["{ push: { paths-ignore: ['**.md'] } }", push("refs/heads/main", ["README.md"]), false],
    ["pull_request", { event: "pull_request", action: "synchronize", ref: "refs/heads/main" }, true],
    ["pull_request", { event: "pull_request", action: "closed", ref: "refs/heads/main" }, false],
    ["{ pull_request: { types: [closed] } }", { event: "pull_request", action: "closed" }, true],
    [
      "{ repository_dispatch: { types: [deploy] } }",
      { event: "repository_dispatch", action: "deploy" },
      true,
    ],
    [
      "{ repository_dispatch: { types: [deploy] } }",
      { event: "repository_dispatch", action: "other" },
      false,
    ],
    ["repository_dispatch", { event: "repository_dispatch", action: "other" }, true],
    ["workflow_dispatch", { event: "workflow_dispatch", workflow: path }, true],
    ["workflow_dispatch", { event: "workflow_dispatch", workflow: ".github/workflows/b.yml" }, false],
    ["{ schedule: [{ cron: '0 0 * * *' }] }", { event: "schedule", workflow: path, cron: "0 0 * * *" }, true],
    [
      "{ schedule: [{ cron: '0 0 * * *' }] }",
      { event: "schedule", workflow: path, cron: "1 0 * * *" },
      false,
    ],
    ["workflow_call", push("refs/heads/main"), false],
  ];
  for (const [on, trigger, goes] of cases)
    it(`${on} ${goes ? "runs" : "does not run"} on ${JSON.stringify(trigger)}`, () =>
      assert.equal(runs(on, trigger), goes));

  it("is nothing, for what is no YAML", () =>
    assert.equal(isTriggered(path, "on: [", push("refs/heads/main")), false));

  it("are the lines of its schedule", () =>
    assert.deepEqual(schedulesOf("on:\n  schedule:\n    - cron: '0 0 * * *'\n    - cron: '5 * * * *'\n"), [
      "0 0 * * *",
      "5 * * * *",
    ]));
});
