import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import type { Announcement } from "../../../operations/announce/announce.ts";
import { channelsOf } from "../../../operations/announce/channels.ts";
import { tellAll, type Told } from "../../../operations/announce/tell-all.ts";
import { Faults } from "../../../sandbox/faults.ts";
import { gitHub } from "../../../sandbox/github/app.ts";
import { receivers } from "../../../sandbox/receivers/app.ts";
import { type Message, messages } from "../../../sandbox/receivers/messages.ts";
import { Store } from "../../../sandbox/store.ts";
import { memoryWorld, type World } from "../../../sandbox/world.ts";
import { announcement, dispatch, everyChannel, previous, readingAt, token, webhookSecret } from "./sample.ts";

const githubToken = "token-of-the-tests";
const every = ["GitHub deployment", "GitHub incident", "Slack", "Mattermost", "PagerDuty", "Odoo"];

type Row = Record<string, unknown>;

/** GitHub and the receivers over sockets, empty for each scene, and where they are in the environment. */
function channels() {
  const before = { ...process.env };
  const servers: Server[] = [];
  let world: World;
  let receiversAt = "";
  let github: ReturnType<typeof gitHub>;
  const listen = async (app: { fetch: (request: Request) => Response | Promise<Response> }) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  beforeEach(async () => {
    world = memoryWorld({ store: new Store(), faults: new Faults() });
    github = gitHub(world, {
      token: githubToken,
      owner: "acme",
      people: ["ada"],
      repositories: [{ owner: "acme", name: "erp", private: true }],
    });
    receiversAt = await listen(receivers(world, token));
    process.env["GITHUB_BASE_URL"] = await listen(github);
    process.env["GITHUB_TOKEN"] = githubToken;
    process.env["PAGERDUTY_EVENTS_URL"] = `${receiversAt}/pagerduty`;
    process.env["ODOO_CALLBACK_URL"] = `${receiversAt}/odoo`;
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    for (const name of ["GITHUB_BASE_URL", "GITHUB_TOKEN", "PAGERDUTY_EVENTS_URL", "ODOO_CALLBACK_URL"])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  });
  return {
    world: () => world,
    tell: async (change: Partial<Announcement> = {}, ms = 60_000, patienceMs = ms): Promise<Told[]> => {
      const what = announcement(change);
      const reading = readingAt(receiversAt);
      const all = channelsOf({ stack: what.stack, settings: everyChannel(), reading, what });
      return await tellAll(all, AbortSignal.timeout(ms), AbortSignal.timeout(patienceMs));
    },
    arrived: (channel: Message["channel"]) => messages(world).list((one) => one.channel === channel),
    ask: async (path: string): Promise<Row[]> => {
      const headers = { authorization: `Bearer ${githubToken}` };
      return (await (await github.request(`/repos/acme/erp${path}`, { headers })).json()) as Row[];
    },
  };
}

