import assert from "node:assert/strict";
import { commandText } from "../../../policies/secrets/command-text.ts";
import { judge, secret, violations } from "../framework.ts";
import { commandOf, token } from "./declared.ts";

describe("secrets/command-text", () => {
  const fix =
    "Fix: send the secret by the command's stdin; as a trigger take a digest of it (pulumi.unsecret)";
  const says = (fault: string): string[] => [`install (command:remote:Command): ${fault}. ${fix}`];

  it("lets a command through whose secret comes by stdin or by a secret environment", async () => {
    const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const props = { triggers: [digest], environment: { PGPASSWORD: secret("lemon"), LANG: "C.UTF-8" } };
    assert.deepEqual(await judge([commandText], commandOf(props)), []);
  });

  for (const part of ["create", "update", "delete"]) {
    it(`refuses a credential in ${part}, and whatever is marked secret`, async () => {
      const text = `set -eu\nexport API_URL=x\ndoctl auth init -t ${token}`;
      assert.deepEqual(
        await violations([commandText], commandOf({ [part]: text })),
        says(`${part} holds a DigitalOcean token at line 3`),
      );
      assert.deepEqual(
        await violations([commandText], commandOf({ [part]: secret("echo lemon") })),
        says(`${part} is made from a secret`),
      );
    });
  }

  it("refuses a secret as a trigger, and a password in a plain environment", async () => {
    assert.deepEqual(
      await violations([commandText], commandOf({ triggers: ["a", secret("b")] })),
      says("triggers[1] is made from a secret"),
    );
    assert.deepEqual(
      await violations([commandText], commandOf({ environment: { PGPASSWORD: "lemon" } })),
      says("environment.PGPASSWORD is a secret by its name and stands in plain text"),
    );
  });

  it("holds for local commands too, and leaves other resources alone", async () => {
    const local = { ...commandOf({ create: `echo ${token}` }), type: "command:local:Command" };
    assert.equal((await violations([commandText], local)).length, 1);
    assert.deepEqual(
      await judge([commandText], { type: "github:index/issueLabel:IssueLabel", props: { create: token } }),
      [],
    );
  });

  it("refuses text of the wrong type as far as it is text", async () => {
    assert.equal((await violations([commandText], commandOf({ create: [token, 1, null, true] }))).length, 1);
  });
});
