import assert from "node:assert/strict";
import { operations } from "../../../sandbox/github/rest/operations.ts";
import { download, latestRun, running } from "./actions/support.ts";
import { delivered, openApi, sealed, SuccessfulClient } from "./support.ts";

const repo = "/repos/acme/erp";

describe("every operation of the emulated GitHub, held against GitHub's own OpenAPI file", () => {
  const { options, store, runner, close } = running({ plan: "enterprise" });
  const client = new SuccessfulClient(options, { store });
  runner.tokens.push({ value: "app", login: "ada", kind: "app", permissions: ["checks=write"] });
  after(close);
  const { get, post, put, patch } = client;
  const remove = client.delete;

  it("stands under the operation's id and path", () => {
    for (const [id, { route }] of Object.entries(operations)) assert.equal(openApi().routeOf(id), route, id);
  });

  it("accounts, teams and collaborators", async () => {
    await get("/rate_limit");
    const user = await get("/user");
    await get(`/user/${user.text("id")}`);
    await get("/users/bob");
    await get("/users/bob/keys");
    await get("/users/bob/gpg_keys");
    await get("/orgs/acme");
    await get("/orgs/acme/members");
    await get("/orgs/acme/members/bob");
    await get("/orgs/acme/teams");
    await get("/orgs/acme/teams/release-managers");
    await get("/orgs/acme/teams/release-managers/members");
    await get("/orgs/acme/teams/release-managers/repos");
    await get(`${repo}/collaborators`);
    await get(`${repo}/collaborators/bob`);
    await get(`${repo}/collaborators/bob/permission`);
    await get(`${repo}/teams`);
  });

  it("repositories, branches, refs, commits and contents", async () => {
    await get(repo);
    await get("/orgs/acme/repos");
    await get("/user/repos");
    await get("/users/ada/repos");
    await post("/orgs/acme/repos", { name: "spare", auto_init: true });
    await post("/user/repos", { name: "own" });
    await patch("/repos/acme/spare", { description: "A spare one", visibility: "private" });
    await remove("/repos/acme/spare");
    await get(`${repo}/branches`);
    const branch = await get(`${repo}/branches/main`);
    const sha = branch.text("commit", "sha");
    await get(`${repo}/commits`);
    await get(`${repo}/commits/main`);
    await get(`${repo}/git/ref/heads/main`);
    await post(`${repo}/git/refs`, { ref: "refs/heads/change", sha });
    const written = await put(`${repo}/contents/addons/a.txt`, {
      message: "Add",
      content: Buffer.from("a").toString("base64"),
      branch: "change",
    });
    await patch(`${repo}/git/refs/heads/change`, { sha: written.text("commit", "sha") });
    const tree = await post(`${repo}/git/trees`, {
      base_tree: written.text("commit", "sha"),
      tree: [{ path: "addons/b.txt", mode: "100644", type: "blob", content: "b" }],
    });
    const commit = await post(`${repo}/git/commits`, {
      message: "Add two at once",
      tree: tree.text("sha"),
      parents: [written.text("commit", "sha")],
    });
    await get(`${repo}/git/commits/${commit.text("sha")}`);
    await patch(`${repo}/git/refs/heads/change`, { sha: commit.text("sha") });
    await get(`${repo}/contents/README.md`);
    await get(`${repo}/contents/addons?ref=change`);
    await post(`${repo}/git/refs`, { ref: "refs/tags/v1", sha });
    await remove(`${repo}/git/refs/tags/v1`);
  });

  it("branch protection and rulesets", async () => {
    const protection = `${repo}/branches/main/protection`;
    await put(protection, {
      required_status_checks: { strict: true, contexts: ["Odoo CE CI"] },
      enforce_admins: true,
      required_pull_request_reviews: {
        required_approving_review_count: 1,
        dismissal_restrictions: { users: ["bob"], teams: [] },
        bypass_pull_request_allowances: { teams: ["release-managers"] },
      },
      restrictions: { users: ["ada"], teams: ["release-managers"] },
    });
    await get(protection);
    await get(`${repo}/branches/main`);
    await get(`${protection}/enforce_admins`);
    await get(`${protection}/required_status_checks`);
    await get(`${protection}/required_pull_request_reviews`);
    await post(`${protection}/required_signatures`);
    await get(`${protection}/required_signatures`);
    await remove(`${protection}/required_signatures`);
    await remove(`${protection}/required_pull_request_reviews`);
    await remove(protection);

    const ruleset = await post(`${repo}/rulesets`, {
      name: "main",
      target: "branch",
      enforcement: "active",
      bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }],
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        { type: "deletion" },
        {
          type: "required_status_checks",
          parameters: {
            strict_required_status_checks_policy: true,
            required_status_checks: [{ context: "Odoo CE CI" }],
          },
        },
      ],
    });
    await get(`${repo}/rulesets`);
    await get(`${repo}/rulesets/${ruleset.text("id")}`);
    await get(`${repo}/rules/branches/main`);
    await put(`${repo}/rulesets/${ruleset.text("id")}`, { enforcement: "disabled" });
    await remove(`${repo}/rulesets/${ruleset.text("id")}`);
  });

  it("environments, secrets and variables", async () => {
    await put(`${repo}/environments/prod`, {
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await get(`${repo}/environments`);
    await get(`${repo}/environments/prod`);
    const policies = `${repo}/environments/prod/deployment-branch-policies`;
    const policy = await post(policies, { name: "main" });
    await get(policies);
    await get(`${policies}/${policy.text("id")}`);
    await put(`${policies}/${policy.text("id")}`, { name: "release/*" });
    await remove(`${policies}/${policy.text("id")}`);

    for (const place of [`${repo}/actions`, `${repo}/environments/prod`]) {
      await put(`${place}/secrets/TOKEN`, await sealed(client, place, "a value"));
      await put(`${place}/secrets/TOKEN`, await sealed(client, place, "another"));
      await get(`${place}/secrets`);
      await get(`${place}/secrets/TOKEN`);
      await remove(`${place}/secrets/TOKEN`);
      await post(`${place}/variables`, { name: "HOST", value: "erp.example.com" });
      await get(`${place}/variables`);
      await get(`${place}/variables/HOST`);
      await patch(`${place}/variables/HOST`, { value: "www.example.com" });
      await remove(`${place}/variables/HOST`);
    }
    await remove(`${repo}/environments/prod`);
  });

  it("workflows and dispatches", async () => {
    const listed = await get(`${repo}/actions/workflows`);
    const id = listed.text("workflows", 0, "id");
    await get(`${repo}/actions/workflows/${id}`);
    await put(`${repo}/actions/workflows/ci.yml/disable`);
    await put(`${repo}/actions/workflows/ci.yml/enable`);
    await put(`${repo}/contents/.github/workflows/deploy.yml`, {
      message: "Deploy by hand",
      content: Buffer.from("on: workflow_dispatch\n").toString("base64"),
    });
    await post(`${repo}/actions/workflows/deploy.yml/dispatches`, { ref: "main" });
    await post(`${repo}/dispatches`, { event_type: "deploy", client_payload: { task: 7 } });
  });

  it("labels, issues and comments", async () => {
    await post(`${repo}/labels`, { name: "incident", color: "b60205" });
    await get(`${repo}/labels`);
    await get(`${repo}/labels/incident`);
    await patch(`${repo}/labels/incident`, { new_name: "outage" });
    const issue = await post(`${repo}/issues`, { title: "Down", labels: ["outage"] });
    const path = `${repo}/issues/${issue.text("number")}`;
    await get(`${repo}/issues?labels=outage&state=all`);
    await get(path);
    await post(`${path}/labels`, { labels: ["bug"] });
    await put(`${path}/labels`, { labels: ["bug", "outage"] });
    await get(`${path}/labels`);
    await remove(`${path}/labels/bug`);
    await remove(`${path}/labels`);
    const comment = await post(`${path}/comments`, { body: "Looking" });
    await get(`${path}/comments`);
    await get(`${repo}/issues/comments/${comment.text("id")}`);
    await patch(`${repo}/issues/comments/${comment.text("id")}`, { body: "Found" });
    await remove(`${repo}/issues/comments/${comment.text("id")}`);
    await patch(path, { state: "closed", state_reason: "completed" });
    await remove(`${repo}/labels/outage`);
  });

  it("pull requests", async () => {
    const pull = await post(`${repo}/pulls`, { title: "Change", head: "change", base: "main" });
    const path = `${repo}/pulls/${pull.text("number")}`;
    await get(`${repo}/pulls`);
    await get(path);
    await get(`${path}/files`);
    await patch(path, { body: "Why" });
    await put(`${path}/merge`);
    await get(`${path}/merge`);
    await get(`${repo}/issues?state=all`);
  });

  it("statuses, check runs and deployments", async () => {
    const branch = await get(`${repo}/branches/main`);
    const sha = branch.text("commit", "sha");
    await post(`${repo}/statuses/${sha}`, { state: "success", context: "Odoo CE CI" });
    await get(`${repo}/commits/${sha}/statuses`);
    await get(`${repo}/commits/main/status`);
    await get(`${repo}/commits/main/check-runs`);

    const path = `${repo}/deployments`;
    const deployment = await post(path, { ref: "main", environment: "staging" });
    await get(path);
    await get(`${path}/${deployment.text("id")}`);
    const status = await post(`${path}/${deployment.text("id")}/statuses`, { state: "success" });
    await get(`${path}/${deployment.text("id")}/statuses`);
    await get(`${path}/${deployment.text("id")}/statuses/${status.text("id")}`);
    await remove(`${path}/${deployment.text("id")}`);
  });

  it("check runs, which only an app may write", async () => {
    const path = `${repo}/check-runs`;
    const asApp = { Authorization: "token app" };
    const run = { name: "Odoo CE CI", head_sha: "main", status: "in_progress" };
    const made = await client.send("POST", path, run, asApp);
    const end = { conclusion: "success", output: { title: "Green", summary: "" } };
    await client.send("PATCH", `${path}/${made.text("id")}`, end, asApp);
    await get(`${path}/${made.text("id")}`);
    await get(`${repo}/commits/main/check-runs`);
  });

  it("webhooks and their deliveries", async () => {
    const url = "http://127.0.0.1:9/nobody-listens";
    const hook = await post(`${repo}/hooks`, { config: { url, secret: "s" }, events: ["push"] });
    const path = `${repo}/hooks/${hook.text("id")}`;
    await get(`${repo}/hooks`);
    await get(path);
    await get(`${path}/config`);
    await patch(`${path}/config`, { content_type: "json" });
    await patch(path, { active: false });
    await post(`${path}/pings`);
    await get(`${path}/deliveries`);
    const [delivery] = await delivered(client, path, 1);
    await get(`${path}/deliveries/${delivery?.id}`);
    await post(`${path}/deliveries/${delivery?.id}/attempts`);
    await remove(path);
  });

  it("Dependabot", async () => {
    for (const path of [`${repo}/vulnerability-alerts`, `${repo}/automated-security-fixes`]) {
      await put(path);
      await get(path);
      await remove(path);
    }
  });

  it("runs of workflows, their jobs, logs and artifacts", async () => {
    const text = `on: { workflow_dispatch: {} }
jobs:
  deploy:
    environment: waits
    runs-on: ubuntu-latest
    steps:
      - run: echo kept > file
      - { uses: actions/upload-artifact@v7, with: { path: file } }
`;
    const { body } = await get("/users/ada");
    const reviewers = [{ type: "User", id: (body as { id: number }).id }];
    await put(`${repo}/environments/waits`, { reviewers });
    const content = Buffer.from(text).toString("base64");
    await put(`${repo}/contents/.github/workflows/run.yml`, { message: "A run", content });
    const runs = `${repo}/actions/runs`;
    await post(`${repo}/actions/workflows/run.yml/dispatches`, { ref: "main" });
    const run = `${runs}/${(await latestRun(client, "waiting")).text("id")}`;
    const pending = await get(`${run}/pending_deployments`);
    const environment_ids = [pending.value(0, "environment", "id")];
    await post(`${run}/pending_deployments`, { environment_ids, state: "approved", comment: "" });
    assert.equal((await latestRun(client)).text("conclusion"), "success");
    await get(`${run}/approvals`);
    await get(`${runs}?event=workflow_dispatch`);
    await get(`${repo}/actions/workflows/run.yml/runs`);
    const jobs = await get(`${run}/jobs`);
    await get(`${run}/attempts/1/jobs`);
    const job = `${repo}/actions/jobs/${jobs.text("jobs", 0, "id")}`;
    await get(job);
    const zip = Buffer.from("PK");
    assert.match(await (await download(client, await get(`${job}/logs`))).text(), /Kept as artifact/);
    for (const path of [`${run}/logs`, `${run}/attempts/1/logs`]) {
      const answer = await download(client, await get(path));
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()).subarray(0, 2), zip);
    }
    await get(`${repo}/actions/artifacts`);
    const artifacts = await get(`${run}/artifacts`);
    const artifact = `${repo}/actions/artifacts/${artifacts.text("artifacts", 0, "id")}`;
    await get(artifact);
    const kept = Buffer.from(await (await download(client, await get(`${artifact}/zip`))).arrayBuffer());
    assert.match(kept.toString("latin1"), /^PK.*filekept\n/s);
    await remove(artifact);
    for (const [again, end] of [
      ["rerun", "cancel"],
      ["rerun-failed-jobs", "force-cancel"],
    ]) {
      await post(`${run}/${again}`);
      await latestRun(client, "waiting");
      await post(`${run}/${end}`);
      await latestRun(client);
    }
    await remove(run);
  });

  it("leaves none out", () => {
    const unseen = Object.keys(operations).filter((id) => !client.seen.has(id));
    assert.deepEqual(unseen, []);
    assert.deepEqual(
      client.logged.filter((line) => line.includes("bug") || line.includes("not served")),
      [],
    );
  });
});