describe("a deployment that failed", () => {
  const { tell, arrived, ask } = channels();

  it("is told everywhere at once", async () => {
    const told = await tell();
    assert.deepEqual(
      told,
      every.map((channel) => ({ channel, ok: true })),
    );
  });

  it("is an incident issue with what is known and the way on", async () => {
    await tell();
    const [issue] = await ask("/issues?labels=platform: incident");
    assert.equal(issue?.["title"], "[INCIDENT] Production deployment failed");
    const body = String(issue?.["body"]);
    for (const part of ["1.2.0 did not come: /web/login answers 500", "20261126-1300", "platform rollback"])
      assert.ok(body.includes(part), part);
    assert.ok(!body.includes("@everyone"), "nobody is called by what a task says");
  });

  it("is one issue, however often it fails, with a comment for each further time", async () => {
    await tell();
    await tell({ summary: "1.2.1 did not come either.", evidence: "/e/20261126-1400" });
    const issues = await ask("/issues");
    assert.equal(issues.length, 1);
    const comments = await ask("/issues/1/comments");
    assert.match(String(comments[0]?.["body"]), /1\.2\.1 did not come either/);
    assert.equal(comments.length, 1);
  });

  it("is an issue of its own for another stack", async () => {
    await tell();
    await tell({ stack: "staging", environment: "staging" });
    const titles = (await ask("/issues")).map(({ title }) => title);
    assert.deepEqual(titles.map(String).toSorted(), [
      "[INCIDENT] Production deployment failed",
      "[INCIDENT] Staging deployment failed",
    ]);
  });

  it("rings in Slack's #incidents and in Mattermost, and calls nobody by what a task says", async () => {
    await tell();
    const [slack] = arrived("slack");
    assert.deepEqual([slack?.to, slack?.urgent], ["#incidents", true]);
    const text = JSON.stringify(slack?.payload);
    assert.equal(text.match(/<!channel>/g)?.length, 2, "its own two, and not the task's");
    assert.match(text, /approval &lt;!channel&gt;/);
    const [mattermost] = arrived("mattermost");
    assert.deepEqual([mattermost?.to, mattermost?.urgent], ["ops", true]);
    assert.ok(!mattermost?.text.includes("@everyone"));
  });

  it("is PagerDuty's alarm, as bad as it is", async () => {
    const severity = () =>
      arrived("pagerduty").map(({ payload }) => (payload["payload"] as Row | undefined)?.["severity"]);
    await tell();
    await tell({ serves: previous });
    await tell({ environment: "staging" });
    assert.deepEqual(severity(), ["critical", "error", "warning"]);
    const keys = new Set(arrived("pagerduty").map(({ payload }) => payload["dedup_key"]));
    assert.deepEqual([...keys], ["odoo-platform/erp.example.com/prod/deployment"]);
  });

  it("is the task's state in Odoo: rolled back where the release before serves, and failed where none does", async () => {
    await tell({ serves: previous });
    await tell();
    assert.deepEqual(
      arrived("odoo").map(({ payload }) => [payload["task_id"], payload["state"], payload["serving_tag"]]),
      [
        [1234, "Rolled Back", "1.1.0"],
        [1234, "Failed", null],
      ],
    );
  });

  it("is signed to Odoo over time and body, with the deployment's number and time", async () => {
    await tell();
    const [{ signature, payload } = {}] = arrived("odoo");
    assert.ok(signature && payload);
    const signed = `${signature.timestamp}.${signature.body}`;
    const expected = createHmac("sha256", webhookSecret).update(signed).digest("hex");
    assert.equal(signature.value, `sha256=${expected}`);
    const [deployment] = await ask("/deployments");
    assert.deepEqual(
      [payload["deployment_id"], payload["github_deployment_id"], payload["nonce"]],
      ["20261126-1300", deployment?.["id"], dispatch.nonce],
    );
    assert.ok(Math.abs(Date.parse(String(payload["deployed_at"])) - Date.now()) < 60_000);
  });

  it("is nothing to Odoo where no task asked for it", async () => {
    const { dispatch: _, ...bare } = announcement();
    await tell({ ...bare, dispatch: undefined } as unknown as Announcement);
    assert.deepEqual(arrived("odoo"), []);
  });
});

describe("a deployment, from its start to its end", () => {
  const { tell, arrived, ask } = channels();

  it("is one deployment at GitHub, whose states follow each other", async () => {
    await tell({ kind: "started" });
    await tell({ kind: "deployed" });
    const deployments = await ask("/deployments");
    assert.deepEqual(
      deployments.map((one) => [one["environment"], one["production_environment"]]),
      [["prod", true]],
    );
    const statuses = await ask(`/deployments/${String(deployments[0]?.["id"])}/statuses`);
    assert.deepEqual(
      statuses.map(({ state }) => state),
      ["success", "in_progress"],
    );
  });

  it("is quiet news in Slack's #deployments, and no alarm", async () => {
    await tell({ kind: "started" });
    await tell({ kind: "deployed" });
    assert.deepEqual(
      arrived("slack").map(({ to, urgent }) => [to, urgent]),
      [
        ["#deployments", false],
        ["#deployments", false],
      ],
    );
    assert.deepEqual(
      arrived("pagerduty").map(({ to }) => to),
      ["resolve"],
    );
    assert.deepEqual(await ask("/issues?state=all"), []);
  });

  it("of a commit that the repository has stands at that commit, else at the branch", async () => {
    const [commit] = await ask("/commits");
    const gitSha = String(commit?.["sha"]);
    await tell({ kind: "started", release: { ...previous, gitSha } });
    await tell({ kind: "started", release: { ...previous, tag: "other", gitSha: "f".repeat(40) } });
    assert.deepEqual(
      (await ask("/deployments")).map(({ ref }) => ref),
      ["main", gitSha],
    );
  });
});

