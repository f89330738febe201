import assert from "node:assert/strict";

import { app } from "../../../sandbox/plugins/digitalocean/app.ts";
import { setDestinations } from "../../../sandbox/plugins/digitalocean/app-alerts.ts";
import { connect as connectDigitalOcean } from "../../../sandbox/plugins/digitalocean/client.ts";
import {
  connect as connectGitHub,
  GraphQLError,
  type GitHub,
} from "../../../sandbox/plugins/github/client.ts";
import { repositoryEnvironment } from "../../../sandbox/plugins/github/environment.ts";
import { fromRules, toRules } from "../../../sandbox/plugins/github/ruleset-rules.ts";
import { differences } from "../../../sandbox/plugins/protocol/diff.ts";
import type { Call } from "../../../sandbox/plugins/protocol/plugin.ts";
import { vendor, type Answer, type Answers, type Vendor } from "./vendor.ts";

const call: Call = { urn: "", signal: new AbortController().signal, status: () => {}, warn: () => {} };

describe("the GitHub client of the stand-in plugin", () => {
  let api: Vendor;

  async function client(answers: Answers, env: Record<string, string> = {}): Promise<GitHub> {
    api = await vendor({ "GET /api/v3/orgs/acme": { body: { login: "acme" } }, ...answers });
    return connectGitHub({ GITHUB_BASE_URL: api.url, GITHUB_TOKEN: "t", GITHUB_OWNER: "acme", ...env })({})(
      call,
    );
  }
  afterEach(() => api.close());

  const inTurn = (...answers: Answer[]) => {
    const left = [...answers];
    return (): Answer => left.shift() ?? { body: { done: true } };
  };

  it("takes any other host for an Enterprise Server, however its address is written", async () => {
    await client({ "GET /api/v3/rate_limit": { body: {} }, "POST /api/graphql": { body: { data: {} } } });
    for (const suffix of ["", "/", "/api/v3/"]) {
      const github = connectGitHub({ GITHUB_BASE_URL: api.url + suffix })({})(call);
      await github.get("/rate_limit");
      await github.graphql("{ viewer { login } }", {});
      assert.deepEqual(api.asked.splice(0), ["GET /api/v3/rate_limit", "POST /api/graphql"], suffix);
    }
  });

  it("finds out once whose repositories these are", async () => {
    const github = await client({ "GET /api/v3/orgs/acme": { status: 404, body: { message: "Not Found" } } });
    assert.deepEqual(await github.owner(), { name: "acme", isOrganization: false });
    assert.equal(await github.repository("a b"), "/repos/acme/a%20b");
    assert.equal(api.asked.length, 1);
  });

  it("sleeps until a used-up quota is full, and as long as a secondary limit says", async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 1);
    const used = { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } };
    const documentation_url = "https://docs.github.com/rest#about-secondary-rate-limits";
    const secondary = {
      status: 429,
      headers: { "retry-after": "1" },
      body: { message: "slow", documentation_url },
    };
    const github = await client({
      "GET /api/v3/x": inTurn({ ...used, body: { message: "limit" } }, secondary),
    });
    const started = Date.now();
    assert.deepEqual(await github.get("/x"), { done: true });
    assert.ok(Date.now() - started >= 2000);
  });

  it("does not try again what was refused, and tells every reason", async () => {
    const errors = [{ resource: "Label", field: "name", code: "already_exists" }];
    const github = await client({
      "POST /api/v3/x": { status: 422, body: { message: "Validation Failed", errors } },
      "GET /api/v3/y": { status: 403, body: { message: "Upgrade to GitHub Pro" } },
      "POST /api/graphql": { body: { errors: [{ message: "no such branch" }] } },
    });
    const refusal = `POST ${api.url}/api/v3/x: 422 Validation Failed [Label name already_exists]`;
    await assert.rejects(github.post("/x"), { message: refusal });
    await assert.rejects(github.get("/y"), /403 Upgrade to GitHub Pro/);
    await assert.rejects(github.graphql("mutation", {}), GraphQLError);
    assert.equal(api.asked.length, 3);
  });

  it("does not notice that an environment's reviewers are gone, which is the official plugin's way", async () => {
    const path = "GET /api/v3/repos/acme/odoo/environments/a%2Fb";
    const policy = { protected_branches: true, custom_branch_policies: false };
    const github = await client({
      [path]: {
        body: {
          name: "a/b",
          protection_rules: [],
          can_admins_bypass: true,
          deployment_branch_policy: policy,
        },
      },
    });
    const state = await repositoryEnvironment.read(github, "", { repository: "odoo", environment: "a/b" });
    assert.deepEqual(state, {
      environment: "a/b",
      canAdminsBypass: true,
      deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
    });
  });
});

