import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { backupNumbers, backupsConcern, schedule } from "../../components/backup-service.ts";
import { dropletSizes } from "../../catalog/droplet-sizes.ts";
import { filesOf, textOf } from "../support/concern.ts";

const args = {
  store: { region: "sgp1", bucket: "erp-example-com-backups", keyId: "DO00KEY", keySecret: "of-the-key" },
  passphrase: "a passphrase",
  database: "droplet",
  size: dropletSizes["s-1vcpu-2gb"],
  volumeGb: 10,
  hour: "02:00",
  timeZone: "Asia/Singapore",
  retentionDays: 30,
  drill: "monthly",
} as const;
const files = (changes: Partial<Parameters<typeof backupsConcern>[0]> = {}) =>
  filesOf(backupsConcern({ ...args, ...changes }));

describe("backups on the machine", () => {
  const source = "/etc/odoo-platform/secrets/backups";

  it("keep passphrase and key from everybody but whom they are for, and secret on their way", async () => {
    const all = await files();
    const secret = ["pgbackrest/pgbackrest.conf", "passphrase", "credentials"].map((one) =>
      all.get(`${source}/${one}`),
    );
    assert.deepEqual(
      secret.map((one) => [one?.mode, one?.owner, one?.secret]),
      [
        ["0400", "10002:10002", true],
        ["0400", "root:root", true],
        ["0400", "root:root", true],
      ],
    );
    for (const { path, text, secret: hidden } of all.values())
      assert.ok(hidden || !/a passphrase|of-the-key/.test(text), path);
  });

  it("know the bucket in its region, by names that both tools take", async () => {
    const all = await files();
    assert.match(
      textOf(all, `${source}/.env`),
      /^RESTIC_REPOSITORY=s3:https:\/\/sgp1\.digitaloceanspaces\.com\/erp-example-com-backups\/filestore$/m,
    );
    const conf = textOf(all, `${source}/pgbackrest/pgbackrest.conf`);
    for (const line of [
      "repo1-s3-bucket=erp-example-com-backups",
      "repo1-s3-key-secret=of-the-key",
      "repo1-cipher-pass=a passphrase",
      "archive-push-queue-max=1073741824",
      // Its own rules know nothing of what was found bad.
      "expire-auto=n",
      "process-max=1",
    ])
      assert.ok(conf.split("\n").includes(line), line);
  });

  it("put each script where the others look for it", async () => {
    const all = await files();
    const lib = "/usr/local/lib/odoo-platform";
    assert.equal(all.get(`${lib}/odoo-backup.sh`)?.mode, "0755");
    assert.equal(all.get(`${lib}/backups.sh`)?.mode, undefined);
    for (const { path, text } of all.values())
      for (const [, name] of text.matchAll(/\$lib\/(backups[\w.-]*|odoo-(?:backup|dump|drill)[\w.-]*)/g))
        assert.ok(all.has(`${lib}/${name}`), `${path} wants ${name}`);
    for (const { path, text } of all.values())
      for (const [, name] of text.matchAll(/^ExecStart=(\S+)/gm))
        assert.ok(all.has(name ?? ""), `${path} wants ${name}`);
  });

  it("have no timer for drills where the settings say never", async () => {
    const timer = "/etc/systemd/system/odoo-platform-backup-drill.timer";
    assert.ok((await files()).has(timer));
    assert.ok(!(await files({ drill: "never" })).has(timer));
  });

  it("have bounds by the size of machine and volume", () => {
    const gigabyte = 1024 ** 3;
    assert.deepEqual(backupNumbers(args), { processes: 1, memoryMb: 256, queueMax: gigabyte });
    assert.deepEqual(backupNumbers({ size: { vcpus: 8, memoryMb: 16_384 }, volumeGb: 200 }), {
      processes: 4,
      memoryMb: 1024,
      queueMax: 20 * gigabyte,
    });
  });
});

describe("the times of backups", () => {
  it("are the settings' hour in their zone, the others hours later", () => {
    assert.deepEqual(schedule(args), {
      backup: "*-*-* 02:00:00 Asia/Singapore",
      again: "*-*-* 05:00:00 Asia/Singapore",
      verify: "Tue *-*-* 04:00:00 Asia/Singapore",
      drill: "*-*-01 05:00:00 Asia/Singapore",
    });
    assert.equal(schedule({ ...args, hour: "23:30" }).verify, "Tue *-*-* 01:30:00 Asia/Singapore");
    assert.equal(schedule({ ...args, drill: "weekly" }).drill, "Wed *-*-* 05:00:00 Asia/Singapore");
  });

  /** When systemd would start it, in UTC. */
  const elapses = (calendar: string, since: string, count: number): string[] => {
    const run = spawnSync(
      "systemd-analyze",
      ["calendar", `--iterations=${count}`, `--base-time=${since}`, calendar],
      { encoding: "utf8", env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" } },
    );
    assert.equal(run.status, 0, run.stderr);
    return [...run.stdout.matchAll(/(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w+ (\S+ \S+) UTC$/gm)].map(
      ([, at]) => at ?? "",
    );
  };

  it("are all once or twice a day when the clocks of the zone change, also where the hour is left out or comes twice", function () {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) this.skip();
    const { backup, again } = schedule({ ...args, hour: "02:30", timeZone: "Europe/Berlin" });
    const days = (since: string): string[] =>
      [backup, again].flatMap((one) => elapses(one, since, 3).map((at) => at.slice(0, 10))).toSorted();
    // Forward on 29 March at 02:00: the first is left out that day.
    assert.deepEqual(elapses(backup, "2026-03-28 00:00:00", 2), [
      "2026-03-28 01:30:00",
      "2026-03-30 00:30:00",
    ]);
    assert.deepEqual(elapses(again, "2026-03-28 00:00:00", 2), [
      "2026-03-28 04:30:00",
      "2026-03-29 03:30:00",
    ]);
    // Back on 25 October at 03:00.
    assert.deepEqual(elapses(backup, "2026-10-24 00:00:00", 3), [
      "2026-10-24 00:30:00",
      "2026-10-25 00:30:00",
      "2026-10-26 01:30:00",
    ]);
    assert.equal(new Set(days("2026-10-24 00:00:00")).size, 3);
  });
});
