import assert from "node:assert/strict";

import * as digitalocean from "@pulumi/digitalocean";

import { emulatedDigitalOcean, environmentOf, type Emulated } from "./emulated.ts";
import { testStack, type TestStack } from "./engine.ts";

interface Machine {
  size?: string;
  tags?: string[];
  description?: string;
  name?: string;
  userData?: string;
}

/** A machine with everything around it. */
function machine({
  size = "s-1vcpu-1gb",
  tags = ["odoo"],
  description = "data",
  name = "web",
  userData = "#cloud-config",
}: Machine) {
  return async () => {
    const region = "fra1";
    const vpc = new digitalocean.Vpc("net", { region });
    const key = new digitalocean.SshKey("key", { publicKey: publicKey });
    const droplet = new digitalocean.Droplet("machine", {
      name,
      region,
      size,
      image: "debian-13-x64",
      vpcUuid: vpc.id,
      sshKeys: [key.id],
      monitoring: true,
      tags,
      userData,
    });
    const volume = new digitalocean.Volume("volume", {
      region,
      size: 10,
      description,
      initialFilesystemType: "xfs",
    });
    const dropletId = droplet.id.apply(Number);
    new digitalocean.VolumeAttachment(
      "attachment",
      { dropletId, volumeId: volume.id },
      { deleteBeforeReplace: true },
    );
    const ip = new digitalocean.ReservedIp("ip", { region });
    new digitalocean.ReservedIpAssignment("assignment", { dropletId, ipAddress: ip.ipAddress });
    new digitalocean.Firewall("firewall", {
      dropletIds: [dropletId],
      inboundRules: [
        { protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0", "::/0"] },
        { protocol: "icmp", sourceAddresses: ["0.0.0.0/0"] },
      ],
      outboundRules: [
        { protocol: "tcp", portRange: "all", destinationAddresses: ["0.0.0.0/0"] },
        { protocol: "udp", portRange: "53", destinationAddresses: ["0.0.0.0/0"] },
      ],
    });
    new digitalocean.Project("project", {
      name: "odoo",
      environment: "Production",
      resources: [droplet.dropletUrn, volume.volumeUrn],
    });
    const domain = new digitalocean.Domain("domain", { name: "odoo.example.com" });
    const record = { domain: domain.name, ttl: 300 };
    new digitalocean.DnsRecord("a", { ...record, type: "A", name: "@", value: ip.ipAddress });
    new digitalocean.DnsRecord("mx", {
      ...record,
      type: "MX",
      name: "@",
      value: "mail.example.com.",
      priority: 10,
    });
    new digitalocean.DnsRecord("caa", {
      ...record,
      type: "CAA",
      name: "@",
      value: "letsencrypt.org.",
      flags: 0,
      tag: "issue",
    });
    return { address: ip.ipAddress, machine: droplet.ipv4Address };
  };
}

const publicKey = `ssh-ed25519 ${Buffer.from("\0\0\0\vssh-ed25519\0\0\0 0123456789abcdef0123456789abcdef", "latin1").toString("base64")} test`;

describe("a machine on the emulated DigitalOcean", () => {
  let api: Emulated;
  let test: TestStack;

  before(async () => {
    api = await emulatedDigitalOcean();
    test = await testStack({ env: environmentOf({ digitalOcean: api }) });
  });
  after(async () => {
    await test.close();
    await api.close();
  });

  it("previews without a call", async () => {
    assert.deepEqual(await test.preview(machine({})), { create: 14 });
    assert.deepEqual(api.asked, []);
  });

  it("comes up", async () => {
    assert.deepEqual(await test.up(machine({})), { create: 14 });
    const { status, ipv4Address, userData, tags } = await test.state("machine");
    assert.equal(status, "active");
    assert.match(String(ipv4Address), /^[\d.]+$/);
    assert.deepEqual(tags, ["odoo"]);
    assert.match(String(userData), /^[0-9a-f]{40}$/);
  });

  it("has nothing to do the second time, nor after a refresh", async () => {
    const before = api.asked.length;
    assert.deepEqual(await test.up(machine({})), { same: 14 });
    assert.deepEqual(api.asked.slice(before), []);
    assert.deepEqual(await test.refresh(), { same: 14 });
    assert.deepEqual(await test.up(machine({})), { same: 14 });
  });

  it("changes size and tags in place", async () => {
    const { id } = await test.state("machine");
    const before = api.asked.length;
    assert.deepEqual(await test.up(machine({ size: "s-2vcpu-2gb", tags: ["odoo", "prod"] })), {
      update: 1,
      same: 13,
    });
    const { id: after, size, memory, status, tags } = await test.state("machine");
    assert.deepEqual([after, size, memory, status], [id, "s-2vcpu-2gb", 2048, "active"]);
    assert.deepEqual((tags as string[]).toSorted(), ["odoo", "prod"]);
    const actions = api.asked.slice(before).filter((request) => request.startsWith("POST"));
    assert.equal(actions.filter((request) => request.endsWith(`/droplets/${String(id)}/actions`)).length, 3);
  });

  it("replaces a machine with other user data, deleting the one of the same name first", async () => {
    const { id } = await test.state("machine");
    const asked = { size: "s-2vcpu-2gb", tags: ["odoo", "prod"], userData: "#cloud-config\npackages: [git]" };
    const changes = await test.up(machine(asked));
    assert.equal(changes["delete-replaced"] ?? changes.replace, 3);
    const after = await test.state("machine");
    assert.notEqual(after["id"], id);
    const writes = api.asked.filter((request) => /^(POST|DELETE) \/v2\/droplets(\/\d+)?$/.test(request));
    assert.deepEqual(writes.slice(-2), [`DELETE /v2/droplets/${String(id)}`, "POST /v2/droplets"]);
    // Its volume and project have changed with it, which only a refresh sees.
    await test.refresh();
    assert.deepEqual((await test.state("volume"))["dropletIds"], [Number(after["id"])]);
    assert.deepEqual(await test.up(machine(asked)), { same: 14 });
  });

  it("finds what was deleted and edited by hand, and puts it right", async () => {
    const asked = { size: "s-2vcpu-2gb", tags: ["odoo", "prod"], userData: "#cloud-config\npackages: [git]" };
    const { id } = await test.state("firewall");
    const record = await test.state("a");
    await api.ask("DELETE", `/v2/firewalls/${String(id)}`);
    const path = `/v2/domains/odoo.example.com/records/${String(record["id"])}`;
    await api.ask("PUT", path, { type: "A", name: "@", data: "192.0.2.1" });
    const refreshed = await test.refresh();
    assert.deepEqual([refreshed.delete, refreshed.update], [1, 1]);
    assert.deepEqual(await test.up(machine(asked)), { create: 1, update: 1, same: 12 });
    const { address } = await test.stack.outputs();
    assert.deepEqual(await api.ask("GET", path), {
      domain_record: {
        ...((await api.ask("GET", path)) as { domain_record: object }).domain_record,
        data: address?.value as string,
      },
    });
  });

  it("refuses in the preview to shrink a volume", async () => {
    const shrunk = async (): Promise<void> => {
      await machine({})();
      new digitalocean.Volume("small", { region: "fra1", size: 5 });
    };
    await test.up(shrunk);
    const smaller = async (): Promise<void> => {
      await machine({})();
      new digitalocean.Volume("small", { region: "fra1", size: 4 });
    };
    await assert.rejects(test.preview(smaller), /can only be expanded and not shrunk/);
  });

  it("is gone without a trace", async () => {
    await test.destroy();
    for (const [path, list] of Object.entries({
      "/v2/droplets": "droplets",
      "/v2/volumes": "volumes",
      "/v2/reserved_ips": "reserved_ips",
      "/v2/firewalls": "firewalls",
      "/v2/domains": "domains",
      "/v2/account/keys": "ssh_keys",
    }))
      assert.deepEqual(((await api.ask("GET", path)) as Record<string, unknown>)[list], [], path);
  });
});
