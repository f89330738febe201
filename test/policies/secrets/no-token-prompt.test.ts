import assert from "node:assert/strict";
import { noTokenPrompt } from "../../../policies/secrets/no-token-prompt.ts";
import { judge, violations } from "../framework.ts";
import { commandOf } from "./declared.ts";

describe("secrets/no-token-prompt", () => {
  it("refuses a command that asks a person for a token", async () => {
    const create = ["set -eu\n", "read -r -p 'Enter", " your token: ' TOKEN"].join("");
    assert.deepEqual(await violations([noTokenPrompt], commandOf({ create })), [
      "install (command:remote:Command): create asks a person for a token, at line 2. " +
        "Fix: read the token from the environment or from a secret of the stack, and fail without it",
    ]);
  });

  it("lets a command through that reads it from its input", async () => {
    const create = "read -r line\nexport GITHUB_TOKEN=$line";
    assert.deepEqual(await judge([noTokenPrompt], commandOf({ create, delete: 3 })), []);
  });
});
