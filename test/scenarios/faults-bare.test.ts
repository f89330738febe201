import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { names } from "../../sandbox/machines/addresses.ts";
import { imageDigest } from "../../sandbox/machines/registry.ts";
import { at, bootBare, serves } from "../support/bare.ts";
import { canRunMachines } from "../support/machine.ts";
import { sharedStage } from "../support/shared-stage.ts";
import type { Stage } from "../support/stage.ts";

/**
 * More of what may happen to a machine and to updates of it; test/scenarios/machine-bare.test.ts holds the few that always
 * run. After each scene an ordinary update brings all in order.
 */
describe("a bare Debian machine, and more that happens to it", function () {
  if (!canRunMachines() || process.env["PLATFORM_STAGE"] !== undefined) this.pending = true;
  let stage: Stage;

  it("comes up, though the update was killed at its first contact, in the middle of packages, and while the database was made", async () => {
    stage = await sharedStage((fresh) => bootBare(fresh, ["host-key", "docker", "odoo"]));
    await serves(stage);
    assert.equal((await stage.world.answer(["health"])).exitCode, 0);
  });

  it("goes on where it was when the machine reboots under an update", async () => {
    const { world } = stage;
    world.edit("sandbox", ["odoo", "workers"], 3);
    const update = world.spawn(["up", "--yes", "--json"]);
    await world.until(at(world, "odoo"), 120);
    await stage.run("systemctl reboot").catch(() => {});
    // It has lost its connection, or the machine was quick enough for it to be tried again.
    await update.ended;
    await world.json(["up", "--yes"]);
    await serves(stage);
    const container = "odoo-web-$(cat /var/lib/odoo-platform/odoo-slot)";
    assert.equal(
      await stage.run(`docker exec ${container} grep -c '^workers = 3' /etc/odoo/odoo.conf`),
      "1\n",
    );
    world.edit("sandbox", ["odoo", "workers"], 2);
    await world.json(["up", "--yes"]);
  });

  it("serves again after a reboot, without help", async () => {
    await stage.run("systemctl reboot").catch(() => {}); // the connection goes with it
    await sleep(3000);
    await serves(stage);
    assert.equal((await stage.world.json(["up"]))["changed"], false);
  });

  it("keeps what serves when the registry is down, and says so", async () => {
    const { world } = stage;
    const args = ["stack", "output", "release", "--json", "--stack", "sandbox"];
    const release = JSON.parse((await world.pulumi(args)).stdout) as object;
    const unknown = { ...release, digest: "sha256:".padEnd(71, "0") };
    await stage.onBuilder("systemctl stop docker-registry");
    const answer = await world.answer(["up", "--yes"], { PLATFORM_RELEASE: JSON.stringify(unknown) });
    await stage.onBuilder("systemctl start docker-registry");
    assert.equal(answer.exitCode, 1, JSON.stringify(answer));
    assert.match(answer.error?.message ?? "", /images: .*does not answer as a registry does/);
    await serves(stage);
  });

  it("refuses an image that is not Odoo before anything of it runs", async () => {
    const { world } = stage;
    const args = ["stack", "output", "release", "--json", "--stack", "sandbox"];
    const good = { PLATFORM_RELEASE: (await world.pulumi(args)).stdout };
    // The same companions beside it, so that it is Odoo alone that fails.
    await stage.onBuilder(`docker login ${names.registry} --username sandbox --password-stdin < /etc/docker/registry/password
docker pull -q ${names.registry}/sandbox/odoo-mail-catcher:3
docker tag ${names.registry}/sandbox/odoo-mail-catcher:3 ${names.registry}/sandbox/odoo:broken
docker push -q ${names.registry}/sandbox/odoo:broken`);
    const answer = await world.answer(["up", "--yes"], await brokenRelease());
    assert.equal(answer.exitCode, 1, JSON.stringify(answer));
    assert.match(answer.error?.message ?? "", /odoo: the add-ons of \S+ cannot be read/);
    await serves(stage);
    await world.json(["up", "--yes"], good);
    await serves(stage);
  });

  it("lives on when a process takes all the memory that the machine has", async () => {
    await stage.run(
      "docker exec -d odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) python3 -c 'x = bytearray(4 << 30)'; sleep 10",
    );
    await serves(stage);
    assert.equal((await stage.world.json(["up"]))["changed"], false);
  });

  async function brokenRelease(): Promise<NodeJS.ProcessEnv> {
    const { world } = stage;
    const access = { user: "sandbox", password: world.run().credentials.registryPassword };
    const ca = readFileSync(join(world.sandbox, "authority", "ca.pem"), "utf8");
    const [repository, tag] = ["sandbox/odoo", "broken"];
    const digest = await imageDigest({ access, ca }, repository, tag);
    return { PLATFORM_RELEASE: JSON.stringify({ registry: names.registry, repository, tag, digest }) };
  }
});
