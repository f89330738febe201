import assert from "node:assert/strict";
import { runner } from "../../../operations/doctor/runner.ts";
import { findings, gitHubWith, patient, served } from "./patient.ts";

async function found(
  variables: Record<string, string>,
  more: Record<string, unknown> = {},
): Promise<string[]> {
  return await served(gitHubWith(variables), async (origin) => {
    const sections = { repositories: [{ owner: "acme", name: "erp" }], ...more };
    return await findings(runner, patient(sections, { GITHUB_TOKEN: "full", GITHUB_BASE_URL: `${origin}/` }));
  });
}

describe("where the workflows of a droplet run", () => {
  it("is a runner that the repository names", async () =>
    assert.deepEqual(await found({ PLATFORM_RUNNER: "odoo-admin" }), [
      "good Runner: odoo-admin does what reaches the droplet",
    ]));

  it("is no place that reaches it, where none is named", async () =>
    assert.match((await found({}))[0] ?? "", /^bad Runner: .*not in host\.adminNetworks: PLATFORM_RUNNER/));

  it("is anywhere for an app", async () =>
    assert.deepEqual(await found({}, { host: { kind: "app", size: "apps-s-1vcpu-1gb" } }), []));
});
