import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../components/release.ts";
import { specImage } from "../support/spec-image.ts";
import { type Answer, World } from "../support/world.ts";

/** A way back that fails too is in workflows.test.ts; that, and a kill, are in faults-app.test.ts. */
describe("a release on App Platform", () => {
  const world = new World();
  const stack = ["--stack", "sandbox-app"];
  before(async () => {
    await world.start();
    await world.json(["up", ...stack]);
  });
  after(() => world.remove());

  const deploy = (tag: string, ...more: string[]): Promise<Answer> =>
    world.answer(["deploy", ...stack, "--release", tag, ...more]);
  const updates = async () =>
    (await world.json(["history", ...stack]))["updates"] as {
      number: number;
      release: Release;
      result: string;
      unhealthy: boolean;
      verb: string;
    }[];

  it("that does not exist is refused, with those that do", async () => {
    const before = await updates();
    const answer = await deploy("20.0");
    assert.equal(answer.exitCode, 2);
    assert.equal(
      answer.error?.message,
      "ghcr.io/sandbox/odoo: has no tag 20.0; there is 19.0, 19.0.1, 19.0.2",
    );
    assert.deepEqual(await updates(), before);
  });

  it("is only looked at by --dry-run", async () => {
    const before = await updates();
    const answer = await deploy("19.0.1", "--dry-run");
    assert.equal(answer.exitCode, 0);
    const card = answer.card as unknown as { release: { from: string; to: string } };
    assert.deepEqual([card.release.from, card.release.to], ["19.0", "19.0.1"]);
    assert.deepEqual(await updates(), before);
  });

  it("comes, by its digest, and history, stack and vendor agree on it", async () => {
    const answer = await deploy("19.0.1");
    assert.equal(answer.exitCode, 0, JSON.stringify(answer.error));
    const release = answer["release"] as Release;
    assert.match(release.digest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual((await updates())[0]?.release, release);
    assert.equal((await specImage(world)).digest, release.digest);
    const { stdout } = await world.pulumi(["stack", "output", "release", "--json", ...stack]);
    assert.deepEqual(JSON.parse(stdout), release);
    assert.match(String(answer["unseen"]), /nothing runs behind it/);
  });

  it("that serves already changes nothing", async () => {
    const before = await updates();
    assert.equal((await deploy("19.0.1"))["changed"], false);
    assert.deepEqual(await updates(), before);
  });

  it("whose deployment fails is gone back from by itself, through the spec, and nothing is pinned", async () => {
    const [running] = await updates();
    await world.break({ name: "failed-deployment", vendor: "digitalocean", times: 1 });
    const answer = await deploy("19.0.2");
    assert.equal(answer.exitCode, 1);
    assert.equal(answer["wentBack"], true);
    assert.deepEqual(answer["serves"], running?.release);
    assert.equal((await specImage(world)).digest, running?.release.digest);
    const [back, failed] = await updates();
    assert.deepEqual([back?.result, back?.release], ["succeeded", running?.release]);
    assert.deepEqual([failed?.result, failed?.release.tag, failed?.unhealthy], ["failed", "19.0.2", true]);
    const evidence = JSON.parse(
      readFileSync(join(String(answer["evidence"]), "evidence.json"), "utf8"),
    ) as Record<string, unknown>;
    assert.match(JSON.stringify(evidence), /container exited with a non-zero exit code/);
  });

  it("converges by the next deploy", async () => {
    const answer = await deploy("19.0.2");
    assert.equal(answer.exitCode, 0, JSON.stringify(answer));
    assert.equal((await specImage(world)).digest, (answer["release"] as Release).digest);
    assert.equal((await world.json(["up", ...stack]))["changed"], false);
  });

  it("is not brought while somebody else changes the stack; --wait waits", async () => {
    const first = world.spawn(["deploy", ...stack, "--release", "19.0.2"]);
    await world.until(() => locked(world));
    const second = await deploy("19.0.1");
    assert.equal(second.exitCode, 13);
    assert.match(second.error?.message ?? "", /is running "platform deploy" since .* \(process \d+\)$/);
    const third = await deploy("19.0.1", "--wait");
    assert.equal((await first.ended).code, 0);
    assert.equal(third.exitCode, 0, JSON.stringify(third.error));
    assert.deepEqual(
      (await updates()).slice(0, 2).map(({ release }) => release.tag),
      ["19.0.1", "19.0.2"],
    );
  });

  it("in a committed file is refused by the verbs, which alone hand one in", async () => {
    world.edit("sandbox-app", ["release"], { tag: "19.0" });
    const answer = await world.answer(["up", ...stack]);
    assert.equal(answer.exitCode, 2);
    assert.match(answer.error?.message ?? "", /release: belongs to one update/);
  });
});

function locked(world: World): boolean {
  try {
    return readFileSync(join(world.project, ".platform", "locks", "sandbox-app.json"), "utf8") !== "";
  } catch {
    return false;
  }
}