describe("rules of a ruleset", () => {
  it("are a list with parameters for GitHub, and properties for the program", () => {
    const rules = {
      deletion: true,
      creation: false,
      update: true,
      updateAllowsFetchAndMerge: true,
      requiredStatusChecks: {
        requiredChecks: [{ context: "CI", integrationId: 0 }],
        doNotEnforceOnCreate: false,
      },
      maxFileSize: { maxFileSize: 5 },
    };
    const list = toRules(rules);
    assert.deepEqual(list, [
      { type: "deletion" },
      { type: "update", parameters: { update_allows_fetch_and_merge: true } },
      {
        type: "required_status_checks",
        parameters: { required_status_checks: [{ context: "CI" }], do_not_enforce_on_create: false },
      },
      { type: "max_file_size", parameters: { max_file_size: 5 } },
    ]);
    const { deletion, update, updateAllowsFetchAndMerge, maxFileSize } = fromRules(list);
    assert.deepEqual(
      { deletion, update, updateAllowsFetchAndMerge, maxFileSize },
      { deletion: true, update: true, updateAllowsFetchAndMerge: true, maxFileSize: { maxFileSize: 5 } },
    );
  });
});

describe("the DigitalOcean client of the stand-in plugin", () => {
  it("names the address that it cannot reach, and why", async () => {
    const env = { DIGITALOCEAN_API_URL: "http://127.0.0.1:1", DIGITALOCEAN_HTTP_RETRY_MAX: "0" };
    const client = connectDigitalOcean(env, { first: 1, most: 1 })({})(call);
    await assert.rejects(
      client.get("/vpcs"),
      /^Error: GET http:\/\/127.0.0.1:1\/v2\/vpcs: .*(ECONNREFUSED|bad port)/,
    );
  });

  it("asks nothing more for a call that was cancelled", async () => {
    const api = await vendor({ "GET /v2/vpcs": { body: {} } });
    const cancelled = { ...call, signal: AbortSignal.abort(new Error("cancelled")) };
    const client = connectDigitalOcean({ DIGITALOCEAN_API_URL: api.url }, { first: 1, most: 1 })({})(
      cancelled,
    );
    await assert.rejects(client.get("/vpcs"), /cancelled/);
    assert.deepEqual(api.asked, []);
    await api.close();
  });
});

describe("an app's alerts", () => {
  const destinations = { emails: ["ops@example.com"] };
  const spec = {
    name: "odoo",
    alerts: [{ rule: "DEPLOYMENT_FAILED", disabled: false, destinations }],
    services: [{ name: "web", alerts: [{ rule: "CPU_UTILIZATION", destinations }] }],
  };

  it("are told apart from the spec to whom they go", async () => {
    const alerts = [
      { id: "1", spec: { rule: "DEPLOYMENT_FAILED" } },
      { id: "2", spec: { rule: "CPU_UTILIZATION" } },
      { id: "3", spec: { rule: "MEM_UTILIZATION" } },
    ];
    const api = await vendor({
      "GET /v2/apps/a/alerts": { body: { alerts } },
      "POST /v2/apps/a/alerts/1/destinations": { body: {} },
      "POST /v2/apps/a/alerts/2/destinations": { body: {} },
    });
    const client = connectDigitalOcean({ DIGITALOCEAN_API_URL: api.url }, { first: 1, most: 1 })({})(call);
    await setDestinations(client, "a", spec);
    assert.deepEqual(api.body("POST /v2/apps/a/alerts/2/destinations"), {
      emails: ["ops@example.com"],
      slack_webhooks: [],
    });
    assert.equal(api.asked.length, 3);
    await api.close();
  });

  it("differ on every run where that is declared, which is the official plugin's way", async () => {
    const { services, ...answered } = structuredClone(spec);
    const api = await vendor({ "GET /v2/apps/a": { body: { app: { id: "a", spec: answered } } } });
    const client = connectDigitalOcean({ DIGITALOCEAN_API_URL: api.url }, { first: 1, most: 1 })({})(call);
    for (const alert of answered.alerts) delete (alert as { destinations?: object }).destinations;
    const state = (await app.read(client, "a", {})) ?? {};
    const wanted = { spec: { name: spec.name, alerts: spec.alerts } };
    assert.deepEqual(
      differences(app.inputs, state, wanted).map(({ path }) => path),
      ["spec.alerts[0].destinations"],
    );
    assert.equal(services.length, 1);
    await api.close();
  });
});
