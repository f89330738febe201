import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insideOf, parsed } from "../../../operations/watch/look.ts";
import { root } from "../../../tools/paths.ts";

const agent = "Mozilla/5.0";
const line = (status: number, upstream: string, by = agent, path = "/web") =>
  `203.0.113.7 "GET ${path} HTTP/1.1" ${status} 5421 0.300 ${upstream} erp.example.com "${by}"`;

const log = [
  line(200, "0.038"),
  line(200, "0.002, 0.100"),
  line(502, "0.000"),
  line(304, "-"),
  line(101, "12.000", agent, "/websocket"),
  line(503, "-"),
  line(503, "0.010"),
  line(500, "0.005", "odoo-platform-health"),
  '2001:db8::5 "POST /web/dataset/call_kw HTTP/2.0" 200 12 0.020 0.020 erp.example.com "a \\x22quoted\\x22 one"',
  '2026/11/26 13:00:00 [error] 12#12: *7 connect() failed "x" "y" "z"',
  "-- cursor: s=abc;i=2f;b=1",
];

describe("what the machine tells of a release that is watched", () => {
  let bin = "";
  const stub = (name: string, body: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  before(() => {
    bin = mkdtempSync(join(tmpdir(), "platform-watch-"));
    writeFileSync(join(bin, "log"), `${log.join("\n")}\n`);
    stub("journalctl", `echo "$@" >${bin}/asked; cat ${bin}/log`);
    stub("docker", `case "$*" in *odoo-web-blue) echo "id1 2 running false";; *) exit 1;; esac`);
  });
  after(() => rmSync(bin, { recursive: true }));

  const run = (given: string) => {
    const script = given + readFileSync(join(root, "host", "probe", "watch.sh"), "utf8");
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
    const told = parsed(execFileSync("bash", ["-s"], { input: script, env, encoding: "utf8" }));
    assert.ok(told);
    return { told, asked: readFileSync(join(bin, "asked"), "utf8") };
  };

  it("is each request's status, and how long Odoo took: no probes, no websockets, no page for pauses", () => {
    const { told } = run("since=1\n");
    assert.deepEqual(
      told.requests.map(({ status, ms }) => [status, ms]),
      [
        [200, 38],
        [200, 102],
        [502, 0],
        [304, undefined],
        [503, 10],
        [200, 20],
      ],
    );
    const { requests, failed, times } = insideOf(told);
    assert.deepEqual([requests, failed, times], [6, 2, [38, 102, 0, 10, 20]]);
  });

  it("goes on where the journal was read to", () => {
    assert.equal(run("since=1\n").told.cursor, "s=abc;i=2f;b=1");
    assert.match(run("cursor='s=abc;i=2f;b=1'\nsince=1\n").asked, /--after-cursor=s=abc;i=2f;b=1 /);
  });

  it("is the serving containers, and which of them is gone", () => {
    assert.deepEqual(insideOf(run("since=1\n").told).inside, {
      restarts: 2,
      kills: 0,
      down: ["odoo-cron-blue"],
    });
  });

  it("is nothing of a script that was ended half-way", () =>
    assert.equal(parsed("request 200 12\nrequest 200 13\n"), undefined));
});
