import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { redactor } from "../../operations/redact.ts";
import { newKeyPair } from "../../ssh-keys.ts";

const generated = (): string => randomBytes(24).toString("base64url");

describe("the redactor", () => {
  it("covers a secret in each form that programs write it in", async () => {
    const secret = `${generated()}/+ "${generated()}`;
    const cover = redactor([secret]);
    const forms = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64"),
    ];
    for (const form of forms) {
      const covered = await cover(`before ${form} after`);
      assert.match(covered, /^before \*{5}=* after$/, form);
    }
  });

  it("covers a key that goes over many lines, also when other lines stand in between", async () => {
    const { private: key } = newKeyPair();
    const lines = key.trim().split("\n");
    const body = lines.slice(1, -1);
    const text = lines.join("\nodoo: another line\n");
    const covered = await redactor([key])(text);
    assert.equal(covered.split("\n").length, text.split("\n").length);
    for (const line of body) assert.ok(!covered.includes(line));
    assert.equal(covered.match(/odoo: another line/g)?.length, lines.length - 1);
  });

  it("covers the password of a pair alone", async () => {
    const password = generated();
    assert.equal(await redactor([`robot:${password}`])(`got ${password}`), "got *****");
  });

  it("covers what it was not told of, but looks like a credential", async () => {
    const cover = redactor([]);
    const token = `ghp_${randomBytes(18).toString("hex")}`;
    const address = ["postgresql://odoo", `${generated()}@postgres/odoo`].join(":");
    assert.equal(await cover(`pushed with ${token}.`), "pushed with *****.");
    assert.equal(
      await cover(`could not reach ${address}`),
      "could not reach postgresql://odoo:*****@postgres/odoo",
    );
    assert.equal(await cover("admin_passwd = hunter2"), "admin_passwd = *****");
  });

  it("leaves ordinary lines as they are", async () => {
    const line =
      "2026-11-26 10:00:00,123 1 INFO odoo odoo.modules.loading: 12 modules loaded in 0.4s, 0 queries";
    assert.equal(await redactor([generated()])(line), line);
  });

  it("finds nothing in an empty or short secret, which would be found everywhere", async () => {
    assert.equal(await redactor(["", "odoo"])("odoo runs"), "odoo runs");
  });
});
