import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { verbs } from "../../operations/verbs.ts";
import { root } from "../../tools/paths.ts";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  steps?: Step[];
  permissions?: unknown;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  "timeout-minutes"?: number;
  uses?: string;
}
interface Workflow {
  permissions?: object;
  defaults?: { run?: { shell?: string } };
  concurrency?: { "cancel-in-progress": boolean };
  jobs: Record<string, Job>;
}

const folder = join(root, ".github", "workflows");
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});
const jobs = files.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ place: `${name}: ${id}`, job })),
);

describe("a workflow", () => {
  it("may do nothing, and each of its jobs says what it may", () => {
    for (const { name, workflow } of files) assert.deepEqual(workflow.permissions, {}, name);
    for (const { place, job } of jobs) assert.ok(job.permissions, place);
    for (const { name, text } of files)
      for (const line of text.match(
        /^ {6,}(contents|actions|issues|pull-requests|packages|checks): (read|write).*$/gm,
      ) ?? [])
        assert.match(line, / # \w/, `${name}: says not why: ${line}`);
  });

  it("pins every action by its commit, with its version beside it", () => {
    const texts = [
      ...files,
      { name: "set-up", text: readFileSync(join(root, ".github/actions/set-up/action.yml"), "utf8") },
    ];
    for (const { name, text } of texts)
      for (const [line, action = ""] of text.matchAll(/uses: (\S+).*$/gm))
        if (!action.startsWith("./"))
          assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${name}: ${line}`);
  });

  it("is never cancelled half-way", () => {
    for (const { concurrency } of [...files.map(({ workflow }) => workflow), ...jobs.map(({ job }) => job)])
      assert.notEqual(concurrency?.["cancel-in-progress"], true);
  });

  it("leaves no credentials behind when it checks out, and has a limit", () => {
    for (const { place, job } of jobs) {
      for (const { uses, with: given } of job.steps ?? [])
        if (uses?.startsWith("actions/checkout@")) assert.equal(given?.["persist-credentials"], false, place);
      if (job.uses === undefined) assert.ok(job["timeout-minutes"], place);
    }
  });

  it("hands what others have written to its commands by their environment alone", () => {
    for (const { place, job } of jobs)
      for (const { run = "" } of job.steps ?? []) assert.doesNotMatch(run, /\$\{\{/, place);
  });

  it("calls verbs that there are, with options that they have", () => {
    const everywhere = ["--stack", "--json"];
    for (const { place, job } of jobs)
      for (const { run = "" } of job.steps ?? [])
        for (const [, call = ""] of run.matchAll(/bin\/platform ([^|>;&\n]+)/g)) {
          const [first = "", second = ""] = call.trim().split(/\s+/);
          const verb = [`${first} ${second}`, first].find((one) => one in verbs);
          assert.ok(verb, `${place}: ${call}`);
          const known = [
            ...everywhere,
            ...(verbs[verb]?.options ?? []).map(({ flags }) => flags.split(" ")[0]),
          ];
          for (const flag of call.match(/(?<=\s)--[a-z-]+/g) ?? [])
            assert.ok(known.includes(flag), `${place}: ${flag}`);
        }
  });

  it("lets its commands' pipes fail, where there are any", () => {
    for (const { name, text, workflow } of files)
      if (/ \| tee/.test(text)) assert.equal(workflow.defaults?.run?.shell, "bash", name);
  });

  it("that changes a stack has it to itself, whichever workflow it is", () => {
    const writers = jobs.filter(({ job }) =>
      job.steps?.some(({ run = "" }) => /bin\/platform (up|deploy|rollback) /.test(run)),
    );
    assert.equal(writers.length, 4);
    for (const { place, job } of writers) assert.match(job.concurrency?.group ?? "", /^stack-/, place);
  });
});
