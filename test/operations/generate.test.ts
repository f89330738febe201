import assert from "node:assert/strict";
import ssh2 from "ssh2";
import { generate } from "../../operations/generate.ts";
import type { PublicKeyName, SecretName } from "../../settings/secrets.ts";

const made = (...missing: (SecretName | PublicKeyName)[]) =>
  Object.fromEntries(generate(missing).map(({ key, value, secret }) => [key, { value, secret }]));

describe("making what a stack's settings lack", () => {
  it("makes passwords of 32 bytes, each another one", () => {
    const { databasePassword, webhookSecret } = made("databasePassword", "webhookSecret");
    assert.match(databasePassword?.value ?? "", /^[\w-]{43}$/);
    assert.match(webhookSecret?.value ?? "", /^[\w-]{43}$/);
    assert.notEqual(databasePassword?.value, webhookSecret?.value);
    assert.ok(databasePassword?.secret);
  });

  for (const [privateKey, publicKey] of [
    ["sshPrivateKey", "sshPublicKey"],
    ["hostPrivateKey", "hostPublicKey"],
  ] as const) {
    it(`makes ${privateKey} and ${publicKey}, two halves of one ed25519 key`, () => {
      const keys = made(privateKey, publicKey);
      const [secret, open] = [keys[privateKey], keys[publicKey]];
      const whole = ssh2.utils.parseKey(secret?.value ?? "");
      const half = ssh2.utils.parseKey(open?.value ?? "");
      assert.ok(!(whole instanceof Error) && !(half instanceof Error));
      assert.equal(whole.type, "ssh-ed25519");
      assert.ok(whole.isPrivateKey() && !half.isPrivateKey());
      assert.deepEqual(whole.getPublicSSH(), half.getPublicSSH());
      assert.match(secret?.value ?? "", /^-----BEGIN OPENSSH/);
      assert.match(open?.value ?? "", /^ssh-ed25519 \S+ odoo-platform$/);
      assert.deepEqual([secret?.secret, open?.secret], [true, false]);
    });

    it(`leaves ${privateKey} or ${publicKey} alone when the other half is there`, () => {
      assert.deepEqual(made(privateKey), {});
      assert.deepEqual(made(publicKey), {});
    });
  }

  it("makes nothing that only a person has", () => {
    assert.deepEqual(made("smtpPassword", "slackWebhookUrl", "registryCredentials"), {});
  });
});
