import assert from "node:assert/strict";
import { Account, at, list, text } from "./account.ts";

const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBb4PmsO9NQwpuP2kTcjYH7gLm2FQqzN9oSxBZV5k8hE me@example";

describe("an emulated droplet", () => {
  it("is new without an address, then active with all of them in the same answer", async () => {
    const account = new Account();
    const made = await account.droplet({ ipv6: true });
    assert.equal(String(made["status"]), "new");
    assert.equal(Boolean(made["locked"]), true);
    assert.deepEqual(made["networks"], { v4: [], v6: [] });
    account.wait();
    const droplet = at(await account.must(`GET /droplets/${String(made["id"])}`), "droplet");
    assert.equal(String(droplet["status"]), "active");
    assert.equal(Boolean(droplet["locked"]), false);
    assert.deepEqual(
      list(droplet, "networks", "v4").map((one) => String(one["type"])),
      ["private", "public"],
    );
    assert.equal(list(droplet, "networks", "v6").length, 1);
  });

  it("shows what clients die without: its size, its region, its features, its image", async () => {
    const droplet = await new Account().upDroplet({ monitoring: true, tags: ["odoo"] });
    assert.equal(text(droplet, "size", "slug"), "s-1vcpu-2gb");
    assert.equal(Number(at(droplet, "size", "price_monthly")), 12);
    assert.equal(text(droplet, "region", "slug"), "sgp1");
    assert.equal(text(droplet, "image", "slug"), "debian-13-x64");
    assert.deepEqual(droplet["features"], ["monitoring", "droplet_agent", "private_networking"]);
    assert.deepEqual(droplet["tags"], ["odoo"]);
  });

  it("is refused in the vendor's sentences", async () => {
    const account = new Account();
    const refused = (fields: object) =>
      account.refused("POST /droplets", {
        name: "web",
        region: "sgp1",
        size: "s-1vcpu-2gb",
        image: "debian-13-x64",
        ...fields,
      });
    const say = (message: string): [number, string] => [422, message];
    assert.deepEqual(
      await refused({ region: "mars1" }),
      say("You specified an invalid region for Droplet creation."),
    );
    assert.deepEqual(
      await refused({ size: "s-huge" }),
      say("You specified an invalid size for Droplet creation."),
    );
    assert.deepEqual(
      await refused({ region: "sfo2", size: "c-2" }),
      say("Size is not available in this region."),
    );
    assert.deepEqual(
      await refused({ image: "debian-99" }),
      say("You specified an invalid image for Droplet creation."),
    );
    assert.deepEqual(
      await refused({ ssh_keys: [7] }),
      say("7 are invalid key identifiers for Droplet creation."),
    );
    assert.deepEqual(
      await refused({ vpc_uuid: "no" }),
      say("The VPC was not found in the Droplet's region."),
    );
    assert.deepEqual(await refused({ volumes: ["no"] }), say("Invalid volume allocations"));
    assert.deepEqual(await refused({ name: undefined }), say("Name can't be blank"));
    assert.deepEqual(
      await refused({ name: "my_web" }),
      say("name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"),
    );
    assert.deepEqual((await account.must("GET /droplets"))["droplets"], []);
  });

  it("takes keys by number and by fingerprint", async () => {
    const account = new Account();
    const key = at(
      await account.must("POST /account/keys", { name: "me", public_key: publicKey }),
      "ssh_key",
    );
    await account.droplet({ ssh_keys: [key["id"], key["fingerprint"]] });
    assert.deepEqual(await account.refused("POST /account/keys", { name: "again", public_key: publicKey }), [
      422,
      "SSH Key is already in use on your account",
    ]);
    assert.equal(
      (await account.refused("POST /account/keys", { name: "x", public_key: "ssh-rsa no key" }))[0],
      422,
    );
  });

  it("is resized the way the plugin does it: off, resize, on; a disk never shrinks", async () => {
    const account = new Account();
    const path = `/droplets/${String((await account.upDroplet())["id"])}`;
    const act = async (body: object): Promise<void> => {
      const action = at(await account.must(`POST ${path}/actions`, body), "action");
      assert.equal(String(action["status"]), "in-progress");
      account.wait();
      const done = at(await account.must(`GET /actions/${String(action["id"])}`), "action");
      assert.equal(String(done["status"]), "completed");
      assert.match(String(done["completed_at"]), /Z$/);
    };
    const resize = { type: "resize", size: "s-2vcpu-4gb", disk: true };
    assert.equal((await account.refused(`POST ${path}/actions`, resize))[0], 422);
    await act({ type: "power_off" });
    assert.deepEqual(await account.refused(`POST ${path}/actions`, { type: "power_off" }), [
      422,
      "Droplet is already powered off.",
    ]);
    await act(resize);
    await act({ type: "power_on" });
    await act({ type: "rename", name: "web2" });
    await act({ type: "enable_ipv6" });
    const droplet = at(await account.must(`GET ${path}`), "droplet");
    assert.deepEqual(
      [
        droplet["name"],
        droplet["status"],
        droplet["size_slug"],
        droplet["disk"],
        list(droplet, "networks", "v6").length,
      ],
      ["web2", "active", "s-2vcpu-4gb", 80, 1],
    );
    await act({ type: "power_off" });
    assert.equal(
      (await account.refused(`POST ${path}/actions`, { type: "resize", size: "s-1vcpu-2gb" }))[0],
      422,
    );
  });

  it("does one thing at a time", async () => {
    const account = new Account();
    const { id } = await account.upDroplet();
    await account.must(`POST /droplets/${String(id)}/actions`, { type: "reboot" });
    assert.deepEqual(await account.refused(`POST /droplets/${String(id)}/actions`, { type: "power_off" }), [
      422,
      "Droplet already has a pending event.",
    ]);
  });

  it("stays new while it is stuck, and comes up once that is mended", async () => {
    const account = new Account();
    account.world.faults.add({ name: "stuck-droplet", times: 1 });
    const [stuck, fine] = [await account.droplet(), await account.droplet({ name: "web2" })];
    const status = async ({ id }: { [key: string]: unknown }): Promise<string> =>
      text(await account.must(`GET /droplets/${String(id)}`), "droplet", "status");
    account.wait();
    assert.deepEqual([await status(stuck), await status(fine)], ["new", "active"]);
    account.world.faults.clear();
    assert.equal(await status(stuck), "active");
  });

  it("leaves nothing behind: volume and address are free, the firewall forgets it, the network can go", async () => {
    const account = new Account();
    const vpc = at(await account.must("POST /vpcs", { name: "odoo", region: "sgp1" }), "vpc");
    const { id } = await account.upDroplet({ vpc_uuid: vpc["id"] });
    const volume = await account.volume();
    await account.must(`POST /volumes/${String(volume["id"])}/actions`, { type: "attach", droplet_id: id });
    account.wait();
    const { ip } = at(await account.must("POST /reserved_ips", { droplet_id: id }), "reserved_ip");
    account.wait();
    const rule = { protocol: "tcp", ports: "443", sources: { addresses: ["0.0.0.0/0"] } };
    const firewall = at(
      await account.must("POST /firewalls", { name: "fw", inbound_rules: [rule], droplet_ids: [id] }),
      "firewall",
    );
    assert.deepEqual(await account.refused(`DELETE /vpcs/${String(vpc["id"])}`), [
      403,
      "Can not delete VPC with members",
    ]);

    assert.equal((await account.ask(`DELETE /droplets/${String(id)}`)).status, 204);
    assert.equal((await account.ask(`GET /droplets/${String(id)}`)).status, 404);
    assert.deepEqual(
      at(await account.must(`GET /volumes/${String(volume["id"])}`), "volume")["droplet_ids"],
      [],
    );
    assert.equal(at(await account.must(`GET /reserved_ips/${String(ip)}`), "reserved_ip")["droplet"], null);
    assert.deepEqual(
      at(await account.must(`GET /firewalls/${String(firewall["id"])}`), "firewall")["droplet_ids"],
      [],
    );
    assert.equal((await account.ask(`DELETE /vpcs/${String(vpc["id"])}`)).status, 204);
  });

  it("is found by tag and by name, and tags count it", async () => {
    const account = new Account();
    const { id } = await account.droplet({ tags: ["odoo", "odoo"] });
    await account.droplet({ name: "other" });
    assert.equal(list(await account.must("GET /droplets?tag_name=odoo"), "droplets").length, 1);
    assert.equal(list(await account.must("GET /droplets?name=other"), "droplets").length, 1);
    const member = { resources: [{ resource_id: String(id), resource_type: "droplet" }] };
    await account.must("POST /tags", { name: "prod" });
    await account.must("POST /tags/prod/resources", member);
    await account.must("DELETE /tags/odoo/resources", member);
    assert.deepEqual(at(await account.must(`GET /droplets/${String(id)}`), "droplet")["tags"], ["prod"]);
    assert.equal(
      Number(at(await account.must("GET /tags/prod"), "tag", "resources", "droplets", "count")),
      1,
    );
    assert.equal((await account.ask("POST /tags/none/resources", member)).status, 404);
    await account.must("DELETE /tags/prod");
    assert.deepEqual(at(await account.must(`GET /droplets/${String(id)}`), "droplet")["tags"], []);
  });
});
