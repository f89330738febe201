import assert from "node:assert/strict";
import {
  condition,
  evaluate,
  interpolate,
  type Value,
} from "../../../../sandbox/github/actions/expressions.ts";

const contexts = {
  github: { event: { client_payload: { environment: "production", task_id: 7 } }, ref: "refs/heads/main" },
  inputs: {},
  vars: { PLATFORM_PRODUCTION: "" },
  needs: { deploy: { result: "failure", outputs: { exit: "12" } } },
  matrix: { stack: "prod" },
};

describe("an expression of a workflow", () => {
  const cases: [text: string, value: Value][] = [
    ["github.event.client_payload.environment || inputs.environment", "production"],
    ["inputs.environment || 'staging'", "staging"],
    [
      "github.event.client_payload.environment == 'PRODUCTION' && (vars.PLATFORM_PRODUCTION || 'prod')",
      "prod",
    ],
    ["github.event.client_payload.task_id >= 7", true],
    ["needs.deploy.outputs.exit != '0' && needs.deploy.result != 'success'", true],
    ["needs['deploy'].outputs['exit']", "12"],
    ['contains(fromJSON(\'["failure","cancelled"]\'), needs.deploy.result)', true],
    ["startsWith(github.ref, 'refs/heads/')", true],
    ["endsWith(github.ref, 'main') && !contains(github.ref, 'x')", true],
    ["format('{0} of {1}', matrix.stack, 'it''s')", "prod of it's"],
    ["join(fromJSON('[1,2]'), '-')", "1-2"],
    ["github.event.nothing.at.all", null],
    ["null == 0", true],
    ["'1' == 1", true],
    ["1 < 2 == true", true],
    ["-1.5", -1.5],
    ["toJSON(matrix)", '{\n  "stack": "prod"\n}'],
  ];
  for (const [text, value] of cases)
    it(`${text} is ${JSON.stringify(value)}`, () => assert.deepEqual(evaluate(text, { contexts }), value));

  it("within a text becomes text, and alone keeps its type", () => {
    assert.equal(interpolate("stack-${{ matrix.stack }}-${{ 1 }}", { contexts }), "stack-prod-1");
    assert.deepEqual(interpolate("${{ fromJSON('[1]') }}", { contexts }), [1]);
  });

  it("that cannot be read is said to be so", () => {
    for (const text of ["a &", "(1", "nothing()", "1 2", "fromJSON('{')"])
      assert.throws(() => evaluate(text, { contexts }), { name: "Error" }, text);
  });
});

describe("a job's if", () => {
  const after = { succeeded: false, failed: true, cancelled: false };
  it("wants everything before it to have succeeded, unless it asks itself", () => {
    assert.equal(condition(undefined, { contexts }), true);
    assert.equal(condition("true", { contexts, status: after }), false);
    assert.equal(condition("always()", { contexts, status: after }), true);
    assert.equal(condition("${{ failure() && matrix.stack == 'prod' }}", { contexts, status: after }), true);
    assert.equal(condition("cancelled()", { contexts, status: after }), false);
    assert.equal(condition("success()", { contexts, status: after }), false);
    assert.equal(condition(false, { contexts }), false);
  });
});
