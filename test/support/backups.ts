import assert from "node:assert/strict";
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Stage } from "./stage.ts";

/** What a run of `odoo-backup.sh` or `odoo-drill.sh` answers, as far as scenes look at it. */
export interface BackupRun {
  ok: boolean;
  reason: string | null;
  point?: { id: string; kind: string } | null;
  checks?: { name: string; ok: boolean; detail: string }[];
  filestore?: { attachments: number; missing: number; wrong: number } | null;
}

const library = "/usr/local/lib/odoo-platform";
/** The bucket of the sandbox's stack. */
const Bucket = "odoo-sandbox-test-backups";

/** Runs `odoo-backup.sh VERB` or, with `drill`, the drill; what it answers also when it ends badly. */
export async function backup(stage: Stage, verb: string): Promise<BackupRun> {
  const script = verb.startsWith("drill") ? `odoo-drill.sh${verb.slice(5)}` : `odoo-backup.sh ${verb}`;
  return runOf(
    await stage.run(`${library}/${script} 2>/run/scene.said || true; echo; cat /run/scene.said >&2`),
  );
}

/** The last answer in what a script has written. */
export function runOf(said: string): BackupRun {
  const line = said.split("\n").findLast((one) => one.startsWith("{"));
  if (line === undefined) throw new Error(`no answer in: ${said}`);
  return JSON.parse(line) as BackupRun;
}

/** The restore points in the bucket: those that count, newest first, and those that do not. */
export async function points(stage: Stage): Promise<{ good: string[]; bad: string[] }> {
  const list = runOf(await stage.run(`${library}/odoo-backup.sh list`)) as unknown as {
    points: { id: string }[];
    bad: { id: string }[];
  };
  return { good: list.points.map(({ id }) => id), bad: list.bad.map(({ id }) => id) };
}

/** A backup that must come to a restore point; its id. */
export async function backedUp(stage: Stage): Promise<string> {
  const { ok, reason, point } = await backup(stage, "now");
  assert.ok(ok && point, `no backup: ${reason}`);
  const { good } = await points(stage);
  assert.equal(good[0], point.id, "the newest restore point is another one");
  return point.id;
}

/** That a run was loud: it ended badly, with a reason that a person can read, and whoever looks at the machine reads it too. */
export async function wasLoud(stage: Stage, verb: string, run: BackupRun, reason: RegExp): Promise<void> {
  assert.equal(run.ok, false, `${verb} says that all is well`);
  assert.match(run.reason ?? "", reason);
  const kept = runOf(await stage.run(`cat /var/lib/odoo-platform/backups/${verb.split(" ")[0]}.json`));
  assert.deepEqual([kept.ok, kept.reason], [false, run.reason]);
}

/** Deletes all that is in the bucket, with the key that the machine itself has. */
export async function emptiedByMachine(stage: Stage): Promise<number> {
  const said = await stage.run("cat /etc/odoo-platform/secrets/backups/credentials");
  const [accessKeyId = "", secretAccessKey = ""] = ["access_key_id", "secret_access_key"].map(
    (name) => new RegExp(`^aws_${name}\\s*=\\s*(.*)$`, "m").exec(said)?.[1] ?? "",
  );
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${stage.world.run().ports.spaces}`,
    region: "sgp1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  for (let gone = 0; ;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return gone;
    const Objects = Contents.map(({ Key = "" }) => ({ Key }));
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual(Errors, []);
    gone += Objects.length;
  }
}
