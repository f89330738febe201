import assert from "node:assert/strict";
import { produces } from "../../../operations/doctor/workflows.ts";

const workflow = (jobs: string): string => `name: CI\non: [push]\njobs:\n${jobs}`;

describe("the checks that a workflow reports", () => {
  for (const [what, text, yes, no] of [
    ["a job's name, not its id", workflow("  test:\n    name: Odoo CE CI\n"), ["Odoo CE CI"], ["test", "CI"]],
    [
      "its id where it has no name",
      workflow("  test:\n    steps: []\n  lint:\n"),
      ["test", "lint"],
      ["build"],
    ],
    ["a name that is a number", workflow("  test:\n    name: 19\n"), ["19"], ["test"]],
    [
      "a matrix's values in brackets",
      workflow("  test:\n    strategy: { matrix: { node: [22, 24] } }\n"),
      ["test", "test (24)", "test (24, ubuntu)"],
      ["tests (24)"],
    ],
    [
      "the jobs of a workflow that it calls",
      workflow("  shared:\n    uses: ./.github/workflows/shared.yml\n"),
      ["shared / build"],
      ["shared/build", "build"],
    ],
    [
      "a name that is put together when it runs",
      workflow("  test:\n    name: Odoo ${{ matrix.series }}\n"),
      ["Odoo 19.0"],
      ["odoo 19.0"],
    ],
    ["nothing of a file that is no YAML", "jobs: [unclosed", [], ["jobs"]],
    ["nothing of an empty file", "", [], [""]],
    ["nothing of a file without jobs", "name: CI\n", [], ["CI"]],
  ] as [string, string, string[], string[]][]) {
    it(`are ${what}`, () => {
      for (const check of yes) assert.ok(produces(text, check), check);
      for (const check of no) assert.ok(!produces(text, check), check);
    });
  }
});
