import assert from "node:assert/strict";
import { noPlainText } from "../../../policies/secrets/no-plain-text.ts";
import { credentials, sshKeyPair } from "../fakes.ts";
import { judge, type Resource, secret, unknown, violations } from "../framework.ts";
import { generated, token, withConfig } from "./declared.ts";

describe("secrets/no-plain-text", () => {
  const fix =
    "Fix: keep it as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";
  const record = (value: unknown): Resource => ({
    type: "digitalocean:index/spacesBucketObject:SpacesBucketObject",
    name: "file",
    props: { bucket: "odoo", content: value, metadata: { lines: ["one", { two: "three" }] } },
  });

  it("lets inputs through that hold no credential", async () => {
    assert.deepEqual(
      await judge([noPlainText], record("log_level = info\nadmin_passwd = ${ADMIN_PASSWD}\n")),
      [],
    );
  });

  it("refuses a token in plain text, by place and kind, never by value", async () => {
    assert.deepEqual(await violations([noPlainText], record(`first line\ntoken is ${token}`)), [
      "file (digitalocean:index/spacesBucketObject:SpacesBucketObject): content holds a DigitalOcean token in plain " +
        `text, at line 2. ${fix}`,
    ]);
  });

  for (const [id, text] of credentials) {
    it(`refuses a ${id} and lets it through as a Pulumi secret`, async () => {
      const [message, ...more] = await violations([noPlainText], record(text));
      assert.match(message ?? "", /content holds an? .* in plain text, at line [12]\. Fix/);
      assert.deepEqual(more, []);
      assert.ok(!message?.includes(text));
      assert.deepEqual(await judge([noPlainText], record(secret(text))), []);
    });
  }

  it("finds a credential deep in lists and objects, and lets it through in an object that is secret as a whole", async () => {
    const deep = { type: "command:remote:CopyToRemote", name: "copy", props: {} };
    const connection = { host: "h", proxy: { keys: [{ privateKey: sshKeyPair().privateKey }] } };
    assert.deepEqual(await violations([noPlainText], { ...deep, props: { connection } }), [
      `copy (command:remote:CopyToRemote): connection.proxy.keys[0].privateKey holds a private key in plain text, at line 2. ${fix}`,
    ]);
    assert.deepEqual(await judge([noPlainText], { ...deep, props: { connection: secret(connection) } }), []);
    const inner = { ...connection, proxy: secret(connection.proxy) };
    assert.deepEqual(await judge([noPlainText], { ...deep, props: { connection: inner } }), []);
  });

  it("refuses what is a secret by its property's name, or by the name beside a value", async () => {
    const type = "digitalocean:index/certificate:Certificate";
    const named = {
      type,
      name: "it",
      props: { password: "changeme", envs: [{ key: "DB_PASSWORD", value: "lemon" }] },
    };
    assert.deepEqual(await violations([noPlainText], named), [
      `it (${type}): envs[0].value is a secret by its name and stands in plain text. ${fix}`,
      `it (${type}): password is a secret by its name and stands in plain text. ${fix}`,
    ]);
    const open = {
      secretName: "DB_PASSWORD",
      key: "PGPASSWORD",
      value: "${db.PASSWORD}",
      sshPublicKey: "none",
    };
    assert.deepEqual(await judge([noPlainText], { type, props: { ...open, password: 12 } }), []);
  });

  it("sees through a text asset", async () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: token };
    const [message] = await violations([noPlainText], record(asset));
    assert.match(message ?? "", /content\.text holds a DigitalOcean token/);
  });

  it("says in a preview that it could not look at what is not known yet, under a secret's name", async () => {
    const { type } = record("");
    const [said, ...more] = await judge([noPlainText], { type, props: { id: unknown, password: unknown } });
    assert.equal(said?.level, "advisory");
    assert.match(
      said.message,
      /can't run policy 'secrets\/no-plain-text'.* during preview: string value at \.password/,
    );
    assert.deepEqual(more, []);
  });

  it("finds what is known beside what is not", async () => {
    const said = await violations([noPlainText], {
      ...record(unknown),
      props: { a: unknown, content: token },
    });
    assert.equal(said.length, 1);
  });

  describe("with the stack's configuration", () => {
    withConfig({
      "odoo:databasePassword": generated,
      "odoo:host": '{"password":"in a section"}',
      "odoo:region": "sgp1sgp1",
    });

    it("refuses one of the stack's own secrets, whatever it looks like", async () => {
      assert.deepEqual(await violations([noPlainText], record(`a ${generated} b`)), [
        "file (digitalocean:index/spacesBucketObject:SpacesBucketObject): content holds one of the stack's secrets in " +
          `plain text. ${fix}`,
      ]);
      assert.deepEqual(await judge([noPlainText], record("sgp1sgp1 and in a section")), []);
    });
  });
});
