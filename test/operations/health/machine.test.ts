import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAddons } from "../../../catalog/read-addons.ts";
import type { CheckName, Finding, State } from "../../../operations/health/check.ts";
import { machineFindings } from "../../../operations/health/look.ts";
import { type Probe, probe, type Relay } from "../../../operations/health/probe.ts";
import { onMachine } from "../../../operations/ssh.ts";
import { root } from "../../../tools/paths.ts";
import { type Machine, sshMachine } from "../../sandbox/plugins/ssh-server.ts";

/** What each command of a machine answers; a missing one fails. A test changes one thing. */
interface Answers {
  containers: ReturnType<typeof container>[];
  dockerDown: boolean;
  database: string | undefined;
  ready: boolean;
  addons: { list: object[]; folders: string[] };
  nginx: string;
  disks: Record<string, [number, number]>;
  catcher: boolean;
  firewall: object[];
}

const started = new Date(Date.now() - 3_600_000).toISOString();
const names = ["odoo-web", "odoo-cron", "postgres", "mail-catcher"];
const container = (name: string) => ({
  name: `/${name}`,
  id: `id-of-${name}`,
  status: "running",
  health: null as string | null,
  restarts: 0,
  started,
  exitCode: 0,
  outOfMemory: false,
  memoryLimit: 1e9,
});

const rows = {
  connections: "12",
  max_connections: "100",
  installed: "14",
  cron_late_seconds: "0",
  mail_failed: "0",
  mail_waiting: "0|0",
};
const databaseText = (changed: Record<string, string> = {}): string =>
  Object.entries({ ...rows, ...changed })
    .map(([key, value]) => `${key}|${value}\n`)
    .join("");

// As host/firewall-rules has it: what is forwarded jumps to the rules about mail.
const table = { family: "inet", table: "odoo_platform" };
const forward = { chain: { ...table, name: "forward", hook: "forward" } };
const jump = { rule: { ...table, chain: "forward", expr: [{ jump: { target: "mail" } }] } };
const block = (ports: number[]) => ({
  rule: {
    ...table,
    chain: "mail",
    expr: [
      { match: { op: "==", left: { payload: { protocol: "tcp", field: "dport" } }, right: { set: ports } } },
      { reject: { type: "tcp reset" } },
    ],
  },
});

function manifestAddons(): Answers["addons"] {
  const { repositories, mounts } = readAddons(root);
  const list = repositories.flatMap((repository) => {
    const mount = mounts.find(
      ({ source }) => source.kind === "repository" && source.repository === repository.name,
    );
    return repository.modules.map(({ name, version }) => ({
      module: name,
      version,
      repository: repository.name,
      path: `${mount?.path}/${name}`,
    }));
  });
  return { list, folders: list.map(({ path }) => path) };
}

const well = (): Answers => ({
  containers: names.map(container),
  dockerDown: false,
  database: databaseText(),
  ready: true,
  addons: manifestAddons(),
  nginx: "LoadState=loaded\nActiveState=active\nSubState=running\n",
  disks: { "/": [50e9, 10e9], "/mnt/odoo-data": [10e9, 2e9] },
  catcher: true,
  firewall: [forward, jump, block([25, 465, 587, 2525])],
});

/** Commands of this name, which answer from files beside them. */
const commands: Record<string, string> = {
  docker: `if [ -e docker.down ]; then echo "Cannot connect to the Docker daemon" >&2; exit 1; fi
case "$*" in
  *--format*"{{.ID}} {{.Status}}"*) cat statuses ;;
  "ps "*) cat ids ;;
  "inspect "*) cat containers ;;
  *"pg_isready") cat ready && [ -s ready ] ;;
  *addons.json*) cat addons ;;
  "exec --interactive"*) cat >asked; cat database ;;
  *) echo "unknown: $*" >&2; exit 64 ;;
esac`,
  systemctl: 'case "$*" in *MainPID*) echo 1 ;; *) cat nginx ;; esac',
  df: `for path; do :; done; cat "df$(echo "$path" | tr / _)"`,
  mountpoint: `[ -e df_mnt_odoo-data ]`,
  curl: "[ -e catcher ] || { echo 'curl: (7) Failed to connect' >&2; exit 7; }",
  nft: "cat firewall",
};

