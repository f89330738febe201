import assert from "node:assert/strict";
import { checkSettings, missingKeys } from "../../settings/check.ts";
import { secretKeys } from "../../settings/secrets.ts";
import { readStackFile, stackNames } from "../../operations/project.ts";
import { starterSettings } from "../../operations/starter.ts";
import { projectFolder } from "../support/project-folder.ts";
import { refusalOf } from "../support/user-error.ts";

describe("the settings that are committed", () => {
  for (const [stack, yours] of Object.entries({
    prod: ["mailgunSmtpPassword", "mailgunApiKey"],
    staging: [],
  })) {
    it(`${stack}'s have no fault; what init cannot make is ${yours.join(", ") || "nothing"}`, () => {
      const file = readStackFile(stack);
      const { settings, faults } = checkSettings(file);
      assert.deepEqual(faults, []);
      const missing = missingKeys(file, settings);
      const made = (key: string): boolean =>
        !(key in secretKeys) || "made" in secretKeys[key as "smtpPassword"];
      assert.deepEqual(
        missing.filter((key) => !made(key)),
        yours,
      );
    });

    it(`${stack}'s hold neither secret nor salt`, () => {
      const { encrypted, salt, values } = readStackFile(stack);
      assert.deepEqual([...encrypted], []);
      assert.equal(salt, undefined);
      assert.deepEqual(
        Object.keys(values).filter((key) => key in secretKeys),
        [],
      );
    });
  }
});

describe("the settings that init begins with", () => {
  const project = projectFolder();
  for (const [stack, kind] of [
    ["prod", "droplet"],
    ["prod", "app"],
    ["sandbox", "droplet"],
    ["sandbox-app", "app"],
  ] as const) {
    it(`are in order for ${stack}, ${kind}`, () => {
      project.write(`Pulumi.${stack}.yaml`, starterSettings(stack, kind, "odoo-platform", undefined));
      const { settings, faults } = checkSettings(readStackFile(stack));
      assert.deepEqual(faults, []);
      assert.equal(settings.host?.kind, kind);
      assert.equal(settings.platform?.environment, stack === "prod" ? "staging" : "sandbox");
    });
  }

  it("leave what exists once to the first of two sandboxes", () => {
    const owned = ["sandbox", "sandbox-app"].map((stack) => {
      project.write(`Pulumi.${stack}.yaml`, starterSettings(stack, "droplet", "odoo-platform", undefined));
      return checkSettings(readStackFile(stack)).settings.repositories?.map((one) => one.owned);
    });
    assert.deepEqual(owned, [[true], [false]]);
  });
});

describe("reading a stack's file", () => {
  const project = projectFolder();

  it("tells sections, secrets, the salt and github:owner apart", () => {
    project.write(
      "Pulumi.dev.yaml",
      [
        "encryptionsalt: v1:salt",
        "config:",
        "  github:owner: acme",
        "  aws:region: elsewhere",
        "  odoo-platform:odoo: { series: '19.0' }",
        "  odoo-platform:webhookSecret: { secure: v1:x }",
        "  odoo-platform:mail: { kind: smtp, deep: [{ password: { secure: v1:y } }] }",
      ].join("\n"),
    );
    const { values, encrypted, salt, githubOwner } = readStackFile("dev");
    assert.deepEqual(Object.keys(values), ["odoo", "webhookSecret", "mail"]);
    assert.deepEqual([...encrypted], ["webhookSecret", "mail"]);
    assert.deepEqual([salt, githubOwner], ["v1:salt", "acme"]);
  });

  it("says which stacks there are when there is not this one, and how to make it", async () => {
    project.write("Pulumi.dev.yaml", "config:\n");
    const { exit, message, next } = await refusalOf(() => readStackFile("prod"));
    assert.deepEqual(stackNames(), ["dev"]);
    assert.equal(exit, "noSuchStack");
    assert.equal(message, "Pulumi.prod.yaml: there is no such stack; there is dev");
    assert.equal(next, "platform init --stack prod");
  });

  for (const [what, text, fault] of [
    [
      "a line that is indented wrongly",
      "config:\n  a: 1\n b: 2\n",
      "All mapping items must start at the same column at line 3, column 1",
    ],
    [
      "a key that stands there twice",
      "config:\n  a: 1\n  a: 2\n",
      "Map keys must be unique at line 3, column 3",
    ],
    ["a quote without its end", 'config:\n  a: "1\n', 'Missing closing "quote at line 3, column 1'],
  ] as const) {
    it(`names line and column of ${what}`, async () => {
      project.write("Pulumi.dev.yaml", text);
      const { exit, message } = await refusalOf(() => readStackFile("dev"));
      assert.equal(exit, "badInput");
      assert.equal(message, `Pulumi.dev.yaml: ${fault}`);
    });
  }

  for (const text of ["", "# nothing yet\n", "config:\n", "config: []\n", "just words\n"]) {
    it(`finds no settings in ${JSON.stringify(text)}`, () => {
      project.write("Pulumi.dev.yaml", text);
      assert.deepEqual(readStackFile("dev").values, {});
    });
  }
});
