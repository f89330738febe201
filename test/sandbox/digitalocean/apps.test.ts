import assert from "node:assert/strict";
import { Account, at, list, text } from "./account.ts";
import type { Json } from "./account.ts";
import { create, deployments, secret, spec } from "./sample-app.ts";

describe("an emulated App Platform app", () => {
  it("goes through the phases of a deployment, with steps that clients can wait on", async () => {
    const account = new Account({ settle: { deploymentMs: 10_000 } });
    const app = at(await account.must("POST /apps", { spec: spec() }), "app");
    const { id } = at(app, "pending_deployment");
    const seen: string[] = [];
    const counts: number[] = [];
    for (let second = 0; second <= 10; second += 1) {
      const deployment = at(
        await account.must(`GET /apps/${String(app["id"])}/deployments/${String(id)}`),
        "deployment",
      );
      seen.push(String(deployment["phase"]));
      counts.push(Number(at(deployment, "progress", "success_steps")));
      account.wait(1000);
    }
    assert.deepEqual(
      [...new Set(seen)],
      ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE"],
    );
    assert.ok(counts.every((count, second) => second === 0 || count >= (counts[second - 1] ?? 0)));
    assert.equal(counts.at(-1), 2);
    const live = at(await account.must(`GET /apps/${String(app["id"])}`), "app");
    assert.match(String(live["live_url"]), /^https:\/\/erp-.+\.ondigitalocean\.app$/);
    assert.equal(text(live, "active_deployment", "id"), String(id));
    assert.equal(live["pending_deployment"], undefined);
  });

  it("answers SECRET values sealed and only those, and each time differently", async () => {
    const account = new Account();
    const path = await create(account, spec("1", secret("hunter2")));
    const envs = async (): Promise<string[]> =>
      list(await account.must(`GET ${path}`), "app", "spec", "envs").map((one) => String(one["value"]));
    const [sealed = "", plain] = await envs();
    assert.match(sealed, /^EV\[1:[^:]+:[^:]+\]$/);
    assert.equal(plain, "1");
    assert.doesNotMatch(JSON.stringify(await account.must(`GET ${path}`)), /hunter2/);
    // The value sent back as it was answered stays; the plain one is sealed anew, which is a difference on every run.
    await account.must(`PUT ${path}`, { spec: spec("1", secret(sealed)) });
    assert.equal((await envs())[0], sealed);
    await account.must(`PUT ${path}`, { spec: spec("1", secret("hunter2")) });
    assert.notEqual((await envs())[0], sealed);
    assert.match(
      (await account.refused("POST /apps", { spec: spec("1", { name: "other", ...secret(sealed) }) }))[1],
      /must not be encrypted/,
    );
  });

  it("deploys on every update, one after the other", async () => {
    const account = new Account();
    const path = await create(account);
    await account.must(`PUT ${path}`, { spec: spec("2") });
    await account.must(`PUT ${path}`, { spec: spec("3") });
    account.wait();
    assert.deepEqual(
      (await deployments(account, path)).map((one) => String(one["phase"])),
      ["ACTIVE", "SUPERSEDED", "SUPERSEDED"],
    );
  });

  it("keeps serving the old release when a deployment fails, which ends with an error step", async () => {
    const account = new Account();
    const path = await create(account);
    account.world.faults.add({ name: "failed-deployment", times: 1 });
    await account.must(`PUT ${path}`, { spec: spec("2") });
    account.wait();
    const [failed, good] = await deployments(account, path);
    assert.deepEqual([failed?.["phase"], good?.["phase"]], ["ERROR", "ACTIVE"]);
    assert.equal(Number(at(failed as Json, "progress", "error_steps")), 1);
    assert.equal(
      text(await account.must(`GET ${path}`), "app", "active_deployment", "id"),
      String(good?.["id"]),
    );
  });

  it("leads to its logs by links that need no token, and open nothing else", async () => {
    const account = new Account();
    const path = await create(account);
    const [{ id } = {} as Json] = await deployments(account, path);
    const answer = await account.must(`GET ${path}/deployments/${String(id)}/logs?type=DEPLOY&follow=true`);
    const url = text(answer, "historic_urls", 0);
    assert.equal(String(answer["live_url"]), url);
    const file = await account.follow(url);
    assert.equal(file.status, 200);
    assert.match(file.text, /^web \S+Z deploying web$/m);
    assert.match(file.text, /^migrate \S+Z deploy complete$/m);
    assert.equal((await account.follow(url.replace("/DEPLOY", "/BUILD"))).status, 401);
    const one = await account.must(`GET ${path}/components/web/logs?type=RUN`);
    assert.match((await account.follow(text(one, "historic_urls", 0))).text, /^web \S+Z started web\n$/);
    assert.equal((await account.ask(`GET ${path}/components/none/logs?type=RUN`)).status, 404);
    assert.equal((await account.ask(`GET ${path}/logs?type=ALL`)).status, 400);
  });

  it("is refused with the field that is wrong", async () => {
    const account = new Account();
    const refused = async (fields: object): Promise<string> => {
      const { status, body } = await account.ask("POST /apps", { spec: spec("1", fields) });
      assert.deepEqual([status, String(body["id"])], [400, "invalid_argument"]);
      return String(body["message"]);
    };
    const field = (path: string, text: string): string =>
      `error validating app spec field "${path}": ${text}`;
    assert.equal(
      await refused({ services: [{ name: "web", instance_size_slug: "huge" }] }),
      field("services.0.instance_size_slug", "is not a known instance size"),
    );
    assert.equal(await refused({ envs: [{ key: "A-B" }] }), field("envs.0.key", "is no name of a variable"));
    assert.equal(await refused({ region: "mars" }), field("region", "is not a known region"));
    assert.equal(
      await refused({ services: [], jobs: [] }),
      "error validating app spec: must have at least one component",
    );
    assert.match(await refused({ workers: [{ name: "web" }] }), /component names must be unique: "web"/);
    assert.match(
      await refused({
        workers: [{ name: "cron", instance_size_slug: "apps-s-1vcpu-1gb-fixed", instance_count: 2 }],
      }),
      /allows one instance only/,
    );
    await create(account);
    assert.equal((await account.refused("POST /apps", { spec: spec() }))[0], 409);
  });

  it("keeps an alert's destinations while the rule stays, and is gone when deleted", async () => {
    const account = new Account();
    const alerts = { alerts: [{ rule: "DEPLOYMENT_FAILED" }] };
    const path = await create(account, spec("1", alerts));
    const { id } = at(await account.must(`GET ${path}/alerts`), "alerts", 0);
    await account.must(`POST ${path}/alerts/${String(id)}/destinations`, { emails: ["a@example.org"] });
    await account.must(`PUT ${path}`, { spec: spec("2", alerts) });
    assert.deepEqual(at(await account.must(`GET ${path}/alerts`), "alerts", 0)["emails"], ["a@example.org"]);
    assert.equal(String((await account.must(`DELETE ${path}`))["id"]), path.slice("/apps/".length));
    assert.equal((await account.ask(`GET ${path}`)).status, 404);
  });

  it("can be cancelled on its way, and sizes have their price", async () => {
    const account = new Account();
    const path = await create(account);
    const { id } = at(await account.must(`POST ${path}/deployments`, {}), "deployment");
    await account.must(`POST ${path}/deployments/${String(id)}/cancel`);
    account.wait();
    assert.deepEqual(
      (await deployments(account, path)).map((one) => String(one["phase"])),
      ["CANCELED", "ACTIVE"],
    );
    assert.equal((await account.refused(`POST ${path}/deployments/${String(id)}/cancel`))[0], 422);
    const size = at(await account.must("GET /apps/tiers/instance_sizes/apps-s-1vcpu-1gb"), "instance_size");
    assert.deepEqual([size["usd_per_month"], size["memory_bytes"]], ["12.00", String(1024 ** 3)]);
    assert.equal((await account.ask("GET /apps/tiers/instance_sizes/none")).status, 404);
  });
});
