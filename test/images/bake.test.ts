import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";

const bake = readFileSync(join(root, "images/docker-bake.hcl"), "utf8");

describe("the images", () => {
  it("have the names that the host looks for beside the release's", () => {
    for (const name of [":${TAG}", "-postgres:17", "-mail-catcher:3", "-n8n:2"]) {
      assert.ok(bake.includes(`tags       = ["\${REGISTRY}/\${REPOSITORY}${name}"]`), name);
    }
  });

  it("are built from files that are there", () => {
    const files = [...bake.matchAll(/dockerfile = "(.+)"/g)].map(([, file]) => String(file));
    assert.equal(files.length, 5);
    for (const file of files) {
      assert.ok(existsSync(join(root, file)), file);
      assert.ok(existsSync(join(root, `${file}.dockerignore`)), `${file}.dockerignore`);
    }
  });

  const users = { odoo: 10001, postgres: 10002, "mail-catcher": 10003, n8n: 10004 };
  for (const [image, uid] of Object.entries(users)) {
    it(`run ${image} as user ${uid}, who owns its folder on the host, and never as root`, () => {
      const dockerfile = readFileSync(join(root, `images/${image}/Dockerfile`), "utf8");
      const text =
        image === "odoo" ? readFileSync(join(root, "images/odoo/adapt-base.sh"), "utf8") : dockerfile;
      assert.ok(text.includes(String(uid)));
      const last = dockerfile.split("\nFROM ").at(-1) ?? "";
      assert.match(last, new RegExp(`^USER ${image}$`, "m"));
      assert.doesNotMatch(last.slice(last.lastIndexOf("\nUSER")), /^RUN/m);
    });
  }

  it("keep registries' addresses out of the lock files, so that they work with any mirror", () => {
    for (const image of ["mail-catcher", "n8n"]) {
      const lock = readFileSync(join(root, `images/${image}/package-lock.json`), "utf8");
      assert.doesNotMatch(lock, /"resolved": "https?:/, image);
      assert.doesNotMatch(lock, /"extraneous"/, image);
    }
  });

  for (const script of [
    "build.sh",
    "odoo/adapt-base.sh",
    "odoo/lock.sh",
    "n8n/lock.sh",
    "postgres/set-password.sh",
  ]) {
    it(`images/${script} is shell`, () => {
      execFileSync("bash", ["-n", join(root, "images", script)]);
    });
  }
});

describe("images/build.sh", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "build-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const build = (docker: string, ...args: string[]) => {
    writeFileSync(join(folder, "docker"), `#!/bin/bash\n${docker}\n`);
    chmodSync(join(folder, "docker"), 0o755);
    return spawnSync(join(root, "images/build.sh"), args, {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
  };

  it("says on standard output what was pushed, and nothing else", () => {
    const said = {
      "buildx.build.ref": "x",
      odoo: { "containerimage.digest": "sha256:1", "image.name": "r.example/a/odoo:7" },
    };
    const run = build(
      `echo progress; echo "$REGISTRY $REPOSITORY $TAG $*" >&2
while [ "$1" != --metadata-file ]; do shift; done; echo '${JSON.stringify(said)}' >"$2"`,
      "r.example",
      "a/odoo",
      "7",
      "odoo",
    );
    assert.equal(run.stdout, '{"odoo": {"name": "r.example/a/odoo:7", "digest": "sha256:1"}}\n');
    assert.match(run.stderr, /^progress\nr\.example a\/odoo 7 buildx bake .*--push .* odoo$/m);
  });

  it("fails when the build does, and then says nothing", () => {
    const run = build("exit 3", "r.example", "a/odoo", "7");
    assert.equal(run.status, 3);
    assert.equal(run.stdout, "");
  });

  it("wants a registry, a repository and a tag", () => {
    const run = build("exit 0", "r.example", "a/odoo");
    assert.equal(run.status, 2);
    assert.match(run.stderr, /^usage: .* REGISTRY REPOSITORY TAG \[TARGET\.\.\.\]$/m);
  });
});