for (const kind of ["deployed", "rolledBack", "recovered"] as const)
  describe(`an incident, when ${kind} is told`, () => {
    const { tell, arrived, ask } = channels();

    it("is closed, with a word why, and PagerDuty's alarm with it", async () => {
      await tell();
      await tell({ kind, summary: "1.2.1 serves and is well." });
      const [issue] = await ask("/issues?state=all");
      assert.deepEqual([issue?.["state"], issue?.["state_reason"]], ["closed", "completed"]);
      const [comment] = await ask("/issues/1/comments");
      assert.match(String(comment?.["body"]), /1\.2\.1 serves and is well/);
      const events = arrived("pagerduty").map(({ to, payload }) => [to, payload["dedup_key"]]);
      const key = "odoo-platform/erp.example.com/prod/deployment";
      assert.deepEqual(events, [
        ["trigger", key],
        ["resolve", key],
      ]);
    });

    it("of another stack stays open", async () => {
      await tell({ stack: "staging", environment: "staging" });
      await tell({ kind });
      assert.equal((await ask("/issues?state=open")).length, 1);
    });
  });

describe("a channel that is down", () => {
  const { tell, world, arrived } = channels();
  const failing = (told: Told[]) => told.filter(({ ok }) => !ok);

  it("keeps no other one waiting, and is told of", async () => {
    world().faults.add({ name: "no-answer", match: "/slack/" });
    const telling = tell({}, 5000);
    const arrival = (async () => {
      for (let looks = 0; looks < 1000 && arrived("odoo").length === 0; looks += 1) await sleep(10);
      return "arrived" as const;
    })();
    assert.equal(
      await Promise.race([arrival, telling]),
      "arrived",
      "the others are told before it is given up",
    );
    assert.deepEqual(failing(await telling), [{ channel: "Slack", ok: false, error: "no answer in time" }]);
  });

  it("that is only slow is not waited for, and is told all the same", async () => {
    world().faults.add({ name: "slow-api", match: "/slack/", times: 1 });
    const told = await tell({}, 60_000, 1500);
    assert.deepEqual(failing(told), [{ channel: "Slack", ok: false, error: "no answer in time" }]);
    assert.equal(arrived("slack").length, 0);
    const began = performance.now();
    while (arrived("slack").length === 0 && performance.now() - began < 5000) await sleep(20);
    assert.equal(arrived("slack").length, 1);
  });

  it("is asked a second time where it may have been a hiccup", async () => {
    world().faults.add({ name: "server-error", match: "/mattermost/", times: 1 });
    world().faults.add({ name: "rate-limit", match: "/pagerduty/", times: 1 });
    assert.deepEqual(failing(await tell()), []);
    assert.equal(arrived("mattermost").length, 1);
  });

  it("is told of by what it said, without its address, which is a secret", async () => {
    world().faults.add({ name: "expired-token", match: "/slack/" });
    world().faults.add({ name: "server-error", vendor: "github" });
    const told = failing(await tell());
    assert.deepEqual(
      told.map(({ channel, error }) => [channel, error]),
      [
        ["GitHub deployment", "GitHub did not answer when told of the deployment"],
        ["GitHub incident", "GitHub did not answer when told of the incident"],
        ["Slack", "Slack answers 404 no_service"],
      ],
    );
  });

  it("does not keep Odoo's call from going out when it is GitHub", async () => {
    world().faults.add({ name: "server-error", vendor: "github" });
    await tell();
    assert.equal(arrived("odoo")[0]?.payload["github_deployment_id"], null);
  });

  it("may be Odoo, which does not know the task", async () => {
    world().faults.add({ name: "unknown-task" });
    assert.deepEqual(failing(await tell()), [{ channel: "Odoo", ok: false, error: "Odoo answers 404" }]);
  });
});
