import assert from "node:assert/strict";
import { join } from "node:path";
import { requirePassphrase } from "../../operations/passphrase.ts";
import { projectFolder } from "../support/project-folder.ts";
import { refusalOf } from "../support/user-error.ts";

describe("the passphrase of a stack's secrets", () => {
  const folder = projectFolder();
  // A machine on which nobody has logged in.
  const env = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ PULUMI_HOME: folder.path(), ...more });

  it("is asked for before the engine asks where nobody sees it", async () => {
    const { exit, message, hint } = await refusalOf(() => requirePassphrase("prod", env({})));
    assert.equal(exit, "notAuthenticated");
    assert.equal(
      message,
      `PULUMI_CONFIG_PASSPHRASE: is not set; the secrets of "prod" are encrypted with it`,
    );
    assert.match(hint ?? "", /PULUMI_CONFIG_PASSPHRASE_FILE/);
  });

  it("may be empty, or stand in a file", () => {
    folder.write("phrase", "a phrase");
    requirePassphrase("prod", env({ PULUMI_CONFIG_PASSPHRASE: "" }));
    requirePassphrase("prod", env({ PULUMI_CONFIG_PASSPHRASE_FILE: join(folder.path(), "phrase") }));
  });

  it("is missed when its file is not there", async () => {
    const file = join(folder.path(), "gone");
    const { message } = await refusalOf(() =>
      requirePassphrase("prod", env({ PULUMI_CONFIG_PASSPHRASE_FILE: file })),
    );
    assert.equal(
      message,
      `PULUMI_CONFIG_PASSPHRASE_FILE: names ${file}, which is not there; the secrets of "prod" are encrypted with it`,
    );
  });

  it("is not needed with Pulumi Cloud, by address, by token, or by an earlier login", () => {
    requirePassphrase("prod", env({ PULUMI_BACKEND_URL: "https://api.pulumi.com" }));
    requirePassphrase("prod", env({ PULUMI_ACCESS_TOKEN: "pul-x" }));
    folder.write("credentials.json", JSON.stringify({ current: "https://api.pulumi.com" }));
    requirePassphrase("prod", env({}));
  });

  it("is needed with a bucket or a folder, whatever else is set", async () => {
    folder.write("credentials.json", JSON.stringify({ current: "file://~" }));
    await refusalOf(() => requirePassphrase("prod", env({})));
    const bucket = env({ PULUMI_BACKEND_URL: "s3://state", PULUMI_ACCESS_TOKEN: "pul-x" });
    await refusalOf(() => requirePassphrase("prod", bucket));
  });
});
