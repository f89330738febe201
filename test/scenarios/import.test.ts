import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { plant, planted, reached, stillThere, unplant } from "../support/clone.ts";
import { canRunMachines, logIn } from "../support/machine.ts";
import { destroy, kept, platform, write } from "../support/restore.ts";
import { handOn, sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";
import { writeZip } from "../support/zip.ts";

const psql = "docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d odoo";

/** A backup that Odoo itself makes, of the database that serves, brought in as if it came from elsewhere. */
describe("databases that ran elsewhere, on a machine", function () {
  if (!canRunMachines()) this.pending = true;
  let stage: Stage;
  let backup: string;
  let number: string;

  before(async () => {
    stage = await sharedStage();
    await stage.play("1.0.0");
    await plant(stage);
    // As Odoo makes them where it does not care for accents.
    await stage.run(`${psql} <<'SQL'
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
CREATE INDEX planted_accents ON res_partner (unaccent(name));
SQL`);
    await write(stage, "in-the-backup");
    backup = join(stage.world.dir, "odoo.zip");
    const dump = "odoo db -c /etc/odoo/odoo.conf dump odoo 2>/dev/null";
    const zip = await stage.run(
      `docker exec "odoo-web-$(cat /var/lib/odoo-platform/odoo-slot)" ${dump} | base64 -w0`,
    );
    writeFileSync(backup, Buffer.from(zip, "base64"));
    await destroy(stage, "in-the-backup");
    await write(stage, "after-the-backup");
    number = (await stage.updateOf("1.0.0")) ?? "";
  });
  after(async () => {
    if (!stage) return;
    stage.world.edit("sandbox", ["platform", "environment"], "sandbox");
    await unplant(stage);
    await stage.run(`${psql} <<<'DROP EXTENSION IF EXISTS unaccent CASCADE'`);
    // The last update has taken the planted server for what is meant.
    await platform(stage, "drift", "--fix", "--accept", "--yes", "--confirm", "sandbox");
    await handOn(stage);
  });

  const bring = async (from = backup) =>
    await stage.world.answer(["import", "--from", from, "--confirm", "sandbox"]);
  const goBack = async (): Promise<void> => {
    const back = await stage.rollback("--with-data", "--to", number);
    assert.equal(back.exitCode, 0, JSON.stringify(back, null, 2));
    const { names } = await kept(stage);
    assert.ok(names.includes("after-the-backup") && !names.includes("in-the-backup"), String(names));
  };
  const parameter = async (key: string): Promise<string> =>
    (await stage.run(`${psql} <<<"SELECT value FROM ir_config_parameter WHERE key = '${key}'"`)).trim();

  it("are refused before anything is sent, where the release lacks a module of theirs", async () => {
    const other = join(stage.world.dir, "other.zip");
    const modules = { base: "19.0.1.3", x_of_their_own: "19.0.1.0" };
    writeZip(other, { "dump.sql": "", "manifest.json": JSON.stringify({ major_version: "19.0", modules }) });
    const { exitCode, error } = await bring(other);
    assert.equal(exitCode, 1);
    assert.match(error?.message ?? "", /the image lacks add-ons that are installed: x_of_their_own; /);
  });

  it("whose dump wants more than is Odoo's leave what serves as it is, and nothing behind", async () => {
    const live = await kept(stage);
    const broken = join(stage.world.dir, "broken.zip");
    writeZip(broken, { "dump.sql": "CREATE TABLE one (id integer);\nALTER ROLE odoo SUPERUSER;\n" });
    stage.world.edit("sandbox", ["platform", "environment"], "production");
    const { exitCode, error } = await bring(broken);
    assert.equal(exitCode, 1);
    assert.match(error?.message ?? "", /its dump cannot be loaded \(ERROR: .*permission denied/);
    assert.deepEqual(await kept(stage), live);
    const left = await stage.run("ls /mnt/odoo-data; docker ps -a --format '{{.Names}}'");
    assert.doesNotMatch(left, /import/);
  });

  it("come as they are to production, and their backups go on", async () => {
    stage.world.edit("sandbox", ["platform", "environment"], "production");
    const uuid = await parameter("database.uuid");
    const answer = await bring();
    assert.equal(answer.exitCode, 0, JSON.stringify(answer, null, 2));
    const { loaded, backup: made } = answer as unknown as {
      loaded: { mailServers: string[]; filestore: { missing: number; wrong: number } };
      backup: { ok: boolean };
    };
    assert.ok(loaded.mailServers.includes("smtp.example.com"), String(loaded.mailServers));
    assert.deepEqual([loaded.filestore.missing, loaded.filestore.wrong], [0, 0]);
    assert.ok(made.ok, JSON.stringify(made));
    const { names, files } = await kept(stage);
    assert.ok(names.includes("in-the-backup") && !names.includes("after-the-backup"), String(names));
    assert.equal(files["in-the-backup"], "right");
    assert.deepEqual(new Set(await stillThere(stage)), new Set(Object.values(planted)));
    assert.equal(await parameter("database.uuid"), uuid);
    assert.equal(await parameter("web.base.url"), "https://odoo.sandbox.test");
    assert.equal((await stage.told()).version, "1.0.0");
    await goBack();
  });

  it("come neutralised to any other, and reach nobody", async () => {
    stage.world.edit("sandbox", ["platform", "environment"], "sandbox");
    const answer = await bring();
    assert.equal(answer.exitCode, 0, JSON.stringify(answer, null, 2));
    const { clone } = answer as unknown as { clone: { state: string } };
    assert.equal(clone.state, "proven");
    assert.ok((await kept(stage)).names.includes("in-the-backup"));
    assert.deepEqual(await stillThere(stage), []);
    assert.deepEqual(await reached(stage, ["postgres:5432", "sgp1.digitaloceanspaces.com:443"]), [
      "postgres:5432",
    ]);
    const password = stage.platform.secrets["odooAdminPassword"] ?? "";
    assert.equal(await logIn(stage.world, stage.platform, password), "admin");
    await goBack();
  });
});
