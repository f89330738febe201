import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Evidence } from "../../../operations/evidence/evidence.ts";
import { logText, telling } from "../../../operations/evidence/collect.ts";
import type { EvidenceRecord } from "../../../operations/evidence/readme.ts";
import { finding } from "../../../operations/health/check.ts";
import { openLog } from "../../../operations/log-file.ts";
import type { PlatformReading } from "../../../operations/stack-reader.ts";
import { projectFolder } from "../../support/project-folder.ts";

const release = { registry: "ghcr.io", repository: "acme/odoo", tag: "1.0.1" };
const facts = { stack: "prod", verb: "deploy", actor: "ada@desk", release, previous: undefined } as const;
const secret = "planted-secret-of-the-stack";
/** A platform whose machine is known, and answers nobody. */
const unreachable: PlatformReading = {
  stack: "prod",
  outputs: { url: "https://erp.example.com", address: "127.0.0.1", hostKind: "droplet", hostId: "1" },
  secrets: new Map([["webhookSecret", secret]]),
};

describe("evidence of a deploy", () => {
  const project = projectFolder();
  const { signal } = new AbortController();
  const text = (evidence: Evidence, name: string): string =>
    readFileSync(join(evidence.folder, name), "utf8");
  const recordOf = (evidence: Evidence): EvidenceRecord =>
    JSON.parse(text(evidence, "evidence.json")) as EvidenceRecord;

  it("stands in a folder named for the minute, and a second one of that minute beside it", () => {
    const [first, second] = [Evidence.open(facts), Evidence.open(facts)];
    assert.match(first.folder, /\/\.platform\/evidence\/\d{8}-\d{4}$/);
    // The minute may have turned in between.
    assert.notEqual(first.folder, second.folder);
    assert.match(basename(second.folder), /^\d{8}-\d{4}(-2)?$/);
  });

  it("tells time, release, who, steps with their seconds, checks, notes and result, to programs and to people", async () => {
    const evidence = Evidence.open(facts);
    assert.equal(await evidence.step("pre-flight", () => Promise.resolve("fine")), "fine");
    await assert.rejects(
      evidence.step("gate", () => Promise.reject(new Error("/web/login answers 500"))),
      /answers 500/,
    );
    evidence.check([finding("odoo", "fail", "/web/login answers 500")]);
    evidence.note("modules", ["sale"]);
    await evidence.close({
      exit: "failed",
      summary: "1.0.1 was taken back; 1.0.0 serves.",
      error: "unhealthy",
    });
    const { steps, checks, notes, result, seconds, ...record } = recordOf(evidence);
    assert.deepEqual(
      steps.map(({ name, failed }) => [name, failed]),
      [
        ["pre-flight", undefined],
        ["gate", "/web/login answers 500"],
      ],
    );
    assert.ok(steps.every((step) => step.seconds >= 0) && seconds >= 0);
    assert.deepEqual([checks[0]?.name, notes], ["odoo", { modules: ["sale"] }]);
    assert.deepEqual(
      [result.exit, result.code, record.release, record.actor],
      ["failed", 1, release, "ada@desk"],
    );
    const page = text(evidence, "README.md");
    assert.match(page, /^# Deployment of prod, \d{4}-\d\d-\d\d \d\d:\d\d UTC\n\n1\.0\.1 was taken back/);
    assert.match(page, /\| gate \| 0\.0 \| [\d:]+ \| failed: \/web\/login answers 500 \|/);
    assert.match(text(evidence, "errors.txt"), /^unhealthy\ngate: \/web\/login answers 500\n/);
  });

  it("tells how far it came when its process is killed", async () => {
    const evidence = Evidence.open(facts);
    await evidence.step("checks", () => Promise.resolve());
    const killed = evidence.step("bring 1.0.1", () => new Promise(() => {}));
    const { tag, steps } = JSON.parse(text(evidence, "unfinished.json")) as {
      tag: string;
      steps: { name: string }[];
    };
    assert.deepEqual([tag, steps.map(({ name }) => name)], ["1.0.1", ["checks", "bring 1.0.1"]]);
    await evidence.close({ exit: "done", summary: "It was not killed." });
    assert.ok(!readdirSync(evidence.folder).includes("unfinished.json"));
    void killed;
  });

  it("holds what the engine told since it began, and no secret of the stack in any file", async () => {
    const old = openLog("prod", "up", new Date("2020-01-01"));
    old.write("of an update long ago\n");
    utimesSync(old.path, 1577836800, 1577836800);
    const evidence = Evidence.open(facts);
    openLog("prod", "up").write(`created with ${secret}\n`);
    openLog("prod-eu", "up").write("of another stack\n");
    await evidence.step("up", () => Promise.reject(new Error(`refused ${secret}`))).catch(() => {});
    evidence.note("card", { deep: [`and ${secret}`] });
    await evidence.collect(unreachable, signal);
    await evidence.close({ exit: "failed", summary: `no ${secret}` });
    assert.equal(text(evidence, "deployment.log"), "created with *****\n");
    for (const name of readdirSync(evidence.folder)) assert.ok(!text(evidence, name).includes(secret), name);
    assert.deepEqual(recordOf(evidence).notes, { card: { deep: ["and *****"] } });
  });

  it("says of what cannot be had why, and goes on", async () => {
    const evidence = Evidence.open(facts);
    await evidence.collect(unreachable, signal);
    await evidence.close({ exit: "done", summary: "1.0.1 serves." });
    assert.match(
      text(evidence, "application.log"),
      /^not known: prod: its last update configured no machine\n$/,
    );
    assert.match(text(evidence, "database.txt"), /^not known: /);
  });

  it("shows what others have written, and does not obey it", async () => {
    const dispatch = {
      branch: "main",
      commit_message: "[x](javascript:alert(1)) @everyone | <img>",
      task_id: 1234,
      environment: "production",
      image_tag: "1.0.1",
      initiated_by: "Ada",
      nonce: "0".repeat(32),
      expires: "2026-11-26T14:00:00Z",
      signature: "a".repeat(64),
    };
    const evidence = Evidence.open({ ...facts, dispatch });
    await evidence.close({ exit: "done", summary: "1.0.1 serves." });
    const page = text(evidence, "README.md");
    assert.ok(
      page.includes("\\[x\\](javascript:alert(1)) @\u200beveryone \\| \\<img\\> (branch main)"),
      page,
    );
    assert.ok(!text(evidence, "evidence.json").includes(dispatch.signature), "a signature is no evidence");
  });

  it("never makes a deploy fail: also not where its folder cannot be made or is gone", async () => {
    project.write(".platform", "a file in its way");
    const lost = Evidence.open(facts);
    assert.equal(await lost.step("gate", () => Promise.resolve(1)), 1);
    await lost.close({ exit: "done", summary: "1.0.1 serves." });
    assert.match(lost.fault ?? "", /^no evidence can be kept: Error: ENOTDIR/);
    rmSync(join(project.path(), ".platform"));
    const gone = Evidence.open(facts);
    rmSync(gone.folder, { recursive: true });
    writeFileSync(gone.folder, "a file in its place");
    await gone.close({ exit: "done", summary: "1.0.1 serves." });
    assert.match(gone.fault ?? "", /is not whole: Error: ENOTDIR/);
    assert.match(gone.lines().join("\n"), /^Evidence: .*\nEvidence is not whole: .*ENOTDIR/);
  });

  it("is no list of requests: the last that failed, and all else", () => {
    const at = (second: number, text: string) => ({
      time: new Date(second * 1000).toISOString(),
      part: "odoo",
      level: "info" as const,
      text,
    });
    const found = [
      at(1, "odoo: loading"),
      ...Array.from({ length: 300 }, (_, index) => at(10 + index, `x - - "GET /a HTTP/1.1" 500 157 0.1`)),
      at(5, 'x - - "GET /a HTTP/1.1" 200 157 0.1'),
      at(400, "odoo: ended"),
    ];
    const told = telling(found);
    assert.deepEqual([told.length, told[0]?.text, told.at(-1)?.text], [202, "odoo: loading", "odoo: ended"]);
    assert.equal(told[1]?.time, at(110, "").time);
  });

  it("tells of nobody's address whose it is", () => {
    const at = { time: "2026-11-26T13:00:00.000Z", part: "odoo", level: "info" } as const;
    const lines = ['203.0.113.7 - - "GET /"', "2001:db8:1:2::5 GET", "sale 19.0.1.0.0 at 12:30:15"];
    assert.deepEqual(
      logText(lines.map((line) => ({ ...at, text: line })))
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(40)),
      ['203.0.113.x - - "GET /"', "2001:db8:1::x GET", "sale 19.0.1.0.0 at 12:30:15"],
    );
  });
});
