import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { pushImage } from "../support/images.ts";
import { World } from "../support/world.ts";

/** The project is a clone with a history of its own: an update of a commit whose program said one thing more. */
describe("going back past a change of the program", () => {
  const world = new World();
  const stack = ["--stack", "sandbox-app"];
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      cwd: world.project,
      encoding: "utf8",
    }).trim();
  const program = (): string => join(world.project, "index.ts");
  const commit = (message: string): string => {
    git("commit", "--quiet", "--all", "--message", message);
    return git("rev-parse", "HEAD");
  };
  const marker = async (): Promise<string> =>
    (await world.pulumi(["stack", "output", "marker", ...stack])).stdout.trim();
  let then = "";

  before(async () => {
    rmSync(world.project, { recursive: true });
    execFileSync("git", ["clone", "--quiet", `file://${root}`, world.project]);
    const today = readFileSync(program(), "utf8");
    const changed = today.replace(
      /return (new OdooPlatform\(.*\)\.outputs);/,
      'return { ...$1, marker: "then" } as never;',
    );
    assert.notEqual(changed, today);
    writeFileSync(program(), changed);
    await world.start();
    then = commit("The program says one thing more");
    await world.json(["up", ...stack]);
    writeFileSync(program(), today);
    commit("It does not any more");
    await world.json(["deploy", ...stack, "--release", "19.0.1"]);
  });
  after(() => world.remove());

  it("says so, runs the program of then out of a worktree, and leaves no worktree", async () => {
    const answer = await world.json(["rollback", ...stack]);
    assert.equal((answer["card"] as unknown as { program: string }).program, then);
    assert.equal(await marker(), "then");
    assert.deepEqual(readdirSync(join(world.project, ".platform", "worktrees")), []);
    assert.equal(git("worktree", "list").split("\n").length, 1);
    assert.equal(git("status", "--porcelain"), "");
  });

  it("forward again by today's, which the update of then does not know", async () => {
    const answer = await world.json(["rollback", ...stack]);
    assert.equal((answer["card"] as unknown as { program: string | null }).program, null);
    assert.notEqual(await marker(), "then");
  });

  it("by today's program when that is asked for", async () => {
    const answer = await world.json(["rollback", ...stack, "--to", then.slice(0, 8), "--program", "current"]);
    assert.equal((answer["card"] as unknown as { program: string | null }).program, null);
    assert.notEqual(await marker(), "then");
  });

  it("to a commit that was never deployed, when its image is in the registry, past everything that a deploy passes", async () => {
    git("commit", "--quiet", "--allow-empty", "--message", "Never deployed");
    const sha = git("rev-parse", "HEAD");
    const before = await world.answer(["rollback", ...stack, "--to", sha]);
    assert.equal(before.exitCode, 2);
    assert.match(
      before.error?.message ?? "",
      /^ghcr\.io\/sandbox\/odoo: has no image of [0-9a-f]{12}, which was never/,
    );
    await pushImage(world, "sandbox/odoo", sha);
    const answer = await world.json(["rollback", ...stack, "--to", sha.slice(0, 10)]);
    assert.equal((answer["release"] as { gitSha: string }).gitSha, sha);
    assert.ok(answer["checks"]);
  });

  it("not to what is no commit", async () => {
    const answer = await world.answer(["rollback", ...stack, "--to", "0000000000"]);
    assert.equal(answer.exitCode, 2);
    assert.match(answer.error?.message ?? "", /is no commit of this clone/);
  });
});