function lay(folder: string, answers: Answers): void {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  for (const [name, script] of Object.entries(commands)) {
    write(name, `#!/bin/sh\ncd ${folder}\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  write("ids", answers.containers.map(({ id }) => id).join("\n"));
  write(
    "statuses",
    answers.containers.map(({ id, health }) => `${id} Up 2 hours${health ? ` (${health})` : ""}\n`).join(""),
  );
  write("containers", answers.containers.map((one) => `${JSON.stringify(one)}\n`).join(""));
  if (answers.dockerDown) write("docker.down", "");
  if (answers.database !== undefined) write("database", answers.database);
  write("ready", answers.ready ? "accepting connections\n" : "");
  const { list, folders } = answers.addons;
  write(
    "addons",
    [JSON.stringify(list), "---", ...folders.map((path) => `${path}/__manifest__.py`)].join("\n"),
  );
  write("nginx", answers.nginx);
  for (const [path, [size, used]] of Object.entries(answers.disks))
    write(`df${path.replaceAll("/", "_")}`, `1B-blocks Used\n${size} ${used}\n`);
  if (answers.catcher) write("catcher", "");
  write("firewall", JSON.stringify({ nftables: answers.firewall }));
}

const { signal } = new AbortController();

describe("health of a machine, asked by the real probe", () => {
  let machine: Machine;
  let folder: string;
  const path = process.env["PATH"] ?? "";

  async function asked(change: (answers: Answers) => void = () => {}, relay?: Relay): Promise<Probe> {
    const answers = well();
    change(answers);
    lay(folder, answers);
    process.env["PATH"] = `${folder}:${path}`;
    const found = await onMachine({ address: "127.0.0.1", ...machine }, { signal }, (open) =>
      probe(open, relay, 60),
    );
    // The computer's own memory is no part of the test.
    const memory =
      "machine 2000000000 1200000000\nprocesses 700000000\ncontainer id-of-odoo-web 400000000 0\n";
    const updates = { ...found.updates, stdout: found.updates.stdout.replace(/^reboot\n/, "") };
    return { ...found, updates, memory: { status: 0, stdout: memory, stderr: "" } };
  }

  const expected = { containers: names, memoryMb: 2048 };
  const judged = (found: Probe): Finding[] => machineFindings(found, expected, "catcher", false);

  /** State and detail of one check, and that no other is anything but ok. */
  function only(found: Finding[], name: CheckName): [State, string, number | null] {
    const others = found.filter((one) => one.name !== name);
    assert.deepEqual(
      others.filter(({ state }) => state !== "ok"),
      [],
    );
    const one = found.find((each) => each.name === name && each.state !== "ok");
    assert.ok(one, `${name} is ok`);
    return [one.state, one.detail, one.figure];
  }

  before(async function () {
    if (process.platform !== "linux") this.skip();
    machine = await sshMachine();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "platform-probe-"))));
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });
  after(() => machine?.close());

  it("finds all well", async () => {
    const found = judged(await asked());
    assert.deepEqual(
      found.filter(({ state }) => state !== "ok"),
      [],
    );
    assert.deepEqual(
      found.map(({ name, figure, limit }) => [name, figure, limit]),
      [
        ["database", 12, 80],
        ["nginx", null, null],
        ["queue", 0, 60],
        ["cron", 0, 60],
        ["disk", 20, 90],
        ["volume", 20, 90],
        ["memory", 40, 95],
        ["containers", 4, null],
        ["mail", 0, null],
        ["addons", 0, 1],
        ["updates", 0, null],
      ],
    );
  });

  it("leaves nothing behind on the machine", async () => {
    const left = (): string[] =>
      ["/run", tmpdir()]
        .flatMap((at) => readdirSync(at))
        .filter((name) => name.startsWith("odoo-platform-health"));
    const before = left();
    await asked();
    assert.deepEqual(left(), before);
  });

  it("is red when modules did not get updated to the end", async () => {
    const found = judged(
      await asked((one) => (one.database = databaseText({ unfinished: "sale|to upgrade" }))),
    );
    assert.deepEqual(only(found, "odoo"), [
      "fail",
      'an update of its modules did not end: sale is "to upgrade"; see platform logs --type deploy',
      1,
    ]);
  });

  it("is red when Postgres is down, and says what is not known because of it", async () => {
    const found = judged(
      await asked((one) => {
        one.database = undefined;
        one.ready = false;
      }),
    );
    const failed = found.filter(({ state }) => state === "fail").map(({ name }) => name);
    assert.deepEqual(failed, ["database", "odoo", "queue", "cron"]);
    assert.match(found[0]?.detail ?? "", /^takes no connections: .+; see platform logs --of postgres$/);
  });

  it("is red from 80 % of all connections on, and warns before", async () => {
    const at = async (connections: string): Promise<Finding[]> =>
      judged(await asked((one) => (one.database = databaseText({ connections }))));
    assert.deepEqual(only(await at("80"), "database"), [
      "fail",
      "up, 80 of 100 connections; something holds them open, see pg_stat_activity",
      80,
    ]);
    assert.equal(only(await at("70"), "database")[0], "warn");
  });

  it("is red when nginx is down, or not there", async () => {
    const nginx = async (text: string): Promise<string> =>
      only(judged(await asked((one) => (one.nginx = text))), "nginx")[1];
    assert.match(
      await nginx("LoadState=loaded\nActiveState=failed\n"),
      /^is failed; see platform logs --of nginx$/,
    );
    assert.match(await nginx("LoadState=not-found\nActiveState=inactive\n"), /^is not installed/);
  });

  it("warns where security updates wait for a restart, and names it", async () => {
    const found = await asked();
    const at = (stdout: string) =>
      only(judged({ ...found, updates: { status: 0, stdout, stderr: "" } }), "updates");
    assert.deepEqual(at("restart nginx\nrestart ssh\n"), [
      "warn",
      "in force after a restart; on the machine: systemctl restart nginx ssh",
      2,
    ]);
    assert.deepEqual(at("reboot\nrestart nginx\n"), [
      "warn",
      "in force after a reboot; when it suits, on the machine: systemctl reboot",
      2,
    ]);
  });

  it("is red when mails or jobs wait for an hour, and warns of what failed", async () => {
    const at = async (changed: Record<string, string>) =>
      only(judged(await asked((one) => (one.database = databaseText(changed)))), "queue");
    assert.deepEqual(await at({ jobs_failed: "0", jobs_waiting: "7|3600" }), ["fail", "7 waiting", 60]);
    assert.deepEqual(await at({ mail_waiting: "2|7200" }), [
      "fail",
      "2 waiting, queue_job is not installed",
      120,
    ]);
    assert.deepEqual(await at({ mail_failed: "1", jobs_failed: "3", jobs_waiting: "0|0" }), [
      "warn",
      "0 waiting, 1 mails failed, 3 jobs failed",
      0,
    ]);
  });

  it("is red when scheduled actions do not run", async () => {
    const found = judged(await asked((one) => (one.database = databaseText({ cron_late_seconds: "5400" }))));
    assert.deepEqual(only(found, "cron"), [
      "fail",
      "a scheduled action is overdue; see platform logs --of cron",
      90,
    ]);
  });

  it("is red when a disk is nearly full, and when the volume is not mounted", async () => {
    const disks = async (changed: Answers["disks"]) => judged(await asked((one) => (one.disks = changed)));
    const root = well().disks["/"] ?? [1, 1];
    assert.deepEqual(only(await disks({ "/": root, "/mnt/odoo-data": [10e9, 9.5e9] }), "volume"), [
      "fail",
      "9.5 of 10.0 GB used; raise host.volumeGb",
      95,
    ]);
    assert.equal(only(await disks({ ...well().disks, "/": [50e9, 42e9] }), "disk")[0], "warn");
    assert.deepEqual(only(await disks({ "/": root }), "volume"), [
      "fail",
      "nothing is mounted at /mnt/odoo-data",
      null,
    ]);
  });

  it("is red when a container has ended, is missing or unhealthy, and warns of one that came back", async () => {
    const changed = async (change: object | undefined) =>
      only(
        judged(
          await asked((one) => {
            const rest = names.slice(0, 3).map(container);
            one.containers = change ? [...rest, { ...container("mail-catcher"), ...change }] : rest;
          }),
        ),
        "containers",
      );
    assert.deepEqual(await changed({ status: "exited", exitCode: 1 }), [
      "fail",
      "mail-catcher has ended (exit status 1)",
      3,
    ]);
    assert.equal((await changed(undefined))[1], "mail-catcher is not there; run platform up");
    assert.equal((await changed({ health: "unhealthy" }))[0], "fail");
    assert.equal((await changed({ restarts: 4, started: new Date().toISOString() }))[0], "warn");
  });

  it("is red in every way when Docker is down", async () => {
    const found = judged(await asked((one) => (one.dockerDown = true)));
    const docker = found.find(({ name }) => name === "containers");
    assert.equal(docker?.detail, "Docker does not answer: Cannot connect to the Docker daemon");
    assert.deepEqual(
      found.filter(({ state }) => state === "ok").map(({ name }) => name),
      ["nginx", "disk", "volume", "memory", "mail", "updates"],
    );
  });

  it("is red when the machine's memory is used up, by its size and not by the computer's", async () => {
    const memory = async (stdout: string, memoryMb = 2048): Promise<Finding[]> => {
      const found = { ...(await asked()), memory: { status: 0, stdout, stderr: "" } };
      return machineFindings(found, { containers: names, memoryMb }, "catcher", false);
    };
    const full = await memory("machine 2000000000 60000000\nprocesses 1900000000\n");
    assert.deepEqual(only(full, "memory"), ["fail", "1.9 of 2.0 GB used", 97]);
    const inside = await memory("machine 25000000000 20000000000\nprocesses 2100000000\n");
    assert.deepEqual(only(inside, "memory"), ["fail", "2.1 of 2.1 GB used", 97.8]);
    const killed = await memory("machine 2000000000 1500000000\ncontainer id-of-odoo-web 1 2\n");
    assert.deepEqual(only(killed, "memory"), [
      "warn",
      "0.5 of 2.0 GB used, out of memory in odoo-web: 2 processes killed",
      25,
    ]);
  });

  it("is red when the catcher is down, or a way past it is open", async () => {
    const caught = async (change: (answers: Answers) => void) => only(judged(await asked(change)), "mail");
    assert.match((await caught((one) => (one.catcher = false)))[1], /^the catcher does not answer: curl/);
    assert.deepEqual(await caught((one) => (one.firewall = [forward, jump, block([25, 587])])), [
      "fail",
      "no rule keeps containers from sending through 465; run platform up",
      1,
    ]);
    const elsewhere = { chain: { ...forward.chain, hook: "input" } };
    assert.equal((await caught((one) => (one.firewall = [elsewhere, jump, block([25, 465, 587])])))[2], 3);
  });

  it("is red when the relay cannot be reached", async () => {
    const found = await asked(() => {}, { host: "127.0.0.1", port: 1 });
    const mail = machineFindings(found, expected, "smtp", false).find(({ name }) => name === "mail");
    assert.equal(mail?.state, "fail");
    assert.match(mail?.detail ?? "", /^the relay cannot be reached from the machine: .*Connection refused/);
  });

  it("is red when the container's addons are not those of the manifests", async () => {
    const addons = async (change: (addons: Answers["addons"]) => void) =>
      only(judged(await asked((one) => change(one.addons))), "addons");
    const [first] = well().addons.list as { module: string; version: string }[];
    assert.ok(first);
    const way = "; deploy a release of this clone";
    assert.deepEqual(await addons((one) => one.list.splice(0, 1)), [
      "fail",
      `${first.module} is missing${way}`,
      1,
    ]);
    assert.deepEqual(await addons((one) => Object.assign(one.list[0] ?? {}, { version: "19.0.0" })), [
      "fail",
      `${first.module} is 19.0.0 instead of ${first.version}${way}`,
      1,
    ]);
    assert.match((await addons((one) => one.folders.splice(0, 1)))[1], /is not at \/mnt\/extra-addons/);
    assert.equal(
      (await addons((one) => one.folders.push("/mnt/extra-addons/oca/web/smuggled")))[1],
      `smuggled is not in the manifest${way}`,
    );
  });

  it("that cannot be asked says so of each part", async () => {
    const found = await asked();
    const none = { status: 124, stdout: "", stderr: "" };
    const findings = machineFindings({ ...found, disk: none, database: none }, expected, "catcher", false);
    const detail = (name: CheckName): string => findings.find((one) => one.name === name)?.detail ?? "";
    assert.equal(detail("disk"), "not known: no answer in time");
    assert.match(detail("database"), /neither Odoo container can ask it: no answer in time/);
  });
});
