import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { overlaid, withOverlay } from "../../operations/overlay.ts";
import { projectFolder } from "../support/project-folder.ts";

const file = `# A comment that stays.
config:
  odoo-platform:odoo:
    series: "19.0"
  odoo-platform:webhookSecret:
    secure: v1:box
  github:owner: acme
encryptionsalt: v1:salt
`;
const release = { registry: "ghcr.io", repository: "acme/odoo", tag: "19.1" };

describe("what one update is given on top of the stack's file", () => {
  const project = projectFolder();

  it("is its release and what it is for; encrypted values stay as they are", () => {
    const text = overlaid(file, { release, update: { verb: "deploy", by: "ada" } });
    assert.ok(text.startsWith(file.split("encryptionsalt")[0] ?? "-"));
    assert.match(
      text,
      /odoo-platform:release:\n +registry: ghcr\.io\n +repository: acme\/odoo\n +tag: "19\.1"/,
    );
    assert.match(text, /odoo-platform:update:\n +verb: deploy\n +by: ada\n/);
    assert.match(text, /\nencryptionsalt: v1:salt\n$/);
  });

  it("are sections in the place of the file's, or none", () => {
    assert.match(
      overlaid(file, { sections: { odoo: { workers: 2 } } }),
      /odoo-platform:odoo:\n +workers: 2\n/,
    );
    assert.doesNotMatch(overlaid(file, { sections: { odoo: null } }), /odoo-platform:odoo:/);
  });

  it("stands under keys that no program reads, for one of before", () => {
    const text = overlaid(file, { release, unknown: true });
    assert.match(text, /\n {2}odoo-platform-update:release:/);
    assert.doesNotMatch(text, /odoo-platform:release/);
  });

  it("is a file that its owner alone reads, and that is gone afterwards, also after a failure", async () => {
    project.write("Pulumi.prod.yaml", file);
    let path = "";
    await assert.rejects(
      withOverlay("prod", { release }, async (config) => {
        path = config;
        assert.equal(statSync(config).mode & 0o777, 0o600);
        assert.match(readFileSync(config, "utf8"), /odoo-platform:release/);
        await Promise.reject(new Error("failed"));
      }),
    );
    assert.equal(existsSync(path), false);
    assert.equal(readFileSync(join(project.path(), "Pulumi.prod.yaml"), "utf8"), file);
  });

  it("takes away what a run that was killed has left", async () => {
    project.write("Pulumi.prod.yaml", file);
    await withOverlay("prod", {}, async (config) => {
      writeFileSync(join(dirname(config), "prod.999999999.yaml"), file);
      await Promise.resolve();
    });
    await withOverlay("prod", {}, async (config) => {
      assert.equal(readdirSync(dirname(config)).length, 1);
      await Promise.resolve();
    });
  });
});
