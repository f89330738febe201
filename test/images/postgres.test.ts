import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

const pgHba = readFileSync(join(root, "images/postgres/pg_hba.conf"), "utf8");

/** Postgres' own programs, as far as the entrypoint uses them: each says what it was asked. */
const stubs = {
  initdb:
    'echo "initdb $*" >>"$LOG"; for a; do case $a in --pgdata=*) mkdir "${a#*=}"; echo 17 >"${a#*=}/PG_VERSION";; esac; done',
  pg_ctl: 'echo "pg_ctl ${*: -1}" >>"$LOG"; [ "${*: -1}" != "$FAIL_AT" ]',
  psql: 'echo psql >>"$LOG"; cat >/dev/null',
  "set-password.sh": 'echo set-password >>"$LOG"; [ set-password != "$FAIL_AT" ]',
  postgres: 'echo "postgres $*" >>"$LOG"',
};

describe("the start of Postgres", () => {
  let folder: string;
  let data: string;
  before(function () {
    if (process.platform !== "linux") this.skip(); // flock(1) is Linux'
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "postgres-"));
    data = join(folder, "data");
    mkdirSync(data);
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "password"), String(Math.random()));
    for (const [name, text] of Object.entries(stubs)) {
      writeFileSync(join(folder, "bin", name), `#!/bin/bash\n${text}\n`);
      chmodSync(join(folder, "bin", name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (env: Record<string, string> = {}, ...args: string[]) => {
    const log = join(folder, "log");
    rmSync(log, { force: true });
    const run = spawnSync("bash", [join(root, "images/postgres/entrypoint.sh"), ...args], {
      encoding: "utf8",
      env: {
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        PGDATA: join(data, "17"),
        POSTGRES_USER: "odoo",
        POSTGRES_DB: "odoo",
        POSTGRES_PASSWORD_FILE: join(folder, "password"),
        LOG: log,
        FAIL_AT: "",
        ...env,
      },
    });
    const steps = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
    return {
      ...run,
      steps,
      names: steps.map((step) =>
        step
          .split(" ")
          .slice(0, step.startsWith("pg_ctl") ? 2 : 1)
          .join(" "),
      ),
    };
  };
  const whole = ["initdb", "pg_ctl start", "psql", "set-password", "pg_ctl stop", "postgres"];

  it("makes the cluster once, with checksums and passwords, and then only starts it", () => {
    const first = start({}, "-c", "shared_buffers=1GB");
    assert.equal(first.stderr, "");
    assert.deepEqual(first.names, whole);
    assert.match(String(first.steps[0]), /--auth=peer --data-checksums/);
    assert.match(String(first.steps.at(-1)), /^postgres -D \S+\/17 .*-c shared_buffers=1GB$/);
    assert.deepEqual(start().names, ["postgres"]);
  });

  for (const FAIL_AT of ["start", "set-password", "stop"]) {
    it(`begins again when the first start ended at ${FAIL_AT}`, () => {
      assert.notEqual(start({ FAIL_AT }).status, 0);
      assert.ok(!existsSync(join(data, "17")), "half a cluster has another name");
      assert.deepEqual(start().names, whole);
      assert.ok(!existsSync(join(data, "17.new")));
    });
  }

  it("wants a password from a file, and makes nothing without", () => {
    const run = start({ POSTGRES_PASSWORD_FILE: join(folder, "none") });
    assert.equal(run.status, 1);
    assert.match(
      run.stderr,
      /^postgres: POSTGRES_PASSWORD_FILE names no file with a password in it; mount one/,
    );
    assert.deepEqual(run.names, []);
  });

  it("touches no folder in which something else lies", () => {
    mkdirSync(join(data, "17"));
    writeFileSync(join(data, "17", "base"), "somebody's");
    const run = start();
    assert.equal(run.status, 1);
    assert.match(run.stderr, /is there but holds no cluster; restore it from a backup, or move it away/);
    assert.deepEqual(run.names, []);
  });

  it("refuses to run beside another one on the same folder", () => {
    const holder = `exec 8>'${data}/.lock'; flock 8; bash '${join(root, "images/postgres/entrypoint.sh")}'`;
    const env = { PATH: process.env.PATH, PGDATA: join(data, "17") };
    const run = spawnSync("bash", ["-c", holder], { encoding: "utf8", env });
    assert.match(run.stderr, /^postgres: another Postgres is running on .*; stop that container first$/m);
  });

  it("trusts nobody, and lets no superuser in from the network", () => {
    const rules = pgHba.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const methods = rules.map((line) => line.split(/\s+/).at(-1));
    assert.deepEqual(new Set(methods), new Set(["peer", "scram-sha-256", "reject"]));
    assert.deepEqual(
      rules.filter((line) => line.startsWith("host")).map((line) => line.split(/\s+/).slice(2)),
      [
        ["postgres", "all", "reject"],
        ["all", "samenet", "scram-sha-256"],
      ],
    );
  });
});
