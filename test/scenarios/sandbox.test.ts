import assert from "node:assert/strict";
import { short } from "../../operations/card.ts";
import type { StateResource } from "../../operations/state.ts";
import { counts, platforms } from "../support/platforms.ts";
import { World, changesOf } from "../support/world.ts";

/** What a refresh may not change. Outputs it may: a volume learns only then which droplet it was attached to. */
const declared = (resources: StateResource[]): Partial<StateResource>[] =>
  resources.map(({ urn, id = "", inputs = {} }) => ({ urn, id, inputs }));

describe("the sandbox, on a droplet", () => {
  const world = new World();
  before(() => world.start());
  after(() => world.remove());

  const idle = async (): Promise<void> => {
    const { card, changed } = await world.json(["up"]);
    assert.deepEqual(card?.changes, []);
    assert.equal(changed, false);
  };

  it("comes up, whole", async () => {
    const { json } = await world.inProcess("up", "sandbox");
    assert.equal(json["changed"], true);
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("finds nothing to change when it is brought up again in the same process", async () => {
    const { json } = await world.inProcess("up", "sandbox");
    assert.equal(json["changed"], false);
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("finds nothing to change in a process of its own, nor after a refresh", async () => {
    const known = await world.resources("sandbox");
    const refreshed = await world.pulumi(["refresh", "--yes", "--stack", "sandbox"]);
    assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
    assert.deepEqual(declared(await world.resources("sandbox")), declared(known));
    await idle();
  });

  it("updates only what a changed setting names", async () => {
    world.edit("sandbox", ["host", "volumeGb"], 12);
    world.edit("sandbox", ["host", "adminNetworks"], ["10.77.0.0/24", "192.0.2.0/24"]);
    world.edit("sandbox", ["repositories", 0, "approvals"], 2);
    const changed = await world.json(["up", "--yes"]);
    assert.deepEqual(changesOf(changed), {
      update: [
        "odoo-sandbox", // the platform itself, whose inputs are the settings: the policies read them there
        "odoo-sandbox-firewall: inboundRules",
        "odoo-sandbox-inventory: stdin", // what the machine is, taken anew
        "odoo-sandbox-odoo-addons-ruleset: rules.pullRequest.requiredApprovingReviewCount",
        "odoo-sandbox-volume-mount: stdin", // the file system grows with it
        "odoo-sandbox-volume: size",
      ],
    });
    await idle();
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("replaces neither droplet nor volume for another user data, SSH key, image or description", async () => {
    const machine = async () => [await world.ids("droplets"), await world.ids("volumes")];
    const own = await machine();
    await world.rotateKeyPair("sandbox", "host"); // stands in the user data
    await world.rotateKeyPair("sandbox", "ssh");
    // Image and description stand in the code: a state of other code differs from it just as later code will.
    await world.editState("sandbox", ({ type, inputs = {}, outputs = {} }) => {
      const other = { Droplet: { image: "debian-12-x64" }, Volume: { description: "Other" } }[short(type)];
      Object.assign(inputs, other);
      Object.assign(outputs, other);
    });
    const changed = await world.json(["up", "--yes"]);
    const { replace, update = [] } = changesOf(changed);
    assert.deepEqual(replace, ["odoo-sandbox-ssh-key: publicKey"]);
    // Every command has another key to connect with, and none has anything else.
    assert.ok(update.length > 10);
    assert.deepEqual(
      update.filter((one) => !one.endsWith(": connection.privateKey")),
      [],
    );
    assert.deepEqual(await machine(), own);
    await idle();
  });

  it("is not destroyed without its typed name", async () => {
    const unnamed = await world.answer(["destroy"]);
    assert.equal(unnamed.exitCode, 2);
    assert.equal(unnamed.error?.hint, "Add --confirm=sandbox.");
    const misnamed = await world.answer(["destroy", "--confirm", "sandbox-app"]);
    assert.equal(misnamed.exitCode, 8);
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("is destroyed on its typed name, and keeps the backups' bucket and the DNS zone", async () => {
    const destroyed = await world.json(["destroy", "--confirm", "sandbox"]);
    assert.equal((destroyed["kept"] as string[]).length, 2);
    assert.deepEqual(world.made(), {
      buckets: ["odoo-sandbox-test-backups"],
      "digitalocean domains": ["sandbox.test"],
      "digitalocean records": [1, 2, 3].map((n) => `NS @ ns${n}.digitalocean.com.`),
    });
  });

  it("comes up again with the same bucket and zone", async () => {
    const { card } = await world.json(["up"]);
    assert.ok(!card?.changes.some(({ name }) => /-(backups-bucket|zone)$/.test(name)));
    assert.deepEqual(counts(world.made()), platforms.droplet);
  });

  it("leaves nothing at either vendor when it is destroyed with its backups", async () => {
    const destroyed = await world.json(["destroy", "--confirm", "sandbox", "--with-backups", "--with-zone"]);
    assert.deepEqual(destroyed["kept"], []);
    assert.deepEqual(world.made(), {});
  });
});
