import assert from "node:assert/strict";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { names, network } from "../../sandbox/machines/addresses.ts";
import { builderLogin } from "../../sandbox/machines/builder.ts";
import { imageDigest } from "../../sandbox/machines/registry.ts";
import { Shell } from "../../sandbox/machines/shell.ts";
import { type Platform, ask, canRunMachines, logIn, onMachine, platformOf } from "../support/machine.ts";
import { type Answer, World } from "../support/world.ts";

/**
 * A droplet as bare as at the vendor, so that all that it becomes it becomes over SSH; and what may happen to an update of it.
 * After each scene an ordinary update brings all in order, and no data is lost.
 */
describe("a bare Debian machine, and updates of it that are interrupted", function () {
  if (!canRunMachines()) this.pending = true;
  const world = new World("real");
  const bare = { PLATFORM_SANDBOX_IMAGE: "plain" };
  let platform: Platform;

  const run = async (command: string): Promise<string> =>
    await onMachine(platform, (shell) => shell.run(command));
  const onBuilder = async (command: string): Promise<string> => {
    const login = builderLogin(join(world.sandbox, "builder"));
    const shell = await Shell.open({ host: network.builder, ...login, seconds: 30 });
    try {
      return await shell.run(command);
    } finally {
      shell.close();
    }
  };
  /** The update has begun with this concern. */
  const at = (concern: string) => (): boolean => {
    try {
      const pending = world.pending("sandbox");
      return pending.some(({ resource }) => resource.urn.endsWith(`::odoo-sandbox-${concern}`));
    } catch {
      return false; // there is no state yet
    }
  };
  const serves = async (): Promise<void> => {
    const password = platform.secrets["odooAdminPassword"] ?? "";
    for (const began = Date.now(); ; await sleep(1000)) {
      if ((await logIn(world, platform, password).catch(() => undefined)) === "admin") return;
      assert.ok(Date.now() - began < 120_000, "Odoo did not come back within two minutes");
    }
  };
  /** A release of another image that the registry has. */
  const releaseOf = async (repository: string, tag: string): Promise<NodeJS.ProcessEnv> => {
    const access = { user: "sandbox", password: world.run().credentials.registryPassword };
    const ca = readFileSync(join(world.sandbox, "authority", "ca.pem"), "utf8");
    const digest = await imageDigest({ access, ca }, repository, tag);
    return { PLATFORM_RELEASE: JSON.stringify({ registry: names.registry, repository, tag, digest }) };
  };
  const running = async (): Promise<NodeJS.ProcessEnv> => {
    const { stdout } = await world.pulumi(["stack", "output", "release", "--json", "--stack", "sandbox"]);
    return { PLATFORM_RELEASE: stdout };
  };
  const failed = (answer: Answer): string => {
    assert.equal(answer.exitCode, 1, JSON.stringify(answer));
    return answer.error?.message ?? "";
  };

  before(() => world.start(bare));
  after(() => world.remove());

  it("comes up, though the update was killed at its first contact, in the middle of packages, and while the database was made", async () => {
    for (const concern of ["host-key", "docker", "odoo"]) {
      await world.killAt(at(concern), ["sandbox", "up"], bare);
    }
    await world.json(["sandbox", "up"], bare);
    platform = await platformOf(world);
    await serves();
    assert.equal((await world.answer(["health"])).exitCode, 0);
  });

  it("has nothing to change then", async () => {
    assert.equal((await world.json(["up"]))["changed"], false);
  });

  it("goes on where it was when the machine reboots under an update", async () => {
    world.edit("sandbox", ["odoo", "workers"], 3);
    const update = world.spawn(["up", "--yes", "--json"]);
    await world.until(at("odoo"), 120);
    await run("systemctl reboot").catch(() => {});
    // It has lost its connection, or the machine was quick enough for it to be tried again.
    await update.ended;
    await world.json(["up", "--yes"]);
    await serves();
    assert.equal(
      await run(
        "docker exec odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) grep -c '^workers = 3' /etc/odoo/odoo.conf",
      ),
      "1\n",
    );
  });

  it("says which stage failed when the Docker daemon is stopped, and starts it or says how", async () => {
    await run("systemctl stop docker.socket docker.service");
    world.edit("sandbox", ["odoo", "workers"], 2);
    const answer = await world.answer(["up", "--yes"]);
    if (answer.exitCode !== 0) assert.match(failed(answer), /odoo: .*Docker/);
    await run("systemctl start docker.service");
    await world.json(["up", "--yes"]);
    await serves();
  });

  it("keeps what serves when the registry is down, and says so", async () => {
    const release = JSON.parse((await running())["PLATFORM_RELEASE"] ?? "") as object;
    const unknown = { ...release, digest: "sha256:".padEnd(71, "0") };
    await onBuilder("systemctl stop docker-registry");
    const answer = await world.answer(["up", "--yes"], { PLATFORM_RELEASE: JSON.stringify(unknown) });
    await onBuilder("systemctl start docker-registry");
    assert.match(failed(answer), /images: .*does not answer as a registry does/);
    await serves();
  });

  it("refuses an image that is not Odoo before anything of it runs", async () => {
    const good = await running();
    // The same companions beside it, so that it is Odoo alone that fails.
    await onBuilder(`docker login ${names.registry} --username sandbox --password-stdin < /etc/docker/registry/password
docker pull -q ${names.registry}/sandbox/odoo-mail-catcher:3
docker tag ${names.registry}/sandbox/odoo-mail-catcher:3 ${names.registry}/sandbox/odoo:broken
docker push -q ${names.registry}/sandbox/odoo:broken`);
    const answer = await world.answer(["up", "--yes"], await releaseOf("sandbox/odoo", "broken"));
    assert.match(failed(answer), /odoo: the add-ons of \S+ cannot be read/);
    await serves();
    await world.json(["up", "--yes"], good);
    await serves();
  });

  it("lives on when a process takes all the memory that the machine has", async () => {
    await run(
      "docker exec -d odoo-web-$(cat /var/lib/odoo-platform/odoo-slot) python3 -c 'x = bytearray(4 << 30)'; sleep 10",
    );
    await serves();
  });

  it("lives on when the volume was full, with all its data", async () => {
    const count = "docker exec postgres psql -U postgres -At -d odoo -c 'select count(*) from ir_attachment'";
    const before = await run(count);
    await run("cat /dev/zero > /mnt/odoo-data/full; true");
    assert.equal((await world.answer(["health"])).exitCode, 11);
    await run("rm /mnt/odoo-data/full");
    await serves();
    assert.equal(await run(count), before);
  });

  it("is no matter to ask for once more", async () => {
    assert.equal((await ask(world, platform, "/web/health?db_server_status=1")).status, 200);
    assert.equal((await world.json(["up"]))["changed"], false);
  });
});
