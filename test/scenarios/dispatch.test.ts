import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { announce } from "../../operations/announce/announce.ts";
import { acceptDispatch, type Dispatch } from "../../operations/dispatch/dispatch.ts";
import type { Message } from "../../sandbox/receivers/messages.ts";
import { refusalOf } from "../support/user-error.ts";
import { World } from "../support/world.ts";

const stack = "sandbox-app";

describe("a deployment that is asked for from outside", () => {
  const world = new World();
  before(async () => {
    await world.start();
    await world.json(["init", "--stack", stack, "--kind", "app"]);
    await world.json(["up", "--stack", stack, "--yes"]);
  });
  after(() => world.remove());

  /** Runs something in this process as a verb would be run in the world. */
  async function inside<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const before = { ...process.env };
    Object.assign(process.env, world.env());
    try {
      return await run(AbortSignal.timeout(60_000));
    } finally {
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }
  const accept = (payload: unknown): Promise<Dispatch> =>
    inside((signal) => acceptDispatch(stack, payload, signal));
  const sign = async (...more: string[]): Promise<Dispatch> => {
    const args = ["dispatch", "sign", "--stack", stack, "--release", "1.0.1", "--task", "1234", ...more];
    return (await world.json(args))["payload"] as Dispatch;
  };
  const messages = async (): Promise<Message[]> =>
    (await world.json(["sandbox", "messages"]))["messages"] as Message[];
  const logged = (): string =>
    world
      .logs()
      .filter((name) => name.endsWith("-dispatch.log"))
      .map((name) => readFileSync(join(world.project, ".platform", "logs", name), "utf8"))
      .join("");

  it("is accepted once, after Odoo was asked about its task, and refused when it comes again", async () => {
    const payload = await sign("--by", "Ada Lovelace");
    assert.deepEqual(await accept(payload), payload);
    const [asked] = (await messages()).filter(({ to }) => to === "/odoo_platform/task");
    assert.equal(asked?.payload["task_id"], 1234);
    const { exit, message } = await refusalOf(() => accept(payload));
    assert.deepEqual(
      [exit, message],
      ["notAuthenticated", "the dispatch was used before; each is good for one time"],
    );
    assert.match(logged(), /accepted: .*Ada Lovelace[^]*refused: .*\nwhy: the dispatch was used before/);
    assert.ok(!logged().includes(payload.signature));
  });

  it("is refused when it was altered, and its nonce stays good", async () => {
    const payload = await sign();
    const altered = { ...payload, image_tag: "6.6.6" };
    assert.match((await refusalOf(() => accept(altered))).message, /signature is not good/);
    assert.deepEqual(await accept(payload), payload);
  });

  it("is refused for a task that Odoo does not know, and goes on when Odoo cannot be asked", async () => {
    const payload = await sign();
    await world.break({ name: "unknown-task" });
    assert.match((await refusalOf(() => accept(payload))).message, /task 1234 is unknown in Odoo/);
    await world.mend();
    await world.break({ name: "server-error", vendor: "receivers" });
    assert.deepEqual(await accept(payload), payload);
    assert.match(logged(), /note: Odoo answered 500 when asked about task 1234/);
    await world.mend();
  });

  it("is accepted by the secret before while a new one is handed round", async () => {
    const { stdout } = await world.pulumi(["config", "get", "webhookSecret", "--stack", stack]);
    const payload = await sign();
    await world.setConfig(stack, "webhookSecretPrevious", stdout.trim(), "secret");
    await world.setConfig(stack, "webhookSecret", "another-secret-of-the-stack", "secret");
    assert.deepEqual(await accept(payload), payload);
    const later = await sign();
    assert.deepEqual(await accept(later), later);
  });

  it("is sent to GitHub as a repository_dispatch", async () => {
    const args = ["dispatch", "send", "--stack", stack, "--release", "1.0.1", "--task", "7"];
    const { repository, payload } = await world.json(args);
    assert.equal(repository, "sandbox/odoo-addons");
    assert.deepEqual(await accept(payload), payload);
  });

  it("is told to every channel of a stack, which has them all by itself in the sandbox", async () => {
    const dispatch = await accept(await sign());
    const release = { registry: "ghcr.io", repository: "sandbox/odoo", tag: "1.0.1" };
    const told = await inside((signal) =>
      announce(
        stack,
        {
          kind: "failed",
          stack,
          environment: "sandbox",
          url: "https://odoo.sandbox-app.test",
          release,
          actor: "Ada",
          summary: "1.0.1 did not come.",
          evidence: "/e/20261126-1300",
          dispatch,
        },
        signal,
      ),
    );
    assert.deepEqual(
      told.filter(({ ok }) => !ok),
      [],
    );
    assert.deepEqual(
      told.map(({ channel }) => channel),
      ["GitHub deployment", "GitHub incident", "Slack", "Mattermost", "PagerDuty", "Odoo"],
    );
    const urgent = (await messages()).filter((one) => one.urgent).map(({ channel, to }) => [channel, to]);
    assert.deepEqual(urgent.map((one) => one.join(" ")).toSorted(), [
      "mattermost deployments",
      "slack #incidents",
    ]);
  });
});
