import assert from "node:assert/strict";
import { counts, platforms, total } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** The kill at many moments; killed.test.ts holds the few that always run. */
const stacks = {
  sandbox: { platform: platforms.droplet, moments: [1, 3, 6, 10, 24] },
  "sandbox-app": { platform: platforms.app, moments: [3, 12] },
} as const;

for (const [stack, { platform, moments }] of Object.entries(stacks)) {
  describe(`${stack}, killed with SIGKILL`, () => {
    const world = new World();
    const named = ["--stack", stack];
    const destroy = ["destroy", ...named, "--confirm", stack, "--with-backups", "--with-zone"];
    before(() => world.start());
    after(() => world.remove());

    for (const moment of moments) {
      it(`when ${moment} things have been made: the next update makes the rest, each once`, async () => {
        await world.killAt(() => total(world.made()) >= moment, ["up", ...named]);
        await world.json(["up", ...named]);
        assert.deepEqual(counts(world.made()), platform);
        assert.deepEqual(changesOf(await world.json(["up", ...named])), {});
      });

      it(`when ${moment} things have been destroyed: the next destroy takes the rest`, async () => {
        const all = total(world.made());
        await world.killAt(() => total(world.made()) <= all - moment, destroy);
        await world.json(destroy);
        assert.deepEqual(world.made(), {});
      });
    }
  });
}

describe("an update that was killed, and takes on what it had made", () => {
  const world = new World();
  before(() => world.start());
  after(() => world.remove());

  const idle = async (...stack: string[]): Promise<void> =>
    assert.deepEqual(changesOf(await world.json(["up", ...stack])), {});

  it("knows its own address from one that somebody has put aside", async () => {
    await world.json(["up"]);
    const [own] = world.made()["digitalocean reserved_ips"] ?? [];
    await world.vendor("digitalocean", "POST", `/reserved_ips/${own}/actions`, { type: "unassign" });
    const spare = await world.spareAddress();
    world.forgetCreations("sandbox", (type) => type === "ReservedIp" || type === "DnsRecord", [
      "ReservedIpAssignment",
    ]);
    await world.json(["up"]);
    assert.deepEqual(new Set(world.made()["digitalocean reserved_ips"]), new Set([own, spare]));
    assert.ok(world.made()["digitalocean records"]?.includes(`A odoo ${own}`));
    await idle();
    await world.vendor("digitalocean", "DELETE", `/reserved_ips/${spare}`);
  });

  it("and a destroy that was killed is taken up by the next update", async () => {
    const begun = (): boolean => world.made()["digitalocean firewalls"] === undefined;
    await world.killAt(begun, ["destroy", "--confirm", "sandbox"]);
    assert.ok(world.pending("sandbox").some(({ type }) => type === "deleting"));
    await world.json(["up"]);
    assert.deepEqual(counts(world.made()), platforms.droplet);
    await idle();
  });

  it("makes no app twice, whichever creation it was killed in", async () => {
    const stack = ["--stack", "sandbox-app"];
    await world.json(["up", ...stack]);
    const made = world.made();
    // The app needs the filestore's key, whose secret would be gone.
    world.forgetCreations("sandbox-app", (type) => type !== "SpacesKey" && type !== "SpacesBucket", []);
    await world.json(["up", ...stack]);
    assert.deepEqual(
      { ...world.made(), "digitalocean deployments": [] },
      { ...made, "digitalocean deployments": [] },
    );
    await idle(...stack);
  });
});
