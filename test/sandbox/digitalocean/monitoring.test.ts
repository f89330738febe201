import assert from "node:assert/strict";
import { Account, at, text } from "./account.ts";

describe("emulated monitoring", () => {
  it("picks an uptime check's regions when none are declared, which the program then sees as a difference", async () => {
    const account = new Account();
    const check = { name: "erp", type: "https", target: "https://erp.example.org", enabled: true };
    const declared = at(
      await account.must("POST /uptime/checks", { ...check, regions: ["se_asia"] }),
      "check",
    );
    const left = at(await account.must("POST /uptime/checks", { ...check, regions: null }), "check");
    assert.deepEqual([declared["regions"], left["regions"]], [["se_asia"], ["us_east", "eu_west"]]);
    assert.equal((await account.refused("POST /uptime/checks", { ...check, regions: ["mars"] }))[0], 422);
  });

  it("keeps a check's alerts below it, with notifications even when none are declared", async () => {
    const account = new Account();
    const { id } = at(
      await account.must("POST /uptime/checks", { name: "erp", target: "https://erp.example.org" }),
      "check",
    );
    const path = `/uptime/checks/${String(id)}/alerts`;
    const wanted = {
      name: "down",
      type: "down",
      threshold: 1,
      comparison: "greater_than",
      period: "2m",
      notifications: { email: null },
    };
    const alert = at(await account.must(`POST ${path}`, wanted), "alert");
    assert.deepEqual(alert["notifications"], { email: [], slack: [] });
    await account.must(`PUT ${path}/${String(alert["id"])}`, { ...wanted, period: "5m" });
    assert.equal(
      String(at(await account.must(`GET ${path}/${String(alert["id"])}`), "alert")["period"]),
      "5m",
    );
    await account.must(`DELETE /uptime/checks/${String(id)}`);
    assert.equal((await account.ask(`GET ${path}/${String(alert["id"])}`)).status, 404);
    assert.equal((await account.refused(`POST ${path}`, wanted))[0], 404);
  });

  it("keeps alert policies on known metrics", async () => {
    const account = new Account();
    const policy = {
      type: "v1/insights/droplet/cpu",
      description: "CPU",
      compare: "GreaterThan",
      value: 80,
      window: "5m",
      entities: ["12"],
      tags: null,
      alerts: { email: ["a@example.org"] },
      enabled: true,
    };
    const { status, body } = await account.ask("POST /monitoring/alerts", policy);
    assert.equal(status, 200);
    const path = `/monitoring/alerts/${text(body, "policy", "uuid")}`;
    assert.deepEqual(at(await account.must(`GET ${path}`), "policy")["alerts"], {
      email: ["a@example.org"],
      slack: [],
    });
    await account.must(`PUT ${path}`, { ...policy, value: 90 });
    assert.equal(Number(at(await account.must(`GET ${path}`), "policy")["value"]), 90);
    assert.equal(
      (await account.refused("POST /monitoring/alerts", { ...policy, type: "v1/insights/droplet/mood" }))[0],
      422,
    );
    assert.equal((await account.ask(`DELETE ${path}`)).status, 204);
    assert.equal((await account.ask(`GET ${path}`)).status, 404);
  });
});
