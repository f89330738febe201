import assert from "node:assert/strict";
import type { Release } from "../../components/release.ts";
import { specImage } from "../support/spec-image.ts";
import { type Answer, World } from "../support/world.ts";

/** More of what may happen to a release there; deploy-app.test.ts holds what always runs. */
describe("a release on App Platform that goes wrong", () => {
  const world = new World();
  const stack = ["--stack", "sandbox-app"];
  before(async () => {
    await world.start();
    await world.json(["up", ...stack]);
  });
  after(() => world.remove());

  const deploy = (tag: string): Promise<Answer> => world.answer(["deploy", ...stack, "--release", tag]);

  it("whose way back fails too ends with 12, and the next command", async () => {
    await world.break({ name: "failed-deployment", vendor: "digitalocean", times: 2 });
    const answer = await deploy("19.0.2");
    await world.mend();
    assert.equal(answer.exitCode, 12);
    assert.equal(answer["wentBack"], false);
    assert.match(String(answer["next"]), /^platform health --stack sandbox-app, then platform rollback/);
  });

  it("that was killed on its way is finished by the next deploy", async () => {
    const digest = async () => (await specImage(world)).digest;
    const running = await digest();
    const deployments = () => world.inventory()["digitalocean deployments"]?.length ?? 0;
    const before = deployments();
    await world.killAt(() => deployments() > before, ["deploy", ...stack, "--release", "19.0.1"]);
    assert.notEqual(await digest(), running);
    const answer = await deploy("19.0.1");
    assert.equal(answer.exitCode, 0, JSON.stringify(answer));
    assert.equal(await digest(), (answer["release"] as Release).digest);
    assert.equal((await world.json(["up", ...stack]))["changed"], false);
  });
});
