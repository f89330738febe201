import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { hostFile } from "../../components/host-command.ts";

describe("the inventory of a machine", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inventory-"));
    mkdirSync(join(folder, "run"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Takes it, of a machine that tells these facts, after an update that has brought these concerns. */
  function take(facts: string[], concerns: Record<string, number>, newProbe = false) {
    writeFileSync(join(folder, "facts"), [...facts, "end\t-\t-", ""].join("\n"));
    writeFileSync(join(folder, "probe"), `cat ${join(folder, "facts")}\n`);
    const apply = hostFile("inventory/apply.sh")
      .replaceAll("/usr/local/lib/odoo-platform/drift-probe", join(folder, "probe"))
      .replaceAll("/run/odoo-platform", join(folder, "run"));
    const input = `set -Eeuo pipefail
state=${folder}
say() { echo "SAY $1"; }
answer() { echo "ANSWER $1"; }
fail() { echo "FAIL $1"; exit 87; }
sleep() { :; }
changed() { ${newProbe}; }
${apply}`;
    const CONCERNS = Object.entries(concerns)
      .map(([name, digest]) => `${name}=${digest}`)
      .join(" ");
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], {
      input,
      encoding: "utf8",
      env: { ...process.env, CONCERNS },
    });
    const packed = /^ANSWER (\S+Z) (\S+)$/m.exec(stdout);
    return {
      status,
      said: /^SAY (.*)$/m.exec(stdout)?.[1] ?? "",
      failed: /^FAIL (.*)$/m.exec(stdout)?.[1] ?? stderr,
      facts: packed
        ? gunzipSync(Buffer.from(packed[2] ?? "", "base64"))
            .toString("utf8")
            .trim()
            .split("\n")
            .filter((line) => !line.startsWith("end\t"))
        : [],
    };
  }

  const root = "user\troot\t0:0 /root /bin/bash";
  const sshd = "sshd\tport\t22";
  const packages = "package\tnginx\tinstall installed";
  const well = [packages, sshd, root];
  const concerns = { base: 1, nginx: 1 };

  it("is what the machine tells, the first time", () => {
    assert.deepEqual(take(well, concerns).facts, well);
  });

  it("takes over what the concerns that changed can have changed", () => {
    take(well, concerns);
    const { facts, said } = take([packages, "sshd\tport\t2222", root], { ...concerns, base: 2 });
    assert.deepEqual(facts, [packages, "sshd\tport\t2222", root]);
    assert.equal(said, "");
  });

  for (const [what, fact] of Object.entries({
    "a unit": "unit\tevil.service\tenabled active",
    "a unit's file": "file\t/etc/systemd/system/evil.service\tabc",
    "a program": "file\t/usr/local/bin/x\tabc",
    "who listens": "port\ttcp 0.0.0.0:4444\tpython3",
    "the kernel's": "sysctl\tnet.ipv4.conf.all.route_localnet\t1",
    "a sudoer": "file\t/etc/sudoers.d/bob\tabc",
  }))
    it(`does not take ${what} over with a release`, () => {
      const before = { base: 1, images: 1, odoo: 1 };
      take(well, before);
      const by = [fact, "package\tnetcat\tinstall installed"];
      const { facts } = take([...well, ...by], { ...before, images: 2, odoo: 2 });
      assert.deepEqual(facts, well);
    });

  it("takes over what packages bring that the update has installed, and no others", () => {
    take(well, concerns);
    const now = [...well, "package\trestic\tinstall installed", "user\trestic\t1001:1001 /srv /bin/sh"];
    writeFileSync(join(folder, "packages"), "restic\n");
    assert.deepEqual(take(now, { ...concerns, base: 2 }).facts, now.toSorted());
  });

  it("does not take over what was changed by hand: it stays drift, and is said", () => {
    take(well, concerns);
    const mallory = "user\tmallory\t0:0 /root /bin/bash";
    const { facts, said } = take([packages, "sshd\tport\t2222", mallory], { ...concerns, nginx: 2 });
    assert.deepEqual(facts, well);
    assert.match(
      said,
      /^3 things were changed on this machine past the program, and stay drift: sshd port, /,
    );
    // Nor at the next update, nor at one that changes the other concern.
    assert.deepEqual(take([packages, sshd, root, mallory], { base: 2, nginx: 3 }).facts, well);
  });

  it("explains users by packages alone, and keys by nothing", () => {
    take(well, concerns);
    const user = "user\tpostfix\t101:101 /var/spool/postfix /bin/sh";
    const more = [packages, "package\tpostfix\tinstall installed", sshd, user, root].sort();
    writeFileSync(join(folder, "packages"), "postfix\n");
    assert.deepEqual(take(more, { ...concerns, base: 2 }).facts, more);
    const key = "key\troot SHA256:x\tby hand";
    assert.ok(!take([key, ...more], { base: 3, nginx: 3 }).facts.includes(key));
  });

  it("takes packages that somebody installed or holds back for no explanation", () => {
    take(well, concerns);
    const key = "user\tmallory\t0:0 /root /bin/bash";
    const held = ["package\tnginx\thold installed", "package\tnmap\tinstall installed", sshd, key, root];
    assert.deepEqual(take(held, concerns).facts, well);
  });

  it("forgets what is gone when a concern can have taken it away", () => {
    const unit = "unit\todoo-platform-old.service\tenabled active";
    take([...well, unit].sort(), concerns);
    assert.deepEqual(take(well, concerns).facts, [...well, unit].sort(), "nothing changed");
    assert.deepEqual(take(well, { ...concerns, base: 2 }).facts, well);
  });

  it("is taken as it is by another probe, whose facts are others", () => {
    take(well, concerns);
    const other = ["kernel\trelease\t6.12", root];
    assert.deepEqual(take(other, concerns, true).facts, other);
  });

  it("is not taken of a machine that does not tell all about itself", () => {
    const { status, failed, facts } = take([...well, "unknown\tcontainers\tDocker is down"], concerns);
    assert.equal(status, 87);
    assert.match(
      failed,
      /^the machine does not tell all about itself \(containers: Docker is down\); see journalctl/,
    );
    assert.deepEqual(facts, []);
  });
});
