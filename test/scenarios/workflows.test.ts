import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Dispatch } from "../../operations/dispatch/dispatch.ts";
import { marker } from "../../operations/pull-request/comment.ts";
import { Actions } from "../support/actions.ts";
import { World } from "../support/world.ts";

const stack = "sandbox-app";

// The workflow files are those of the checkout's last commit: an edited one has to be committed to be seen here.
describe("the sandbox's GitHub runs the workflows of this checkout", () => {
  const world = new World();
  const actions = new Actions(world);
  before(async () => {
    await world.start();
    await world.json(["up", "--stack", stack, "--yes"]);
    await actions.send("PATCH", "/actions/variables/PLATFORM_ENVIRONMENTS", {
      value: `{"sandbox":"${stack}"}`,
    });
    await actions.send("PATCH", "/actions/variables/PLATFORM_STACKS", { value: `["${stack}"]` });
  });
  after(() => world.remove());

  const sign = async (tag: string): Promise<Dispatch> =>
    (await world.json(["dispatch", "sign", "--stack", stack, "--release", tag, "--task", "7"]))[
      "payload"
    ] as Dispatch;
  const dispatch = async (payload: object) =>
    (
      await actions.during(["deploy"], () =>
        actions.send("POST", "/dispatches", { event_type: "deploy", client_payload: payload }),
      )
    )["deploy"] ?? assert.fail("no run");
  /** The tag of what the stack says that runs. */
  const running = async (): Promise<string> => {
    const { stdout } = await world.pulumi(["stack", "output", "--json", "--stack", stack]);
    return (JSON.parse(stdout) as { release: { tag: string } }).release.tag;
  };

  let good: Dispatch;

  it("and a signed dispatch ends in the new release serving, with its evidence kept, and nothing of the run left", async () => {
    good = await sign("19.0.1");
    const run = await dispatch(good);
    assert.equal(run.conclusion, "success", await actions.log(run, "deploy"));
    assert.equal(run.event, "repository_dispatch");
    assert.equal(run.display_title, "deploy 19.0.1 to sandbox");
    assert.deepEqual(await actions.jobs(run), { deploy: "success", rollback: "skipped" });
    assert.match(await actions.log(run, "deploy"), /sandbox-app: 19\.0\.1 serves\./);
    assert.equal(await running(), "19.0.1");
    const evidence = await actions.get<{ name: string }[]>(`/contents/docs/evidence/${stack}?ref=evidence`);
    assert.equal(evidence.length, 1);
    const { artifacts } = await actions.get<{ artifacts: { name: string }[] }>(
      `/actions/runs/${run.id}/artifacts`,
    );
    assert.deepEqual(
      artifacts.map(({ name }) => name),
      ["evidence"],
    );
    assert.deepEqual(readdirSync(join(world.sandbox, "actions", "work")), []);
    const [deployment] =
      await actions.get<{ environment: string; payload: { tag?: string } }[]>("/deployments");
    assert.equal(deployment?.environment, stack);
  });

  it("and no secret of the stack stands in a log", async () => {
    const { stdout } = await world.pulumi(["config", "get", "webhookSecret", "--stack", stack]);
    const logs = execFileSync("sh", ["-c", `cat "${world.sandbox}"/actions/logs/*/*.log`], {
      encoding: "utf8",
    });
    assert.match(logs, /serves/);
    assert.equal(logs.includes(stdout.trim()), false);
    assert.equal(logs.includes(world.run().credentials.githubToken), false);
  });

  it("and a forged, an altered and a replayed one are refused, with nothing run", async () => {
    const deployments = await actions.get<unknown[]>("/deployments");
    const altered = { ...(await sign("19.0.2")), image_tag: "6.6.6" };
    for (const [payload, why] of [
      [{ ...altered, signature: "0".repeat(64) }, /signature is not good/],
      [altered, /signature is not good/],
      [good, /was used before/],
      [{ environment: "sandbox" }, /no payload of a deployment/],
    ] as const) {
      const run = await dispatch(payload);
      assert.equal(run.conclusion, "failure");
      assert.deepEqual(await actions.jobs(run), { deploy: "failure", rollback: "skipped" });
      assert.match(await actions.log(run, "deploy"), why);
    }
    assert.equal(await running(), "19.0.1");
    assert.deepEqual(await actions.get("/deployments"), deployments);
  });

  it("and a deployment by hand takes the same names as inputs", async () => {
    const payload = await sign("19.0.2");
    const inputs = Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
    const { deploy } = await actions.during(["deploy"], () =>
      actions.send("POST", "/actions/workflows/deploy.yml/dispatches", { ref: "main", inputs }),
    );
    assert.equal(deploy?.conclusion, "success", deploy && (await actions.log(deploy, "deploy")));
    assert.equal(await running(), "19.0.2");
  });

  it("and a release that does not come leaves the old one serving, an incident open, and people told", async () => {
    await world.break({ name: "failed-deployment", vendor: "digitalocean", times: 1 });
    const run = await dispatch(await sign("19.0.1"));
    await world.mend();
    assert.equal(run.conclusion, "failure");
    const log = await actions.log(run, "deploy");
    // It has gone back by itself, so that nobody has to call for it.
    assert.match(log, /##\[error\]exit status 1\n/, log);
    assert.deepEqual(await actions.jobs(run), { deploy: "failure", rollback: "skipped" });
    assert.equal(await running(), "19.0.2");
    const incidents = await actions.get<{ title: string; body: string }[]>(
      "/issues?labels=platform%3A%20incident",
    );
    assert.match(incidents[0]?.title ?? "", /^\[INCIDENT\]/);
    assert.ok(incidents[0]?.body.includes(run.html_url), incidents[0]?.body);
    const { messages } = await world.json(["sandbox", "messages"]);
    const slack = (messages as { channel: string; urgent: boolean }[]).filter(
      ({ channel }) => channel.toLowerCase() === "slack",
    );
    assert.ok(slack.some(({ urgent }) => urgent));
  });

  it("and one that cannot even go back is gone back from by rollback.yml", async () => {
    await world.break({ name: "failed-deployment", vendor: "digitalocean", times: 2 });
    const run = await dispatch(await sign("19.0.1"));
    await world.mend();
    assert.equal(run.conclusion, "failure");
    assert.match(await actions.log(run, "deploy"), /##\[error\]exit status 12\n/);
    const name = "rollback / rollback";
    assert.deepEqual(
      await actions.jobs(run),
      { deploy: "failure", [name]: "success" },
      await actions.log(run, name),
    );
    assert.equal(await running(), "19.0.2");
  });

  it("and going back by hand brings the update that is named", async () => {
    const { updates } = (await world.json(["history", "--stack", stack, "--all"])) as unknown as {
      updates: { number: number; result: string; release: { tag: string } | null }[];
    };
    const to = updates.find(({ result, release }) => result === "succeeded" && release?.tag === "19.0.1");
    const inputs = { stack, to: String(to?.number) };
    const { rollback } = await actions.during(["rollback"], () =>
      actions.send("POST", "/actions/workflows/rollback.yml/dispatches", { ref: "main", inputs }),
    );
    assert.equal(rollback?.conclusion, "success", rollback && (await actions.log(rollback, "rollback")));
    assert.equal(await running(), "19.0.1");
  });

  it("and a schedule that is set going by hand", async () => {
    const listed = await world.json(["sandbox", "schedule"]);
    assert.equal(listed["on"], false);
    const name = "verify-oca-ipai-manifest";
    const runs = await actions.during([name], () =>
      world.json(["sandbox", "schedule", "--fire", `${name}.yml`]),
    );
    assert.equal(runs[name]?.event, "schedule");
    assert.deepEqual(runs[name] && (await actions.jobs(runs[name])), { [name]: "success", watch: "success" });
    assert.match(runs[name] ? await actions.log(runs[name], "watch") : "", /The manifests are in order\./);
    const { exit } = await world.answer(["sandbox", "schedule", "--fire", "deploy.yml"]);
    assert.equal(exit, "badInput");
  });

  it("and a pull request gets one comment, edited in place", async () => {
    const { object } = await actions.get<{ object: { sha: string } }>("/git/ref/heads/main");
    await actions.send("POST", "/git/refs", { ref: "refs/heads/change", sha: object.sha });
    const change = async (text: string): Promise<unknown> => {
      const content = Buffer.from(text).toString("base64");
      return await actions.send("PUT", "/contents/notes.md", {
        message: text,
        content,
        branch: "change",
        ...(await shaOf("notes.md")),
      });
    };
    const shaOf = async (path: string): Promise<object> => {
      const answer = await world.vendor(
        "github",
        "GET",
        `/repos/sandbox/odoo-addons/contents/${path}?ref=change`,
      );
      return answer.ok ? { sha: ((await answer.json()) as { sha: string }).sha } : {};
    };
    await change("one");
    let number: unknown;
    const opened = await actions.during(["preview"], async () => {
      ({ number } = await actions.send("POST", "/pulls", {
        title: "A change",
        head: "change",
        base: "main",
      }));
    });
    const run = opened["preview"] ?? assert.fail("no run");
    assert.deepEqual(await actions.jobs(run), {
      [`preview ${stack}`]: "success",
      manifest: "success",
      comment: "success",
    });
    const comments = async () =>
      await actions.get<{ id: number; body: string; user: { login: string } }[]>(
        `/issues/${String(number)}/comments`,
      );
    const [first, ...others] = await comments();
    assert.deepEqual(others, []);
    assert.equal(first?.user.login, "github-actions[bot]");
    assert.ok(first?.body.startsWith(`${marker}\n\n## Changes nothing that runs`), first?.body);

    // More than the budget: a policy forbids it, and the check is red.
    world.edit(stack, ["budget", "usdPerMonth"], 10);
    const pushed = await actions.during(["preview"], () => change("two"));
    world.edit(stack, ["budget", "usdPerMonth"], 80);
    assert.equal(pushed["preview"]?.conclusion, "failure");
    const [second, ...more] = await comments();
    assert.deepEqual(more, []);
    assert.equal(second?.id, first?.id);
    assert.match(
      second?.body ?? "",
      /## ⛔ Not to be merged: 1 policy violation[^]*\*\*over\*\* the budget 10\.00 USD/,
    );
    const checks = await actions.get<{ check_runs: { name: string; conclusion: string }[] }>(
      `/commits/change/check-runs`,
    );
    const named = Object.fromEntries(checks.check_runs.map(({ name, conclusion }) => [name, conclusion]));
    assert.equal(named[`preview ${stack}`], "failure");
    assert.equal(named["manifest"], "success");
  });

  it("and what is in the midst of running ends with the sandbox", async () => {
    await actions.send("POST", "/dispatches", { event_type: "deploy", client_payload: await sign("19.0.2") });
    await world.until(
      () =>
        existsSync(join(world.sandbox, "actions", "work")) &&
        readdirSync(join(world.sandbox, "actions", "work")).length > 0,
    );
    await world.json(["sandbox", "down"]);
    const left = execFileSync(
      "sh",
      ["-c", `ps -Ao args= | grep -F "${world.sandbox}" | grep -v grep || true`],
      { encoding: "utf8" },
    );
    assert.equal(left, "");
    await world.json(["sandbox", "up", "--only-world"]);
    const [run] = await actions.runs();
    assert.equal(run?.conclusion, "cancelled");
  });
});
