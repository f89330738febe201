import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../support.ts";
import { latestRun, logOf, repo, running } from "./support.ts";

const workflow = `on: { workflow_dispatch: {}, schedule: [{ cron: "0 0 * * *" }] }
jobs:
  look:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - run: |
          echo "at $(git rev-parse HEAD), clean: $(git status --porcelain | tr '\\n' ' ')"
          echo "code: $(cat code.txt)"
          echo "stack: $(cat Pulumi.sandbox.yaml), node: $(readlink node_modules), locks: $(readlink .platform/locks)"
`;

describe("a repository that is a checkout of this computer", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "checkout-")));
  const project = join(folder, "project");
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (code: string): string => {
    writeFileSync(join(folder, "code.txt"), code);
    git("add", ".github", "code.txt", ".gitignore");
    git("commit", "--quiet", "--message", code);
    return git("rev-parse", "HEAD");
  };
  let world: ReturnType<typeof running>;
  let client: Client;
  before(() => {
    mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
    mkdirSync(project);
    writeFileSync(join(folder, ".github", "workflows", "look.yml"), workflow);
    writeFileSync(join(folder, ".gitignore"), ".platform/\nPulumi.sandbox*.yaml\n");
    writeFileSync(join(project, "Pulumi.sandbox.yaml"), "settings");
    git("init", "--quiet", "--initial-branch=main");
    commit("one");
    world = running({}, { repository: "acme/erp", folder, project });
    client = new Client(world.options, { store: world.store });
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });

  const look = async (): Promise<string> => {
    await client.post(`${repo}/actions/workflows/look.yml/dispatches`, { ref: "main" });
    const run = await latestRun(client);
    assert.equal(run.text("conclusion"), "success");
    return await logOf(client, run, "look");
  };

  it("stands at its last commit, and its jobs work in a clone of that, with what git does not hold", async () => {
    const log = await look();
    assert.match(log, new RegExp(`at ${git("rev-parse", "HEAD")}, clean:\\n`));
    assert.match(log, /code: one/);
    assert.ok(
      log.includes(`stack: settings, node: ${folder}/node_modules, locks: ${project}/.platform/locks`),
    );
  });

  it("follows what is committed, without being pushed", async () => {
    const sha = commit("two");
    assert.match(await look(), /code: two/);
    assert.equal((await client.get(`${repo}/git/ref/heads/main`)).text("object", "sha"), sha);
    assert.equal((await client.get(`${repo}/actions/runs?event=push`)).value("total_count"), 0);
  });

  it("has its schedules set going by hand, and by nothing else until the clock is on", async () => {
    assert.deepEqual(world.runner.schedulesNow(), [
      { path: ".github/workflows/look.yml", cron: "0 0 * * *" },
    ]);
    assert.equal(world.runner.schedules.on, false);
    assert.equal(world.runner.fireByName("look.yml").length, 1);
    assert.equal((await latestRun(client)).text("event"), "schedule");
    assert.deepEqual(world.runner.fireByName("none.yml"), []);
    const [{ next } = { next: null }] = world.runner.schedules.next(world.runner.schedulesNow());
    assert.match(next ?? "", /T00:00:00\.000Z$/);
  });

  it("takes what the API commits on top of it, and stays there while it is ahead", async () => {
    const content = Buffer.from("three").toString("base64");
    await client.put(`${repo}/contents/code.txt`, { message: "three", content });
    assert.match(await look(), /code: three/);
    commit("four");
    assert.match(await look(), /code: three/);
  });
});
