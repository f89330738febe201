import assert from "node:assert/strict";
import { stringify } from "yaml";
import { oneTimeHostKey } from "../../../policies/one-time-host-key.ts";
import { userData } from "../../../policies/secrets/user-data.ts";
import { sshKeyPair } from "../fakes.ts";
import { judge, secret, unknown, violations } from "../framework.ts";
import { cloudInit, dropletOf, generated, token, withConfig } from "./declared.ts";

describe("secrets/user-data", () => {
  const fix =
    "Fix: leave it out of the user data, and send it over the verified connection, by a command's stdin, once the machine is up";
  const says = (what: string): string[] => [`web (${oneTimeHostKey.type}): userData holds ${what}. ${fix}`];

  it("lets the one-time host key through, and user data without any secret", async () => {
    assert.deepEqual(await judge([userData], dropletOf(secret(cloudInit()))), []);
    assert.deepEqual(await judge([userData], dropletOf("#cloud-config\npackages: [nginx]\n")), []);
  });

  it("lets the digest through that a refresh leaves instead of the text", async () => {
    assert.deepEqual(
      await judge([userData], dropletOf(secret("da39a3ee5e6b4b0d3255bfef95601890afd80709"))),
      [],
    );
  });

  it("still checks the rest of the text around the host key", async () => {
    const leak = cloudInit({ runcmd: [`doctl auth init -t ${token}`] });
    assert.deepEqual(
      await violations([userData], dropletOf(secret(leak))),
      says(`a DigitalOcean token at line ${leak.trimEnd().split("\n").length}`),
    );
  });

  it("refuses a second private key, beside the first or after it", async () => {
    const second = sshKeyPair().privateKey;
    const beside = await violations([userData], dropletOf(cloudInit({}, { rsa_private: second })));
    assert.match(beside.join(), /userData holds a private key at line \d+/);
    const after = await violations(
      [userData],
      dropletOf(cloudInit({}, { ed25519_private: second + second })),
    );
    assert.match(after.join(), /userData holds a private key at line \d+/);
  });

  it("refuses the same key anywhere else: in a file, in a comment, in a script, in another resource", async () => {
    const { privateKey } = sshKeyPair();
    const file = `#cloud-config\n${stringify({ write_files: [{ path: "/k", content: privateKey }] })}`;
    const nested = `#cloud-config\n${stringify({ other: { ssh_keys: { ed25519_private: privateKey } } })}`;
    for (const text of [
      file,
      nested,
      `#!/bin/sh\ncat <<X\n${privateKey}X\n`,
      cloudInit().replace("#cloud-config", "#"),
    ]) {
      assert.match((await violations([userData], dropletOf(text))).join(), /userData holds a private key/);
    }
    const pool = { type: "digitalocean:index/dropletAutoscale:DropletAutoscale", name: "pool" };
    const said = await violations([userData], {
      ...pool,
      props: { dropletTemplate: { userData: cloudInit() } },
    });
    assert.match(said.join(), /^pool .*: dropletTemplate.userData holds a private key/);
  });

  it("refuses something else in the host key's place", async () => {
    const said = await violations([userData], dropletOf(cloudInit({}, { ed25519_private: generated })));
    assert.match(said.join(), /userData holds a/);
  });

  it("refuses a secret that no pattern knows: by its mark, or by being generated", async () => {
    const plain = "#cloud-config\nruncmd: [echo lemon]\n";
    assert.deepEqual(await violations([userData], dropletOf(secret(plain))), [
      `web (${oneTimeHostKey.type}): userData is made from a secret. ${fix}`,
    ]);
    const opaque = `#cloud-config\nruncmd: [echo ${generated}]\n`;
    assert.deepEqual(
      await violations([userData], dropletOf(opaque)),
      says("a generated string, as secrets are at line 2"),
    );
  });

  it("says in a preview that it could not look at user data that is not known yet", async () => {
    const [said] = await judge([userData], dropletOf(unknown));
    assert.match(said?.message ?? "", /can't run policy 'secrets\/user-data'.* string value at \.userData/);
  });

  describe("with the stack's configuration", () => {
    withConfig({ "odoo:webhookSecret": "lemon-tree-very-pretty" });

    it("refuses one of the stack's secrets beside the host key", async () => {
      const text = cloudInit({ runcmd: ["echo lemon-tree-very-pretty"] });
      assert.deepEqual(
        await violations([userData], dropletOf(secret(text))),
        says("one of the stack's secrets"),
      );
    });
  });
});
