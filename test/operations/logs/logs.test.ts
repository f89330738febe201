import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appLog } from "../../../operations/logs/app.ts";
import { covered } from "../../../operations/logs/covered.ts";
import { journal } from "../../../operations/logs/journal.ts";
import { lineOf, lineText } from "../../../operations/logs/line.ts";
import { lastUpdate } from "../../../operations/logs/updates.ts";
import { onMachine } from "../../../operations/ssh.ts";
import { type Machine, sshMachine } from "../../sandbox/plugins/ssh-server.ts";
import { projectFolder } from "../../support/project-folder.ts";
import { httpServer } from "../../support/http-server.ts";
import { refusalOf } from "../../support/user-error.ts";

const { signal } = new AbortController();
const now = new Date(Date.UTC(2026, 10, 26, 10));
const escape = String.fromCharCode(27);

describe("a line of a log", () => {
  const told = (text: string): [string, string] => {
    const { level, text: rest } = lineOf(now, "odoo", text, "info");
    return [level, rest];
  };

  it("has its time and level where every line has them, whoever wrote it", () => {
    assert.deepEqual(told("2026-11-26 10:00:00,123 1 ERROR odoo odoo.sql_db: bad query"), [
      "error",
      "odoo odoo.sql_db: bad query",
    ]);
    assert.deepEqual(told("2026-11-26 10:00:00.123 UTC [7] FATAL:  the database system is shutting down"), [
      "error",
      "the database system is shutting down",
    ]);
    assert.deepEqual(told("2026/11/26 10:00:00 [crit] 1#1: no space"), ["error", "1#1: no space"]);
    assert.deepEqual(told('10.0.0.1 "GET / HTTP/2.0" 200'), ["info", '10.0.0.1 "GET / HTTP/2.0" 200']);
    assert.equal(
      lineText(lineOf(now, "cron", "2026-11-26 10:00:00,1 1 WARNING odoo a\nb", "info")),
      `2026-11-26 10:00:00  cron      warning  odoo a\n${" ".repeat(40)}b`,
    );
  });

  it("cannot move the cursor of whoever reads it", () => {
    assert.deepEqual(told(`a${escape}[2Jb${escape}]0;title\u0007c\rd\u009b31m`), ["info", "abcd"]);
  });
});

describe("the lines of a log", () => {
  it("are covered as one text, and stay the lines that they were", async () => {
    const secret = randomBytes(18).toString("base64url");
    const key = [
      "-----BEGIN PRIVATE KEY-----",
      randomBytes(48).toString("base64"),
      "-----END PRIVATE KEY-----",
    ];
    const texts = [`login with ${secret} failed`, `two\nlines`, ...key, "last"];
    const lines = texts.map((text) => lineOf(now, "odoo", text, "info"));
    const after = await covered(lines, [secret]);
    assert.deepEqual(
      // A plus in front is taken for a diff's, and may stay: one line in 64 of a key begins with it.
      after.map(({ text }) => text).filter((text) => !/^[-+*]/.test(text)),
      ["login with ***** failed", "two\nlines", "last"],
    );
    assert.equal(after.length, lines.length);
    const all = JSON.stringify(after);
    assert.ok(!all.includes(secret) && !all.includes(key[1] ?? "-"));
  });
});

describe("the logs of an app", () => {
  const environment = { ...process.env };
  const vendor: ReturnType<typeof httpServer> = httpServer(({ path }) => {
    if (path.includes("/logs?"))
      return { status: 200, body: { historic_urls: [`${vendor.address()}/file?signature=x`] } };
    if (path.startsWith("/file")) return { status: 200, body: "" };
    return { status: 200, body: { deployments: [{ id: "d1" }] } };
  });
  beforeEach(() => {
    Object.assign(process.env, { DIGITALOCEAN_API_URL: vendor.address(), DIGITALOCEAN_TOKEN: "any" });
  });
  after(() => {
    for (const name of ["DIGITALOCEAN_API_URL", "DIGITALOCEAN_TOKEN"])
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
  });

  it("come by the vendor's links, of one component where one is named", async () => {
    await appLog("a1", "run", "cron", 7);
    assert.deepEqual(vendor.asked.splice(0), [
      "GET /v2/apps/a1/components/cron/logs?type=RUN&follow=false&tail_lines=7",
      "GET /file?signature=x",
    ]);
    await appLog("a1", "deploy", undefined, 7);
    assert.deepEqual(vendor.asked.splice(0, 2), [
      "GET /v2/apps/a1/deployments?per_page=1",
      "GET /v2/apps/a1/deployments/d1/logs?type=DEPLOY&follow=false&tail_lines=7",
    ]);
  });

  it("of a part that it has not are refused, with those that it has", async () => {
    const error = await refusalOf(() => appLog("a1", "run", "nginx", 7));
    assert.equal(error.message, '--of: App Platform shows no logs of "nginx"; it has those of odoo and cron');
  });
});

