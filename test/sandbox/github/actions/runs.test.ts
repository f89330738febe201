import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client, sealed } from "../support.ts";
import { jobsOf, latestRun, logOf, repo, repositoryWith, running } from "./support.ts";

/** A world for one scene, ended after it. */
async function scene(
  workflows: Record<string, string>,
  play: (client: Client, world: ReturnType<typeof running>) => Promise<void>,
  more: Parameters<typeof running>[0] = {},
): Promise<void> {
  const world = running({ repositories: repositoryWith(workflows), ...more });
  const client = new Client(world.options, { store: world.store });
  try {
    await play(client, world);
  } finally {
    await world.close();
  }
}

const dispatch = (client: Client, payload: Record<string, unknown> = {}) =>
  client.post(`${repo}/dispatches`, { event_type: "deploy", client_payload: payload });

const onDispatch = "on: { repository_dispatch: { types: [deploy] } }\n";

describe("a workflow of the emulated GitHub", () => {
  it("runs for real on a dispatch, with its payload, secrets and variables, and covers the secrets in its log", async () => {
    const workflow = `name: Deploy
${onDispatch}
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    outputs: { tag: "\${{ steps.tag.outputs.tag }}" }
    steps:
      - id: tag
        env: { TAG: "\${{ github.event.client_payload.tag }}" }
        run: echo "tag=$TAG" >> "$GITHUB_OUTPUT"
  deploy:
    needs: build
    runs-on: ubuntu-24.04
    steps:
      - env: { TAG: "\${{ needs.build.outputs.tag }}", KEY: "\${{ secrets.KEY }}", PLACE: "\${{ vars.PLACE }}" }
        run: |
          echo "deploys $TAG to $PLACE with $KEY"
          echo "$KEY" | tr a-z A-Z
`;
    await scene({ "deploy.yml": workflow }, async (client) => {
      await client.put(`${repo}/actions/secrets/KEY`, await sealed(client, `${repo}/actions`, "hush-hush"));
      await client.post(`${repo}/actions/variables`, { name: "PLACE", value: "sgp1" });
      assert.equal((await dispatch(client, { tag: "1.0.1" })).status, 204);
      const run = await latestRun(client);
      assert.equal(run.text("conclusion"), "success");
      assert.equal(run.text("event"), "repository_dispatch");
      assert.deepEqual(await jobsOf(client, run), { build: "success", deploy: "success" });
      const log = await logOf(client, run, "deploy");
      assert.match(log, /deploys 1\.0\.1 to sgp1 with \*\*\*/);
      // The run had the secret itself.
      assert.match(log, /HUSH-HUSH/);
    });
  });

  it("that fails says so, and what needs it is skipped, but for what waits for failures", async () => {
    const workflow = `${onDispatch}
jobs:
  bad: { runs-on: ubuntu-latest, steps: [{ name: breaks, run: exit 3 }] }
  after: { needs: bad, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  rescue: { needs: [bad], if: failure(), runs-on: ubuntu-latest, steps: [{ run: "test '\${{ needs.bad.result }}' = failure" }] }
`;
    await scene({ "a.yml": workflow }, async (client) => {
      await dispatch(client);
      const run = await latestRun(client);
      assert.equal(run.text("conclusion"), "failure");
      assert.deepEqual(await jobsOf(client, run), { bad: "failure", after: "skipped", rescue: "success" });
      const jobs = await client.get(`${repo}/actions/runs/${run.text("id")}/jobs`);
      assert.equal(jobs.text("jobs", 0, "steps", 0, "name"), "breaks");
      assert.equal(jobs.text("jobs", 0, "steps", 0, "conclusion"), "failure");
      const checks = await client.get(`${repo}/commits/main/check-runs?check_name=bad`);
      assert.equal(checks.text("check_runs", 0, "conclusion"), "failure");
    });
  });

  it("calls another with inputs and inherited secrets, and runs once for each of its matrix", async () => {
    const caller = `${onDispatch}
jobs:
  back: { uses: ./.github/workflows/rollback.yml, with: { stack: "\${{ github.event.client_payload.stack }}" }, secrets: inherit }
`;
    const called = `on: { workflow_call: { inputs: { stack: { type: string, required: true } } } }
jobs:
  go:
    name: go back
    strategy: { matrix: { of: [code, data] } }
    runs-on: ubuntu-latest
    steps: [{ env: { STACK: "\${{ inputs.stack }}", OF: "\${{ matrix.of }}" }, run: 'echo "$OF of $STACK"' }]
`;
    await scene({ "deploy.yml": caller, "rollback.yml": called }, async (client) => {
      await dispatch(client, { stack: "prod" });
      const run = await latestRun(client);
      const jobs = await client.get(`${repo}/actions/runs/${run.text("id")}/jobs`);
      assert.equal(jobs.value("total_count"), 2);
      assert.match(await logOf(client, run, "back / go back"), /(code|data) of prod/);
      assert.equal(run.text("conclusion"), "success");
    });
  });

  it("waits for a reviewer of its environment, who may be one, and has its secrets then", async () => {
    const workflow = `${onDispatch}
jobs:
  deploy:
    environment: prod
    runs-on: ubuntu-latest
    steps: [{ env: { KEY: "\${{ secrets.KEY }}" }, run: 'test "$KEY" = of-prod' }]
`;
    const play = async (client: Client): Promise<void> => {
      const bob = (await client.get("/users/bob")).value("id");
      await client.put(`${repo}/environments/prod`, { reviewers: [{ type: "User", id: bob }] });
      await client.put(
        `${repo}/environments/prod/secrets/KEY`,
        await sealed(client, `${repo}/environments/prod`, "of-prod"),
      );
      await dispatch(client);
      const run = await latestRun(client, "waiting");
      const path = `${repo}/actions/runs/${run.text("id")}/pending_deployments`;
      const pending = await client.get(path);
      assert.equal(pending.text(0, "environment", "name"), "prod");
      assert.equal(pending.value(0, "current_user_can_approve"), false);
      const agreed = {
        environment_ids: [pending.value(0, "environment", "id")],
        state: "approved",
        comment: "go",
      };
      assert.equal((await client.post(path, agreed)).status, 422);
      const asBob = { Authorization: "Bearer of-bob" };
      assert.equal((await client.send("POST", path, agreed, asBob)).status, 200);
      assert.equal((await latestRun(client)).text("conclusion"), "success");
      assert.equal(
        (await client.get(`${repo}/actions/runs/${run.text("id")}/approvals`)).text(0, "user", "login"),
        "bob",
      );
    };
    await scene(
      { "deploy.yml": workflow },
      async (client, { options, runner }) => {
        runner.tokens.push({ value: "of-bob", login: "bob", kind: "classic", scopes: ["repo"] });
        options.plan = "enterprise";
        await play(client);
      },
      { plan: "enterprise" },
    );
  });

  it("may not deploy to an environment from a branch that this does not allow", async () => {
    const workflow =
      "on: push\njobs: { deploy: { environment: prod, runs-on: ubuntu-latest, steps: [{ run: 'true' }] } }\n";
    await scene({ "a.yml": workflow }, async (client) => {
      const policy = { protected_branches: false, custom_branch_policies: true };
      await client.put(`${repo}/environments/prod`, { deployment_branch_policy: policy });
      await client.post(`${repo}/environments/prod/deployment-branch-policies`, { name: "main" });
      const main = await client.get(`${repo}/git/ref/heads/main`);
      await client.post(`${repo}/git/refs`, { ref: "refs/heads/other", sha: main.text("object", "sha") });
      const run = await latestRun(client);
      assert.equal(run.text("conclusion"), "failure");
      assert.match(await logOf(client, run, "deploy"), /Branch "other" is not allowed to deploy to prod/);
    });
  });

  it("is cancelled with all that it has started, and leaves nothing behind", async () => {
    const workflow = `${onDispatch}jobs: { long: { runs-on: ubuntu-latest, steps: [{ run: "echo began; sleep 4321" }] } }\n`;
    await scene({ "a.yml": workflow }, async (client, { dir }) => {
      await dispatch(client);
      const run = await latestRun(client, "in_progress");
      for (let log = ""; !log.includes("began");) log = await logOf(client, run, "long");
      assert.equal((await client.post(`${repo}/actions/runs/${run.text("id")}/cancel`)).status, 202);
      assert.equal((await latestRun(client)).text("conclusion"), "cancelled");
      assert.deepEqual(readdirSync(join(dir, "work")), []);
      assert.deepEqual(await processesWith("sleep 4321"), []);
      assert.equal((await client.post(`${repo}/actions/runs/${run.text("id")}/cancel`)).status, 409);
    });
  });

  it("that is cancelled still does what it does in any case", async () => {
    const workflow = `${onDispatch}jobs:
  long:
    runs-on: ubuntu-latest
    steps: [{ run: echo began; sleep 4322 }, { run: echo more }, { if: always(), run: echo evidence is kept }]
`;
    await scene({ "a.yml": workflow }, async (client) => {
      await dispatch(client);
      const run = await latestRun(client, "in_progress");
      for (let log = ""; !log.includes("began");) log = await logOf(client, run, "long");
      await client.post(`${repo}/actions/runs/${run.text("id")}/cancel`);
      assert.equal((await latestRun(client)).text("conclusion"), "cancelled");
      const log = await logOf(client, run, "long");
      assert.match(log, /^\S+ evidence is kept$/m);
      assert.doesNotMatch(log, /^\S+ more$/m);
      assert.deepEqual(await processesWith("sleep 4322"), []);
    });
  });

  it("waits for its turn in its concurrency group, and a newer one takes the place of one that waits", async () => {
    const workflow = `${onDispatch}concurrency: { group: "stack-\${{ github.event.client_payload.stack }}", cancel-in-progress: false }
jobs: { one: { runs-on: ubuntu-latest, steps: [{ run: sleep 0.4 }] } }
`;
    await scene({ "a.yml": workflow }, async (client) => {
      for (const stack of ["prod", "prod", "prod", "staging"]) await dispatch(client, { stack });
      await latestRun(client);
      await latestRun(client, "completed", "&status=completed");
      const ended = async () =>
        (await client.get(`${repo}/actions/runs`)).value("workflow_runs") as { conclusion: string | null }[];
      let runs = await ended();
      while (runs.some(({ conclusion }) => conclusion === null)) runs = await ended();
      assert.deepEqual(
        runs.map(({ conclusion }) => conclusion),
        ["success", "success", "cancelled", "success"],
      );
    });
  });

  it("writes with the token that its permissions give it, sets nothing going by that, and no longer after it", async () => {
    const workflow = `${onDispatch}
jobs:
  token:
    permissions: { issues: write }
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "$GITHUB_API_URL $GITHUB_REPOSITORY $GITHUB_SHA"; sleep 30', env: { GITHUB_TOKEN: "\${{ github.token }}" } }]
`;
    const onIssue = "on: issues\njobs: { one: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] } }\n";
    await scene({ "a.yml": workflow, "b.yml": onIssue }, async (client, { runner }) => {
      await dispatch(client);
      const run = await latestRun(client, "in_progress");
      while (runner.tokens.length === 0) await new Promise((done) => setTimeout(done, 10));
      const [token] = runner.tokens;
      const headers = { Authorization: `Bearer ${token?.value}` };
      const issue = await client.send("POST", `${repo}/issues`, { title: "Drift" }, headers);
      assert.equal(issue.status, 201);
      assert.equal(issue.text("user", "login"), "github-actions[bot]");
      assert.equal((await client.send("GET", `${repo}/contents/README.md`, undefined, headers)).status, 403);
      await client.post(`${repo}/actions/runs/${run.text("id")}/cancel`);
      await latestRun(client);
      assert.equal((await client.get(`${repo}/actions/runs`)).value("total_count"), 1);
      assert.equal((await client.send("GET", `${repo}/issues`, undefined, headers)).status, 401);
    });
  });

  it("is run again under its number, all of it or what failed", async () => {
    const workflow = `${onDispatch}
jobs:
  good: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  bad: { runs-on: ubuntu-latest, steps: [{ run: 'test "$GITHUB_RUN_ATTEMPT" = 2' }] }
`;
    await scene({ "a.yml": workflow }, async (client) => {
      await dispatch(client);
      const run = await latestRun(client);
      assert.equal(run.text("conclusion"), "failure");
      await client.post(`${repo}/actions/runs/${run.text("id")}/rerun-failed-jobs`);
      const again = await latestRun(client);
      assert.equal(again.text("id"), run.text("id"));
      assert.equal(again.value("run_attempt"), 2);
      assert.equal(again.text("conclusion"), "success");
      assert.deepEqual(await jobsOf(client, again), { bad: "success" });
    });
  });

  it("that is switched off is not run, nor is one of another event", async () => {
    const workflow = `${onDispatch}jobs: { one: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n`;
    await scene(
      { "a.yml": workflow, "b.yml": workflow.replace("deploy", "other") },
      async (client, { dir }) => {
        await client.put(`${repo}/actions/workflows/a.yml/disable`);
        await dispatch(client);
        await new Promise((done) => setTimeout(done, 50));
        assert.equal((await client.get(`${repo}/actions/runs`)).value("total_count"), 0);
        assert.equal(existsSync(join(dir, "work")), false);
      },
    );
  });
});

async function processesWith(words: string): Promise<string[]> {
  const { execFile } = await import("node:child_process");
  const out = await new Promise<string>((done) =>
    execFile("ps", ["-Ao", "args="], (_, stdout) => done(stdout)),
  );
  return out.split("\n").filter((line) => line.trim() === words);
}
