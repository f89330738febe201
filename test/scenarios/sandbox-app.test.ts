import assert from "node:assert/strict";
import { counts, platforms } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** Updates of it that were killed are in faults.test.ts. */
describe("the sandbox, on App Platform", () => {
  const world = new World();
  const stack = ["--stack", "sandbox-app"];
  before(() => world.start());
  after(() => world.remove());

  const idle = async (): Promise<void> => assert.deepEqual(changesOf(await world.json(["up", ...stack])), {});
  const deployments = (): number => world.inventory()["digitalocean deployments"]?.length ?? 0;

  it("comes up, whole, and finds nothing to change when it is brought up again in the same process", async () => {
    const { json } = await world.inProcess("up", "sandbox-app");
    assert.equal(json["changed"], true);
    assert.deepEqual(counts(world.made()), platforms.app);
    const again = await world.inProcess("up", "sandbox-app");
    assert.equal(again.json["changed"], false);
    assert.equal(deployments(), 1);
  });

  it("stays as it is although the vendor answers its secrets encrypted", async () => {
    const refreshed = await world.pulumi(["refresh", "--yes", ...stack]);
    assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
    const app = (await world.resources("sandbox-app")).find(({ type }) => type.endsWith(":App"));
    assert.match(JSON.stringify(app?.outputs), /"EV\[1:/);
    await idle();
    assert.equal(deployments(), 1);
  });

  it("sends a changed secret once, and is quiet again", async () => {
    await world.setConfig("sandbox-app", "odooAdminPassword", `another-${"z".repeat(24)}`, "secret");
    const changed = await world.json(["up", ...stack, "--yes"]);
    const { update = [], ...others } = changesOf(changed);
    assert.deepEqual(others, {});
    assert.deepEqual(
      update.map((name) => name.split(":")[0]),
      ["odoo-sandbox-app-app"],
    );
    assert.equal(deployments(), 2);
    await idle();
    assert.equal(deployments(), 2);
  });

  it("shows the backups that DigitalOcean keeps, and has no machine to make or prove others on", async () => {
    const { provider, points, span } = await world.json(["backup", "list", ...stack]);
    const { cluster, backups } = provider as { cluster: string; backups: { at: string }[] };
    assert.match(cluster, /sandbox-app/);
    assert.deepEqual([backups.length, points], [1, []]);
    assert.equal((span as { from: string }).from, backups[0]?.at);
    const { card } = await world.json(["preview", ...stack]);
    assert.match(
      (card as unknown as { backup: string }).backup,
      /^\d+ (s|min) old \(.*sandbox-app.*\), not proven: /,
    );
    for (const verb of ["now", "verify", "drill"]) {
      const { code, stdout } = await world.platform(["backup", verb, ...stack, "--json"]);
      assert.equal(code, 2, stdout);
      assert.match(stdout, /runs on App Platform, which has no machine/);
    }
  });

  it("leaves nothing at either vendor when it is destroyed with all that is its own", async () => {
    await world.json(["destroy", ...stack, "--confirm", "sandbox-app", "--with-backups", "--with-zone"]);
    assert.deepEqual(world.made(), {});
  });
});
