import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../../../tools/paths.ts";
import { actFile } from "../../../../sandbox/github/actions/act-file.ts";
import { Groups } from "../../../../sandbox/github/actions/groups.ts";
import { coverer } from "../../../../sandbox/github/actions/act-lines.ts";
import { combinations, jobName, planJobs } from "../../../../sandbox/github/actions/plan.ts";
import { readWorkflow } from "../../../../sandbox/github/actions/workflow-file.ts";

const scope = { contexts: { vars: { STACKS: '["staging","prod"]' } } };

describe("a matrix", () => {
  const of = (matrix: string) => combinations({ strategy: { matrix: parse(matrix) } }, scope);

  it("is every combination, without what is excluded and with what is included", () => {
    assert.deepEqual(of("{ a: [1, 2], b: [x], exclude: [{ a: 2 }], include: [{ a: 1, c: y }, { a: 3 }] }"), [
      { a: 1, b: "x", c: "y" },
      { a: 3 },
    ]);
  });

  it("may come from a variable", () => {
    assert.deepEqual(of("{ stack: '${{ fromJSON(vars.STACKS) }}' }"), [
      { stack: "staging" },
      { stack: "prod" },
    ]);
  });

  it("stands in the job's name", () => {
    const [job] = planJobs(readWorkflow("jobs: { preview: { strategy: { matrix: { stack: [a] } } } }"));
    assert.ok(job);
    assert.equal(jobName(job, { stack: "prod" }, scope), "preview (prod)");
  });
});

const actions = join(root, "sandbox", "github", "actions");

describe("the file that act gets", () => {
  it("has one job, and stands for what it needs", () => {
    const [, deploy] = planJobs(
      readWorkflow(
        "on: push\njobs:\n  build: {}\n  deploy: { needs: build, environment: prod, if: always(), steps: [{ run: ls }] }\n",
      ),
    );
    assert.ok(deploy);
    const needs = { build: { result: "failure", outputs: { tag: "it's ${{ 1 }}" } } };
    assert.deepEqual(parse(actFile(deploy, "push", needs, {}, { stack: "prod" })), {
      name: "deploy",
      on: { push: {} },
      jobs: {
        build: {
          "runs-on": "ubuntu-latest",
          outputs: { tag: "${{ fromJSON('\"it''s ${{ 1 }}\"') }}" },
          steps: [{ run: "false" }],
        },
        job: {
          steps: [{ run: "ls", shell: `bash ${join(actions, "no-terminal.sh")} -e {0}` }],
          "runs-on": "ubuntu-latest",
          needs: ["build"],
          if: "always()",
          env: { INPUT_STACK: "prod" },
        },
      },
    });
  });
});

describe("a secret in a log", () => {
  it("is covered whole, and line by line where it has several", () => {
    const cover = coverer(["one-line", "-----BEGIN-----\nkey-key-key\n-----END-----", "abc"]);
    assert.equal(cover("a one-line b key-key-key c abc"), "a *** b *** c abc");
  });
});

describe("a concurrency group", () => {
  const nothing = (): void => {};

  it("lets one in, lets one wait, and puts a newer one in its place", async () => {
    const groups = new Groups();
    const first = await groups.enter("g", {}, nothing);
    const second = groups.enter("g", {}, nothing);
    const third = groups.enter("g", {}, nothing);
    assert.equal(await second, "cancelled");
    assert.notEqual(first, "cancelled");
    if (first !== "cancelled") first.release();
    assert.notEqual(await third, "cancelled");
  });

  it("lets all wait, in their order, where the newer one queues", async () => {
    const groups = new Groups();
    const came: number[] = [];
    const enter = async (number: number): Promise<void> => {
      const place = await groups.enter("g", { queue: true }, nothing);
      came.push(number);
      if (place !== "cancelled") setImmediate(place.release);
    };
    await Promise.all([1, 2, 3, 4].map(enter));
    assert.deepEqual(came, [1, 2, 3, 4]);
  });

  it("ends the one that runs only where that is asked for", async () => {
    const groups = new Groups();
    const told: string[] = [];
    await groups.enter("g", {}, () => told.push("first"));
    void groups.enter("g", {}, nothing);
    assert.deepEqual(told, []);
    void groups.enter("g", { cancelInProgress: true }, nothing);
    assert.deepEqual(told, ["first"]);
  });

  it("is left by one that no longer waits", async () => {
    const groups = new Groups();
    const first = await groups.enter("g", {}, nothing);
    const cancel = (): void => {};
    const second = groups.enter("g", {}, cancel);
    groups.leave("g", cancel);
    assert.equal(await second, "cancelled");
    if (first !== "cancelled") first.release();
    assert.notEqual(await groups.enter("g", {}, nothing), "cancelled");
  });
});
