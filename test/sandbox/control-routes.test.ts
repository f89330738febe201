import assert from "node:assert/strict";
import { controlRoutes } from "../../sandbox/control-routes.ts";
import { Faults } from "../../sandbox/faults.ts";

const host = "127.0.0.1:7703";
const json = { host, "content-type": "application/json" };
const body = JSON.stringify({ name: "slow-api" });

describe("the sandbox's control routes", () => {
  it("switch a fault on and off for a verb of this machine", async () => {
    const faults = new Faults();
    const app = controlRoutes(faults);
    await app.request("http://127.0.0.1:7703/faults", { method: "POST", headers: json, body });
    assert.deepEqual(
      faults.active.map(({ name }) => name),
      ["slow-api"],
    );
    await app.request("http://127.0.0.1:7703/faults", { method: "DELETE", headers: { host } });
    assert.deepEqual(faults.active, []);
  });

  it("do nothing for a page in a browser: another host name, or a form", async () => {
    const faults = new Faults();
    const app = controlRoutes(faults);
    const elsewhere = await app.request("http://127.0.0.1:7703/faults", {
      method: "POST",
      headers: { ...json, host: "evil.example:7703" },
      body,
    });
    const form = await app.request("http://127.0.0.1:7703/faults", {
      method: "POST",
      headers: { host, "content-type": "text/plain" },
      body,
    });
    assert.deepEqual([elsewhere.status, form.status, faults.active.length], [403, 403, 0]);
  });

  it("know no fault that an object has by nature", async () => {
    const app = controlRoutes(new Faults());
    const answer = await app.request("http://127.0.0.1:7703/faults", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ name: "constructor" }),
    });
    assert.equal(answer.status, 422);
  });
});
