import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { execa } from "execa";
import { parse } from "yaml";
import { settingsPage, settingsSchema } from "../../docs/settings-page.ts";
import { sections } from "../../settings/schema.ts";
import { publicKeys, secretKeys } from "../../settings/secrets.ts";
import { root } from "../../tools/paths.ts";

describe("pages that are made from the code", () => {
  let copy = "";
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "platform-docs-"));
    for (const part of ["docs", "settings", "catalog", "operations", "exit-codes.ts", "package.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });
  after(() => rmSync(copy, { recursive: true }));

  const generate = async (...args: string[]) =>
    await execa(process.execPath, [join(copy, "docs", "generate.ts"), ...args], { reject: false });

  it("are as they are committed", async () => {
    const { exitCode, stderr } = await generate("--check");
    assert.equal(exitCode, 0, stderr);
  });

  it("fail the check when one is stale, naming it and the way out, and are left as they are", async () => {
    const page = join(copy, "docs", "verbs.md");
    appendFileSync(page, "by hand\n");
    rmSync(join(copy, "settings", "schema.json"));
    const { exitCode, stderr } = await generate("--check");
    assert.equal(exitCode, 1);
    assert.equal(
      stderr,
      [
        'docs/verbs.md is stale; run "npm run docs" and commit it',
        'settings/schema.json is stale; run "npm run docs" and commit it',
      ].join("\n"),
    );
    assert.match(readFileSync(page, "utf8"), /by hand\n$/);
  });

  it("are made anew by the same command without --check", async () => {
    const { stderr } = await generate();
    assert.match(stderr, /^wrote docs\/verbs\.md, settings\/schema\.json/);
    assert.equal((await generate("--check")).exitCode, 0);
    assert.equal((await generate()).stderr, "nothing was stale");
  });
});

describe("docs/settings.md", () => {
  const page = settingsPage();
  it("has every section, every secret and every public key", () => {
    for (const section of Object.keys(sections)) assert.ok(page.includes(`\n## ${section}\n`), section);
    for (const key of Object.keys({ ...secretKeys, ...publicKeys }))
      assert.ok(page.includes(`| \`${key}\` |`), key);
  });
});

describe("the JSON Schema for editors", () => {
  // strict: false, because `description` beside `anyOf` and the like are for people.
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(settingsSchema()) as object,
  );
  const settingsOf = (stack: string): { config: Record<string, unknown> } =>
    parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> };

  for (const stack of ["prod", "staging"]) {
    it(`takes ${stack}'s settings`, () => {
      assert.ok(validate(settingsOf(stack)), JSON.stringify(validate.errors));
    });
  }

  it("marks a misspelt field, an unknown size and a secret in plain text", () => {
    for (const [key, value] of Object.entries({
      "odoo-platform:odoo": { serie: "19.0" },
      "odoo-platform:host": { kind: "droplet", size: "huge", adminNetworks: ["10.0.0.0/8"] },
      "odoo-platform:webhookSecret": "in plain text",
    })) {
      const { config } = settingsOf("prod");
      assert.ok(!validate({ config: { ...config, [key]: value } }), key);
    }
  });
});
