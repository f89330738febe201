import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DropletHost, type DropletHostArgs } from "../../components/droplet-host.ts";
import { type Declared, declare } from "../support/mocks.ts";

const args: DropletHostArgs = {
  environment: "staging",
  region: "sgp1",
  size: "s-1vcpu-2gb",
  volumeGb: 10,
  adminNetworks: ["203.0.113.0/24"],
  sshPublicKey: "ssh-ed25519 AAAA",
  hostKey: { privateKey: pulumi.secret("private half"), publicKey: "ssh-ed25519 BBBB" },
};

const host = async (name = "odoo-test"): Promise<Declared[]> =>
  (await declare(() => new DropletHost(name, args))).resources;

/** How each part is declared, by the last word of its type. */
async function optionsOf(): Promise<Map<string, pulumi.CustomResourceOptions>> {
  const found = new Map<string, pulumi.CustomResourceOptions>();
  const remember: pulumi.ResourceTransformation = ({ type, opts }) => {
    found.set(type.split(":").at(-1) ?? "", opts);
    return undefined;
  };
  await declare(() => new DropletHost("odoo-test", args, { transformations: [remember] }));
  return found;
}

const inputs = (resources: Declared[], type: string): Record<string, unknown> =>
  resources.find((one) => one.type.endsWith(`:${type}`))?.inputs ?? {};

describe("a droplet that hosts Odoo", () => {
  it("is a Debian 13 that keeps its disk, so that a resize can be taken back", async () => {
    const { image, size, resizeDisk, gracefulShutdown, monitoring } = inputs(await host(), "Droplet");
    assert.deepEqual(
      [image, size, resizeDisk, gracefulShutdown, monitoring],
      ["debian-13-x64", "s-1vcpu-2gb", false, true, true],
    );
  });

  it("has its data on an XFS volume that hangs on it, and its address apart", async () => {
    const resources = await host();
    const { name, size, initialFilesystemType } = inputs(resources, "Volume");
    assert.deepEqual([name, size, initialFilesystemType], ["odoo-test-data", 10, "xfs"]);
    assert.equal(inputs(resources, "VolumeAttachment")["dropletId"], 1001);
    assert.deepEqual(inputs(resources, "ReservedIpAssignment"), {
      dropletId: 1001,
      ipAddress: "203.0.113.10",
    });
  });

  it("shows up in a project of its environment", async () => {
    const { environment, resources } = inputs(await host(), "Project");
    assert.deepEqual([environment, resources], ["Staging", ["do:droplet:1001", "do:volume:v-1"]]);
  });

  it("is not replaced for what matters at the first boot alone, nor its volume for its description", async () => {
    const options = await optionsOf();
    assert.deepEqual(options.get("Droplet")?.ignoreChanges, ["userData", "sshKeys", "image"]);
    assert.ok(options.get("Volume")?.ignoreChanges?.includes("description"));
  });

  it("protects what cannot be made again: volume and address", async () => {
    const kept = [...(await optionsOf())].filter(([, { protect }]) => protect);
    assert.deepEqual(
      kept.map(([type]) => type),
      ["Volume", "ReservedIp"],
    );
  });

  it("lets everything out", async () => {
    const rules = inputs(await host(), "Firewall")["outboundRules"] as { protocol: string }[];
    assert.deepEqual(
      rules.map(({ protocol }) => protocol),
      ["tcp", "udp", "icmp"],
    );
  });

  it("names every part after itself, so that two stand side by side", async () => {
    for (const { type, name } of await host("odoo-two")) assert.match(name, /^odoo-two/, type);
  });
});
