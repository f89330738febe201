import assert from "node:assert/strict";
import { appFindings, deploymentFinding, offOnApp } from "../../../operations/health/app.ts";
import { checkNames } from "../../../operations/health/check.ts";
import { httpServer } from "../../support/http-server.ts";

describe("health of an app, as DigitalOcean tells it", () => {
  const app = { active_deployment: { phase: "ACTIVE" }, spec: { databases: [{ cluster_name: "odoo-db" }] } };
  let cluster = "online";
  let there = true;
  const vendor = httpServer(({ path }) => {
    if (path.startsWith("/v2/databases"))
      return { status: 200, body: { databases: [{ name: "odoo-db", status: cluster }] } };
    if (path.includes("/deployments")) return { status: 200, body: { deployments: [{ phase: "ACTIVE" }] } };
    return there ? { status: 200, body: { app } } : { status: 404, body: { message: "not found" } };
  });
  const environment = { ...process.env };
  beforeEach(() => {
    cluster = "online";
    there = true;
    Object.assign(process.env, { DIGITALOCEAN_API_URL: vendor.address(), DIGITALOCEAN_TOKEN: "any" });
  });
  after(() => {
    for (const name of ["DIGITALOCEAN_API_URL", "DIGITALOCEAN_TOKEN"])
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
  });

  it("is well while a deployment serves and the cluster is online", async () => {
    const found = await appFindings("1");
    assert.deepEqual(
      found.map(({ name, state }) => [name, state]),
      [
        ["deployment", "ok"],
        ["database", "ok"],
      ],
    );
  });

  it("is red when the cluster is not online", async () => {
    cluster = "offline";
    const [, database] = await appFindings("1");
    assert.deepEqual([database?.state, database?.detail], ["fail", "the cluster is offline"]);
  });

  it("is red when the app is gone", async () => {
    there = false;
    assert.deepEqual(
      (await appFindings("1")).map(({ state, detail }) => [state, detail]),
      [
        ["fail", "the app is gone; run platform up"],
        ["fail", "not known: the app is gone; run platform up"],
      ],
    );
  });

  it("is red before the first deployment got through, and warns when a later one failed", () => {
    const none = deploymentFinding({ in_progress_deployment: { phase: "BUILDING" } }, undefined);
    assert.deepEqual([none.state, none.detail], ["fail", "none has got through yet; the first is BUILDING"]);
    const reason = { message: "exited with 1" };
    const failed = { phase: "ERROR", progress: { steps: [{ status: "ERROR", reason }] } };
    const later = deploymentFinding(app, failed);
    assert.equal(later.state, "warn");
    assert.match(later.detail, /^the newest failed \(exited with 1\), the one before it serves/);
  });

  it("answers for every check, what cannot be seen with its reason", () => {
    const seen = ["odoo", "websocket", "certificate", "database", "deployment", "backups"];
    const off = offOnApp();
    assert.deepEqual([...seen, ...off.map(({ name }) => name)].sort(), [...checkNames].sort());
    assert.ok(off.every(({ state, detail }) => state === "off" && detail.length > 10));
  });
});
