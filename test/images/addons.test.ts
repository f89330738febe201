import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestFile, mountsFile } from "../../catalog/addons.ts";
import { readAddons } from "../../catalog/read-addons.ts";
import { root } from "../../tools/paths.ts";

const script = join(root, "images/odoo/addons.py");
const { repositories, mounts } = readAddons(root);
const modules = repositories.flatMap((repository) => repository.modules);

describe("what the Odoo image installs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "addons-"));
    for (const file of [manifestFile, mountsFile]) {
      copyFileSync(join(root, file), join(folder, file.replace("config/", "")));
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const addons = (...args: string[]): string[] =>
    execFileSync("python3", [script, "--manifests", folder, ...args], { encoding: "utf8" })
      .trim()
      .split("\n");

  it("is every wheel of the manifest, by version and digest", () => {
    const expected = modules.flatMap(({ version, source }) =>
      source.kind === "wheel" ? [`${source.distribution}==${version} --hash=sha256:${source.sha256}`] : [],
    );
    assert.deepEqual(addons("lock"), expected);
  });

  it("pins, with digests, all that they need of Python and Odoo has not", () => {
    const lock = readFileSync(join(root, "images/odoo/requirements.txt"), "utf8");
    const pinned = [...lock.matchAll(/^([a-z0-9-]+)==\S+ \\\n {4}--hash=sha256:/gm)].map(([, name]) => name);
    const needed = addons("requirements").map((need) => need.replace(/[<>=!~ ].*/, ""));
    const ofOdoo = ["requests", "xlrd", "xlsxwriter"];
    assert.deepEqual(
      needed.filter((name) => !pinned.includes(name) && !ofOdoo.includes(name)),
      [],
      "run images/odoo/lock.sh",
    );
    assert.equal(pinned.length, lock.match(/^[a-z]/gm)?.length, "every line has a digest");
  });

  it("has a layer a repository, at the path where it is mounted", () => {
    const dockerfile = readFileSync(join(root, "images/odoo/Dockerfile"), "utf8");
    const lines = [...dockerfile.matchAll(/--from=addons \/out\/addons\/(\S+) (\S+)$/gm)];
    assert.deepEqual(
      lines.map(([, repository, path]) => ({ repository, path })),
      mounts.flatMap(({ source, path }) =>
        source.kind === "repository" ? [{ repository: source.repository, path }] : [],
      ),
    );
  });

  const record = () => {
    const conf = join(folder, "odoo.conf");
    writeFileSync(join(folder, "template"), "addons_path = @addons_path@\n");
    const args = ["--root", join(folder, "root"), "--to", join(folder, "addons.json")];
    const run = spawnSync(
      "python3",
      [script, "record", "--manifests", folder, "--config", join(folder, "template"), conf, ...args],
      { encoding: "utf8" },
    );
    return { ...run, conf };
  };

  const putOnDisk = () => {
    for (const { name, modules: its } of repositories) {
      const mount = mounts.find(({ source }) => source.kind === "repository" && source.repository === name);
      for (const { name: module, version } of its) {
        const at = join(folder, "root", mount?.path ?? "", module);
        mkdirSync(at, { recursive: true });
        writeFileSync(join(at, "__manifest__.py"), `{"name": "${module}", "version": "19.0.1.0.0"}`);
        mkdirSync(`${at}/../odoo_addon_${module}-${version}.dist-info`);
        writeFileSync(
          `${at}/../odoo_addon_${module}-${version}.dist-info/METADATA`,
          `Metadata-Version: 2.1\nVersion: ${version}\n`,
        );
      }
    }
  };

  it("is read back from disk, and written down with its versions", () => {
    putOnDisk();
    const { status, stderr, conf } = record();
    assert.equal(status, 0, stderr);
    const found = JSON.parse(readFileSync(join(folder, "addons.json"), "utf8")) as { module: string }[];
    assert.deepEqual(
      found.find(({ module }) => module === "queue_job"),
      {
        module: "queue_job",
        version: modules.find(({ name }) => name === "queue_job")?.version,
        repository: "queue",
        path: "/mnt/extra-addons/oca/queue/queue_job",
      },
    );
    assert.equal(found.length, modules.length);
    const paths = mounts.map(({ path }) => path).join(",");
    assert.equal(readFileSync(conf, "utf8"), `addons_path = ${paths}\n`);
  });

  it("ends the build when a module is not there, and says which", () => {
    putOnDisk();
    rmSync(join(folder, "root/mnt/extra-addons/oca/queue/queue_job"), { recursive: true });
    const { status, stderr } = record();
    assert.equal(status, 1);
    assert.match(stderr, /^add-ons: not what the manifest says/);
    assert.match(stderr, /oca\/queue\/queue_job: absent instead of 19\.0\./);
  });

  it("ends the build when a module is there that nobody asked for", () => {
    putOnDisk();
    const at = join(folder, "root/mnt/extra-addons/oca/queue/stray");
    mkdirSync(at);
    writeFileSync(join(at, "__manifest__.py"), '{"version": "19.0.9.0.0"}');
    assert.match(record().stderr, /oca\/queue\/stray: 19\.0\.9\.0\.0 instead of nothing/);
  });

  it("refuses a wheel without a digest", () => {
    const file = join(folder, "addons_manifest.oca_ipai.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/,\s*"sha256": "[0-9a-f]+"/, ""));
    const { status, stderr } = spawnSync("python3", [script, "lock", "--manifests", folder], {
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /has no sha256 in the manifest; tools\/manifest\/refresh\.py writes it/);
  });
});
