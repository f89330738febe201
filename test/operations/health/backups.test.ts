import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parseKnown } from "../../../operations/backups/known.ts";
import { backupsFinding, providerFinding } from "../../../operations/health/backups.ts";
import type { State } from "../../../operations/health/check.ts";
import { root } from "../../../tools/paths.ts";
import { hoursAgo, list, now, point, run, told, type Told, timers } from "../backups/sample.ts";
import { httpServer } from "../../support/http-server.ts";

type Wanted = Parameters<typeof backupsFinding>[1];

const staging: Wanted = { drill: "monthly", production: false };
const production: Wanted = { drill: "monthly", production: true };

const judged = (change?: (told: Told) => void, wanted = production) =>
  backupsFinding({ backups: { status: 0, stdout: told(change), stderr: "" } }, wanted, now);

/** State and detail after one change. */
const after = (change: (told: Told) => void, wanted = production): [State, string] => {
  const { state, detail } = judged(change, wanted);
  return [state, detail];
};

const lines = (changed: Record<string, object>) => (one: Told) => {
  for (const [key, value] of Object.entries(changed)) one.lines[key] = JSON.stringify(value);
};

describe("health of the backups, as the machine knows them", () => {
  it("is well while the newest is of this night, a drill of this month has proven one, and nothing waits", () => {
    assert.deepEqual(judged(), {
      name: "backups",
      state: "ok",
      figure: 3,
      unit: "hours old",
      warnLimit: 25,
      limit: 26,
      detail: "the newest 3 h ago, proven 2 days ago",
    });
  });

  it("is red from 26 hours on", () => {
    const at = (hours: number) => lines({ points: list({ points: [point({ at: hoursAgo(hours) })] }) });
    assert.equal(after(at(25.9))[0], "ok");
    assert.deepEqual(after(at(26)), ["fail", "the newest is 26 h old; platform backup now makes one"]);
    assert.equal(judged(at(31)).figure, 31);
  });

  it("is red for one whose time has not come: a clock is wrong, and no age means anything", () => {
    const [state, detail] = after(lines({ points: list({ points: [point({ at: hoursAgo(-2) })] }) }));
    assert.equal(state, "fail");
    assert.match(detail, /time that has not come; see the machine's clock/);
  });

  it("is red in production where there is none, and elsewhere as soon as there should be one", () => {
    const none = (hours: number) => (one: Told) => {
      one.lines["points"] = JSON.stringify(list({ points: [], span: null }));
      delete one.lines["drill"];
      delete one.lines["verify"];
      one.since = now.getTime() / 1000 - hours * 3600;
    };
    assert.equal(after(none(1))[0], "fail");
    assert.deepEqual(after(none(1), staging), ["warn", "there is none yet; platform backup now makes one"]);
    assert.equal(after(none(27), staging)[0], "fail");
  });

  it("is red when the last run of a kind failed, with its reason; not when somebody stopped it", () => {
    const failed = (reason: string) => ({ ok: false, reason });
    for (const [kind, word] of [
      ["now", "backup"],
      ["ship", "shipping of files"],
      ["verify", "verification"],
      ["drill", "drill"],
    ] as const) {
      const last = run(kind, { ...failed("the store answers 403"), endedAt: hoursAgo(0.01) });
      assert.deepEqual(after(lines({ [kind]: last })), [
        "fail",
        `the last ${word} failed: the store answers 403`,
      ]);
    }
    const stopped = lines({ now: run("now", failed("interrupted")) });
    assert.deepEqual(after(stopped), ["warn", "the last backup was stopped"]);
  });

  it("is red when the last good drill was more than 35 days ago, by the runs and by the points", () => {
    const days = (count: number) => (one: Told) => {
      one.lines["drill"] = JSON.stringify(run("drill", { lastOkAt: hoursAgo(count * 24) }));
      one.lines["points"] = JSON.stringify(list({ points: [point({ proven: null })] }));
    };
    assert.equal(after(days(31))[0], "ok");
    assert.equal(after(days(33))[0], "warn");
    assert.deepEqual(after(days(36)), [
      "fail",
      "the last good drill was 36 days ago; platform backup drill proves one",
    ]);
    assert.equal(after(days(36), { ...staging, drill: "never" })[0], "ok");
    // A new machine knows by the points what was proven before it.
    const byPoint = (one: Told) => {
      days(36)(one);
      one.lines["points"] = JSON.stringify(list());
    };
    assert.equal(after(byPoint)[0], "ok");
  });

  it("warns when nothing was read back for longer than a week", () => {
    const [state, detail] = after(lines({ verify: run("verify", { lastOkAt: hoursAgo(10 * 24) }) }));
    assert.equal(state, "warn");
    assert.match(detail, /^the last verification was 10 days ago/);
  });

  it("is red when the database's log is not shipped: by its age, and by how much of the room it has", () => {
    const waiting = (count: number, seconds: number) => (one: Told) => (one.waiting = [count, seconds]);
    assert.equal(after(waiting(3, 60))[0], "ok");
    assert.deepEqual(after(waiting(4, 120)), [
      "warn",
      "writes of the last 2 min are not shipped yet; see platform logs --of postgres",
    ]);
    assert.equal(after(waiting(4, 300))[0], "fail");
    // 16 MiB each, of 1 GiB.
    assert.equal(after(waiting(16, 5))[0], "warn");
    const [state, detail] = after(waiting(32, 5));
    assert.equal(state, "fail");
    assert.match(detail, /50 % of what may wait/);
    // Before there is a restore point, the log of hours is what a new machine has.
    const first = (one: Told) => {
      one.lines["points"] = JSON.stringify(list({ points: [] }));
      one.waiting = [4, 7200];
    };
    assert.doesNotMatch(after(first)[1], /not shipped/);
  });

  it("is red when some of that log was given up", () => {
    const [state, detail] = after(lines({ ship: { ...run("ship"), archive: { dropped: true } } }));
    assert.equal(state, "fail");
    assert.match(detail, /^some of the database's log was given up/);
  });

  it("is red when files were not looked at for an hour", () => {
    const ship = (hours: number) => lines({ ship: run("ship", { endedAt: hoursAgo(hours) }) });
    assert.deepEqual(after(ship(0.2)), ["warn", "files were last shipped 12 min ago"]);
    assert.equal(after(ship(1.1))[0], "fail");
  });

  it("is red when a timer is off, naming it", () => {
    const [state, detail] = after((one) => (one.lines[`timer ${timers[3]}`] = "inactive"));
    assert.equal(state, "fail");
    assert.equal(detail, "odoo-platform-backup-drill.timer is inactive; run platform up");
  });

  it("is red when what the machine wrote cannot be read", () => {
    const [state, detail] = after((one) => (one.lines["points"] = '{"points":[{'));
    assert.equal(state, "fail");
    assert.match(detail, /points\.json on the machine cannot be read/);
  });

  it("tells what fails before what only warns", () => {
    const [, detail] = after((one) => {
      lines({ now: run("now", { ok: false, reason: "interrupted" }) })(one);
      one.lines[`timer ${timers[0]}`] = "failed";
    });
    assert.match(detail, /^odoo-platform-backup\.timer is failed.*, the last backup was stopped$/);
  });

  it("is not set up on a machine that an older program has brought up", () => {
    const nothing = { backups: { status: 0, stdout: "", stderr: "" } };
    const [there, elsewhere] = [production, staging].map((one) => backupsFinding(nothing, one, now));
    assert.deepEqual([there?.state, elsewhere?.state], ["fail", "warn"]);
    assert.equal(there?.detail, "not set up on the machine; run platform up");
    const late = { backups: { status: 124, stdout: "", stderr: "" } };
    assert.deepEqual(backupsFinding(late, staging, now).detail, "not known: no answer in time");
  });
});

describe("what the probe asks of the backups", () => {
  it("is what the check reads", async () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-backups-"));
    const status = join(folder, "data", "postgres", "17", "pg_wal", "archive_status");
    mkdirSync(status, { recursive: true });
    for (const [name, age] of [
      ["1.ready", 200],
      ["2.ready", 100],
      ["3.done", 900],
    ] as const) {
      writeFileSync(join(status, name), "");
      const time = Date.now() / 1000 - age;
      utimesSync(join(status, name), time, time);
    }
    writeFileSync(join(folder, ".env"), "RETENTION_DAYS=30\nQUEUE_MAX=1073741824\n");
    writeFileSync(join(folder, "points.json"), JSON.stringify(list(), null, 2));
    writeFileSync(join(folder, "now.json"), `${JSON.stringify(run("now"))}\n`);
    writeFileSync(join(folder, "drill.json"), "{");
    writeFileSync(join(folder, "systemctl"), "#!/bin/sh\necho active\n", { mode: 0o755 });
    writeFileSync(join(folder, "docker"), "#!/bin/sh\necho 'archiver 1700000000 0'\n", { mode: 0o755 });
    const { stdout } = await execa("bash", ["-c", `. ${join(root, "host/probe/backups.sh")}; backups`], {
      env: {
        PATH: `${folder}:${process.env["PATH"]}`,
        backups_state: folder,
        backups_settings: join(folder, ".env"),
        data: join(folder, "data"),
      },
    });
    rmSync(folder, { recursive: true });
    const known = parseKnown(stdout);
    assert.ok(known);
    assert.deepEqual(known.list, list());
    assert.deepEqual(Object.keys(known.runs), ["now"]);
    assert.deepEqual(known.broken, ["drill.json"]);
    assert.equal(known.waiting.count, 2);
    assert.ok(Math.abs(known.now - known.waiting.oldest - 200) <= 2, stdout);
    assert.equal(known.queue, 1024 ** 3);
    assert.equal(known.shipped, 1_700_000_000);
    assert.deepEqual(Object.keys(known.timers), timers);
  });

  it("is nothing where none are set up", async () => {
    const { stdout } = await execa("bash", ["-c", `. ${join(root, "host/probe/backups.sh")}; backups`], {
      env: { backups_settings: "/nowhere" },
    });
    assert.equal(stdout, "");
    assert.equal(parseKnown(stdout), undefined);
  });
});

describe("health of an app's backups", () => {
  let backups: object[] = [];
  const vendor = httpServer(({ path }) => {
    if (path.endsWith("/backups")) return { status: 200, body: { backups } };
    if (path.startsWith("/v2/databases"))
      return { status: 200, body: { databases: [{ id: "db1", name: "odoo-db" }] } };
    return { status: 200, body: { app: { spec: { databases: [{ cluster_name: "odoo-db" }] } } } };
  });
  const environment = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, { DIGITALOCEAN_API_URL: vendor.address(), DIGITALOCEAN_TOKEN: "any" });
  });
  after(() => {
    for (const name of ["DIGITALOCEAN_API_URL", "DIGITALOCEAN_TOKEN"])
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
  });
  const at = (hours: number) => ({ created_at: hoursAgo(hours), size_gigabytes: 0.03 });

  it("is what DigitalOcean keeps of its cluster, and says that nobody has proven it", async () => {
    backups = [at(50), at(2), at(26)];
    const found = await providerFinding("1", now);
    assert.deepEqual([found.state, found.figure], ["ok", 2]);
    assert.equal(found.detail, "DigitalOcean's own of odoo-db, 3 days; none is proven");
    backups = [at(27)];
    assert.equal((await providerFinding("1", now)).state, "fail");
    backups = [];
    assert.equal((await providerFinding("1", now)).state, "warn");
  });
});
