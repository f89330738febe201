import assert from "node:assert/strict";
import { specFaults } from "../../../operations/spec/kit.ts";

const good: Record<string, string> = {
  "constitution.md": "# Constitution\n\nText.\n",
  "prd.md": "# PRD\n\nText.\n",
  "plan.md": "# Plan\n\nText.\n",
  "tasks.md": "# Tasks\n\nText.\n\n| T0.1 | what | done | where |\n| P1.2 | what | open | |\n",
};
const faultsOf = (changes: Record<string, string | undefined>): string[] => {
  const pages = { ...good, ...changes };
  return specFaults("kit", (page) => pages[page]);
};

describe("a spec kit", () => {
  it("that has all is in order", () => assert.deepEqual(faultsOf({}), []));

  it("is told what it lacks", () => {
    assert.deepEqual(faultsOf({ "prd.md": undefined, "plan.md": "# \n" }), [
      "spec/kit/prd.md: is missing; every kit has constitution.md, prd.md, plan.md, tasks.md",
      "spec/kit/plan.md: does not begin with a heading and a text below it",
    ]);
  });

  it("is told which of its tasks do not say how they stand", () => {
    const tasks =
      "# Tasks\n\nText.\n\n| T0.1 | a | finished | b |\n| T0.1 | a | done | |\n| T0.2 | | open | |\n";
    assert.deepEqual(faultsOf({ "tasks.md": tasks }), [
      'spec/kit/tasks.md: T0.1 is "finished"; there is done, partly, open',
      "spec/kit/tasks.md: T0.1 is there twice",
      "spec/kit/tasks.md: T0.1 is done, but says not where",
      "spec/kit/tasks.md: T0.2 says not what it is",
    ]);
  });
});
