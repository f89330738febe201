import assert from "node:assert/strict";
import { actionsSecrets } from "../../../policies/secrets/actions-secrets.ts";
import { judge, type Resource, secret, unknown, violations } from "../framework.ts";
import { token, withConfig } from "./declared.ts";

describe("secrets/actions-secrets", () => {
  const type = "github:index/actionsSecret:ActionsSecret";
  const fix =
    "Fix: keep the value as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";
  const of = (plaintextValue: unknown): Resource => ({
    type,
    name: "token",
    props: { repository: "odoo", secretName: "TOKEN", plaintextValue },
  });

  it("refuses a plain value, be it an example or a number's text", async () => {
    const message = `token (${type}): plaintextValue comes from a plain value. ${fix}`;
    for (const value of ["lemon", "changeme", "1", token]) {
      assert.deepEqual(await violations([actionsSecrets], of(value)), [message]);
    }
  });

  it("refuses it in environments, organizations and Dependabot alike", async () => {
    for (const kind of [
      "actionsEnvironmentSecret:ActionsEnvironmentSecret",
      "actionsOrganizationSecret:ActionsOrganizationSecret",
      "dependabotSecret:DependabotSecret",
    ]) {
      const said = await violations([actionsSecrets], {
        type: `github:index/${kind}`,
        props: { value: "lemon" },
      });
      assert.equal(said.length, 1, kind);
    }
  });

  it("lets a sealed value through, which is of no use without GitHub's key", async () => {
    assert.deepEqual(await judge([actionsSecrets], { type, props: { encryptedValue: "c2VhbGVk" } }), []);
  });

  describe("with the stack's configuration", () => {
    withConfig({ "odoo:webhookSecret": "lemon-tree" });

    it("lets a secret of the stack through, alone or as part of a value", async () => {
      assert.deepEqual(await judge([actionsSecrets], of(secret("lemon-tree"))), []);
      assert.deepEqual(await judge([actionsSecrets], of(secret("user:lemon-tree"))), []);
    });

    it("lets an output of another resource through", async () => {
      assert.deepEqual(
        await judge([actionsSecrets], { ...of(secret("made by a vendor")), dependent: ["plaintextValue"] }),
        [],
      );
    });

    it("refuses a literal, though GitHub's SDK has marked it secret", async () => {
      assert.deepEqual(await violations([actionsSecrets], of(secret("written in the program"))), [
        `token (${type}): plaintextValue comes from a plain value in the program. ${fix}`,
      ]);
    });

    it("says in a preview that it could not look at what is not known yet", async () => {
      const said = await judge([actionsSecrets], of(secret(unknown)));
      assert.deepEqual(
        said.map(({ level }) => level),
        ["advisory"],
      );
    });
  });
});
