import assert from "node:assert/strict";
import { array, assert as check, constantFrom, property, record, string } from "fast-check";
import { parse } from "yaml";
import { addToSettings } from "../../operations/settings-text.ts";

const added = { "p:password": { secure: "v1:abc=:def" }, "p:sshPublicKey": "ssh-ed25519 AAAA me" };
const lines = "  p:password:\n    secure: v1:abc=:def\n  p:sshPublicKey: ssh-ed25519 AAAA me\n";
const salt = "v1:salt=:v1:more";

describe("adding keys to a stack's settings", () => {
  it("puts them at the end of config, and the salt at the end of the file", () => {
    const text = "# Mine.\nconfig:\n\n  p:odoo: { series: '19.0' } # why\n\n  p:list: [a,  b]\n";
    assert.equal(addToSettings(text, added, salt), `${text}${lines}encryptionsalt: ${salt}\n`);
  });

  it("leaves a salt that is there", () => {
    const text = "encryptionsalt: v1:old\nconfig:\n  p:a: 1\n";
    assert.equal(addToSettings(text, added, salt), `${text}${lines}`);
  });

  it("adds no salt where Pulumi Cloud keeps the key", () => {
    const text = "config:\n  p:a: 1\n";
    assert.equal(addToSettings(text, added, undefined), `${text}${lines}`);
  });

  it("finds the end of config when something follows", () => {
    const text = "config:\n  p:a: 1 # one\n\n# The salt.\nencryptionsalt: v1:old\n";
    const expected = `config:\n  p:a: 1 # one\n${lines}\n# The salt.\nencryptionsalt: v1:old\n`;
    assert.equal(addToSettings(text, added, salt), expected);
  });

  it("ends a last line that has no end", () => {
    assert.equal(addToSettings("config:\n  p:a: 1", added, undefined), `config:\n  p:a: 1\n${lines}`);
  });

  it("writes lines as the file's own end, also Windows'", () => {
    const text = "config:\r\n  p:a: 1\r\n";
    const expected = `${text}${lines}encryptionsalt: ${salt}\n`.replaceAll(/\r?\n/g, "\r\n");
    assert.equal(addToSettings(text, added, salt), expected);
  });

  it("indents as the section does", () => {
    const text = "config:\n    p:a: 1\n";
    assert.equal(addToSettings(text, { "p:b": "x" }, undefined), `${text}    p:b: x\n`);
  });

  it("goes on from a text of several lines", () => {
    const text = "config:\n  p:text: |\n    one\n\n    two\n";
    assert.equal(addToSettings(text, added, undefined), `${text}${lines}`);
  });

  for (const [what, text, expected] of [
    ["an empty file", "", `config:\n${lines}`],
    ["a file with a comment only", "# later\n", `# later\nconfig:\n${lines}`],
    ["a file without config", "encryptionsalt: v1:old\n", `encryptionsalt: v1:old\nconfig:\n${lines}`],
    [
      "an empty config before the salt",
      "config: # none\nencryptionsalt: v1:old\n",
      `config: # none\n${lines}encryptionsalt: v1:old\n`,
    ],
  ] as const) {
    it(`fills ${what}`, () => assert.equal(addToSettings(text, added, undefined), expected));
  }

  it("writes into braces where config is written in braces", () => {
    assert.equal(addToSettings("config: {}\n", { "p:b": "x" }, undefined), 'config: { "p:b":"x" }\n');
    const text = "config: { p:a: 1 } # one\n";
    assert.equal(addToSettings(text, { "p:b": "x" }, undefined), 'config: { p:a: 1, "p:b":"x" } # one\n');
  });

  it("changes nothing when nothing is added", () => {
    assert.equal(addToSettings("config: {}", {}, undefined), "config: {}");
  });

  it("always gives the old keys and the new, and leaves every line standing", () => {
    const value = constantFrom(
      "1",
      '"19.0" # why',
      "{ a: [1, 2], b: x }",
      "[a, b]",
      "\n    deep: 1",
      "|\n    t\n",
    );
    const section = array(record({ blank: constantFrom("", "\n", "  # note\n", "# note\n"), value }), {
      maxLength: 5,
    });
    const before = constantFrom("", "# head\n", "encryptionsalt: v1:old\n");
    const after = constantFrom("", "\n# tail\n", "other: 1\n", "# no end of line");
    const newline = constantFrom("\n", "\r\n");
    check(
      property(before, section, after, newline, string(), (head, keys, tail, end, secret) => {
        const config = keys.map((key, index) => `${key.blank}  p:k${index}: ${key.value}\n`).join("");
        const text = `${head}config:\n${config}${tail}`.replaceAll("\n", end);
        const result = addToSettings(text, { "p:new": { secure: secret } }, salt);
        const old = parse(text) as { config: object | null };
        const wanted = { ...old, config: { ...old.config, "p:new": { secure: secret } } };
        assert.deepEqual(parse(result), { encryptionsalt: salt, ...wanted });
        const kept = result.split(end);
        for (const line of text.split(end)) assert.ok(kept.includes(line), `lost: ${line}`);
      }),
    );
  });
});
