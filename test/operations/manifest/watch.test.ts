import assert from "node:assert/strict";
import { watchManifest } from "../../../operations/manifest/watch.ts";
import { receivers } from "../../../sandbox/receivers/app.ts";
import { receiverKeys } from "../../../sandbox/receivers/keys.ts";
import { tables } from "../../../sandbox/github/state.ts";
import { memoryWorld } from "../../../sandbox/world.ts";
import { emulatedRepository } from "../../support/emulated-github.ts";
import { served } from "../doctor/patient.ts";

const finding = {
  rule: "manifest/pinned",
  path: "queue.version",
  fault: "is not pinned",
  fix: "write the version",
};
const file = ".github/workflows/verify-oca-ipai-manifest.yml";
const now = new Date("2026-11-26T00:00:00Z");

/** A repository whose workflow last succeeded so many hours ago, and one look at it. */
async function scene() {
  const { repository, world } = emulatedRepository({
    repositories: [{ owner: "acme", name: "erp", private: true, files: { [file]: "on: push\njobs: {}\n" } }],
  });
  const { octokit } = repository;
  const at = { owner: "acme", repo: "erp" };
  const { data } = await octokit.rest.actions.listRepoWorkflows(at);
  const workflow = data.workflows[0]?.id ?? 0;
  const { runs, repositories } = tables(world.store);
  const id = repositories.list()[0]?.id ?? 0;
  const head_sha = (await octokit.rest.git.getRef({ ...at, ref: "heads/main" })).data.object.sha;
  const succeeded = (hours: number): void => {
    const time = new Date(now.getTime() - hours * 3_600_000).toISOString();
    const at3 = { created_at: time, run_started_at: time, updated_at: time };
    const about = {
      repository: id,
      workflow,
      path: file,
      name: "verify",
      display_title: "verify",
      event: "schedule",
    };
    const where = { ref: "refs/heads/main", head_branch: "main", head_sha, payload: {} };
    runs.put(9000, {
      id: 9000,
      ...about,
      ...where,
      ...at3,
      run_number: 1,
      run_attempt: 1,
      status: "completed",
      conclusion: "success",
      actor: "ada",
      triggering_actor: "ada",
    });
  };
  const look = (findings: (typeof finding)[], env: NodeJS.ProcessEnv = {}) =>
    watchManifest({
      repository,
      workflow: "verify-oca-ipai-manifest.yml",
      findings,
      now,
      env,
      signal: AbortSignal.timeout(60_000),
    });
  const issues = async () => (await octokit.rest.issues.listForRepo({ ...at, state: "all" })).data;
  return { succeeded, look, issues };
}

describe("the watch over the manifests", () => {
  it("tells nobody in the first day, then opens one issue with the fix, and makes it urgent after two", async () => {
    const { succeeded, look, issues } = await scene();
    succeeded(23);
    assert.equal((await look([finding])).urgency, "fresh");
    assert.deepEqual(await issues(), []);
    succeeded(25);
    assert.equal((await look([finding])).urgency, "broken");
    const [first] = await issues();
    assert.match(first?.body ?? "", /\*\*Fix:\*\* write the version/);
    succeeded(50);
    assert.equal((await look([finding])).urgency, "urgent");
    const [second, ...others] = await issues();
    assert.deepEqual(others, []);
    assert.deepEqual(
      second?.labels.map((label) => (typeof label === "string" ? label : label.name)),
      ["platform: incident", "urgent"],
    );
  });

  it("closes the issue when all is in order again", async () => {
    const { succeeded, look, issues } = await scene();
    succeeded(25);
    await look([finding]);
    assert.equal((await look([])).urgency, "well");
    const [issue] = await issues();
    assert.equal(issue?.state, "closed");
    assert.equal(issue?.comments, 1);
    assert.equal((await look([])).issue, null);
  });

  it("tells the chats, and one that is down stops nothing", async () => {
    const { succeeded, look } = await scene();
    const world = memoryWorld();
    const token = "t".repeat(32);
    await served(receivers(world, token), async (origin) => {
      succeeded(25);
      const { told } = await look([finding], {
        MATTERMOST_WEBHOOK_URL: `${origin}/mattermost/hooks/${receiverKeys(token).mattermost}`,
        SLACK_WEBHOOK_URL: "http://127.0.0.1:9/closed",
      });
      assert.deepEqual(told, [{ chat: "Mattermost" }, { chat: "Slack", error: "Slack does not answer" }]);
      const heard = await (
        await fetch(`${origin}/messages`, { headers: { authorization: `Bearer ${token}` } })
      ).text();
      assert.match(heard, /Manifest broken since/);
    });
  });
});