describe("the logs of a machine", () => {
  let machine: Machine;
  let folder: string;
  const path = process.env["PATH"] ?? "";
  before(async function () {
    if (process.platform !== "linux") this.skip();
    machine = await sshMachine();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-journal-"));
    process.env["PATH"] = `${folder}:${path}`;
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });
  after(() => machine?.close());

  const answer = (script: string): void => {
    writeFileSync(join(folder, "journalctl"), `#!/bin/sh\necho "$@" >${folder}/asked\n${script}\n`);
    chmodSync(join(folder, "journalctl"), 0o755);
  };
  const read = async (...of: Parameters<typeof journal>[1]) =>
    await onMachine({ address: "127.0.0.1", ...machine }, { signal }, (open) => journal(open, of, 3));

  it("come from the journal, each line with its part", async () => {
    const time = String(now.getTime() * 1000);
    const entries = [
      {
        CONTAINER_NAME: "odoo-web-blue",
        SYSLOG_IDENTIFIER: "odoo-web",
        PRIORITY: "3",
        MESSAGE: "2026-11-26 10:00:00,1 1 INFO odoo odoo: ready",
      },
      { SYSLOG_IDENTIFIER: "nginx", PRIORITY: "3", MESSAGE: "nginx: bind() failed" },
      { CONTAINER_NAME: "postgres", PRIORITY: "3", MESSAGE: [...Buffer.from("caf\u00e9")] },
      { CONTAINER_NAME: "odoo-cron-green", SYSLOG_IDENTIFIER: "odoo-cron", PRIORITY: "6", MESSAGE: null },
    ].map((entry) => JSON.stringify({ __REALTIME_TIMESTAMP: time, ...entry }));
    writeFileSync(join(folder, "entries"), `${entries.join("\n")}\n`);
    answer(`cat ${folder}/entries`);
    assert.deepEqual(
      (await read("odoo", "nginx")).map(({ part, level, text }) => [part, level, text]),
      [
        ["odoo", "info", "odoo odoo: ready"],
        ["nginx", "error", "nginx: bind() failed"],
        ["postgres", "info", "caf\u00e9"],
        ["cron", "info", ""],
      ],
    );
    assert.match(
      readFileSync(join(folder, "asked"), "utf8"),
      /--lines=3 .*SYSLOG_IDENTIFIER=odoo-web \+ SYSLOG_IDENTIFIER=nginx \+ _SYSTEMD_UNIT=nginx\.service$/m,
    );
  });

  it("that cannot be read are an error, not none", async () => {
    answer("echo 'No journal files were opened' >&2; exit 1");
    const error = await refusalOf(() => read("odoo"));
    assert.match(error.message, /journal cannot be read: No journal files were opened/);
  });
});

describe("the log of the last update", () => {
  const project = projectFolder();

  it("is the newest of this very stack", () => {
    const folder = join(project.path(), ".platform", "logs");
    assert.deepEqual(lastUpdate("sandbox"), []);
    mkdirSync(folder, { recursive: true });
    const files = {
      "20261126-100000-sandbox-up.log": "old\n",
      "20261126-110000-sandbox-up.log": "Updating (sandbox):\n\nerror: it failed\n",
      "20261126-120000-sandbox-preview.log": "preview\n",
      "20261126-130000-sandbox-app-up.log": "another stack\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    assert.deepEqual(
      lastUpdate("sandbox").map(({ level, text }) => [level, text]),
      [
        ["info", "Updating (sandbox):"],
        ["error", "error: it failed"],
      ],
    );
  });
});
