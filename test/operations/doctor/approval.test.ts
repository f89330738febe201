import assert from "node:assert/strict";
import { approval } from "../../../operations/doctor/approval.ts";
import { findings, gitHubWith, patient, served } from "./patient.ts";

const platform = {
  name: "odoo",
  environment: "production",
  domain: "erp.example.com",
  zone: { name: "example.com" },
  region: "sgp1",
};

async function found(
  reviewed: boolean,
  chosen: string | undefined,
  environment = "production",
): Promise<string[]> {
  const hub = gitHubWith(chosen === undefined ? {} : { PLATFORM_APPROVAL: chosen });
  return await served(hub, async (origin) => {
    const send = async (method: string, path: string, body?: object): Promise<{ id: number }> => {
      const headers = { authorization: "Bearer full" };
      const answer = await fetch(`${origin}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as { id: number };
    };
    const { id } = await send("GET", "/users/ada");
    const reviewers = reviewed ? [{ type: "User", id }] : [];
    await send("PUT", "/repos/acme/erp/environments/prod", { reviewers });
    const sections = {
      platform: { ...platform, environment },
      repositories: [{ owner: "acme", name: "erp" }],
    };
    return await findings(
      approval,
      patient(sections, { GITHUB_TOKEN: "full", GITHUB_BASE_URL: `${origin}/` }),
    );
  });
}

describe("who must agree before production changes", () => {
  it("are its environment's reviewers, where the workflow goes by them", async () => {
    assert.deepEqual(await found(true, "environment"), [
      "good Approval: what is merged waits for the reviewers of environment prod",
    ]);
  });

  it("is whoever signs a deployment, where there are none", async () => {
    assert.deepEqual(await found(false, undefined), [
      "good Approval: what is merged waits for a signed deployment: environment has no required reviewers",
    ]);
  });

  it("is nobody, which is a finding, where the workflow goes by reviewers that are not there", async () => {
    assert.match(
      (await found(false, "environment"))[0] ?? "",
      /^bad Approval: what is merged reaches prod unasked/,
    );
  });

  it("is not whom the settings name, where the workflow does not ask them", async () => {
    assert.match(
      (await found(true, undefined))[0] ?? "",
      /^bad Approval: environment prod has reviewers, but up\.yml/,
    );
  });

  it("is not asked of what is not production", async () =>
    assert.deepEqual(await found(false, undefined, "staging"), []));
});
