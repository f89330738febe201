import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { PricedResource } from "../catalog/prices.ts";
import { cloudInit } from "../host/cloud-init.ts";
import { type Host, tagsOf } from "./host.ts";
import { type Environment, createProject } from "./project.ts";

export interface DropletHostArgs {
  environment: Environment;
  /** Region slug. Changing it replaces droplet, volume and address. */
  region: string;
  /** Size slug. A change powers the droplet off for about a minute; its disk stays as it is. */
  size: string;
  /** Size of the data volume in GB. It can only grow. */
  volumeGb: number;
  /** Networks in CIDR form that may reach SSH. */
  adminNetworks: string[];
  /** Public key of the platform's SSH key, OpenSSH format. */
  sshPublicKey: string;
  /** The one-time host key, OpenSSH format. It matters for the first boot only. */
  hostKey: { privateKey: pulumi.Input<string>; publicKey: string };
}

/**
 * One droplet that runs everything, with its data on a volume and its address kept apart from the machine.
 *
 * @example
 * const host = new DropletHost("odoo-staging", { region: "sgp1", size: "s-1vcpu-2gb", volumeGb: 10, ... });
 */
export class DropletHost extends pulumi.ComponentResource implements Host {
  readonly vpc: digitalocean.Vpc;
  readonly sshKey: digitalocean.SshKey;
  readonly droplet: digitalocean.Droplet;
  readonly volume: digitalocean.Volume;
  readonly attachment: digitalocean.VolumeAttachment;
  readonly reservedIp: digitalocean.ReservedIp;
  readonly assignment: digitalocean.ReservedIpAssignment;
  readonly firewall: digitalocean.Firewall;
  readonly project: digitalocean.Project;
  readonly dns: Host["dns"];
  readonly databaseClient: Host["databaseClient"];
  readonly dropletIds: pulumi.Output<string>[];
  readonly priced: PricedResource[];

  constructor(name: string, args: DropletHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:DropletHost", name, {}, opts);
    this.vpc = new digitalocean.Vpc(`${name}-vpc`, { name, region: args.region }, { parent: this });
    this.sshKey = new digitalocean.SshKey(
      `${name}-ssh-key`,
      { name, publicKey: args.sshPublicKey },
      { parent: this },
    );
    this.volume = createVolume(name, args, this);
    this.droplet = createDroplet(name, args, this.vpc, this.sshKey, this.volume, this);
    this.attachment = attach(name, this.droplet, this.volume, this);
    this.reservedIp = createReservedIp(name, args.region, this);
    this.assignment = assign(name, this.droplet, this.reservedIp, this.attachment, this);
    this.firewall = createFirewall(name, args.adminNetworks, this.droplet, this);
    this.project = createProject(
      name,
      args.environment,
      [this.droplet.dropletUrn, this.volume.volumeUrn],
      this,
    );
    this.dns = { type: "A", data: this.reservedIp.ipAddress };
    this.databaseClient = { type: "droplet", value: this.droplet.id };
    this.dropletIds = [this.droplet.id];
    this.priced = [
      { type: "digitalocean:index/droplet:Droplet", name, props: { size: args.size } },
      { type: "digitalocean:index/volume:Volume", name: `${name}-data`, props: { size: args.volumeGb } },
    ];
    this.registerOutputs({ address: this.reservedIp.ipAddress });
  }
}

function createDroplet(
  name: string,
  args: DropletHostArgs,
  vpc: digitalocean.Vpc,
  sshKey: digitalocean.SshKey,
  volume: digitalocean.Volume,
  parent: pulumi.Resource,
): digitalocean.Droplet {
  const { publicKey } = args.hostKey;
  // Not secret by the provider, and it holds a private key: mark it, so that it stands encrypted in the state.
  const userData = pulumi
    .secret(args.hostKey.privateKey)
    .apply((privateKey) => cloudInit({ privateKey, publicKey }));
  return new digitalocean.Droplet(
    `${name}-droplet`,
    {
      name,
      region: args.region,
      size: args.size,
      image: "debian-13-x64",
      vpcUuid: vpc.id,
      sshKeys: [sshKey.fingerprint],
      userData,
      monitoring: true,
      // The disk of the smaller size stays, so a resize can be taken back.
      resizeDisk: false,
      gracefulShutdown: true,
      tags: tagsOf(name),
    },
    {
      parent,
      // Each of these would replace the machine; what they set is needed at the first boot only.
      ignoreChanges: ["userData", "sshKeys", "image"],
      // One action at a time: while its volume is resized, the vendor refuses to switch the droplet off.
      dependsOn: volume,
    },
  );
}

function createVolume(name: string, args: DropletHostArgs, parent: pulumi.Resource): digitalocean.Volume {
  return new digitalocean.Volume(
    `${name}-volume`,
    {
      name: `${name}-data`,
      region: args.region,
      size: args.volumeGb,
      // XFS shares blocks between copies, which is what releases and rehearsals stand on.
      initialFilesystemType: "xfs",
      initialFilesystemLabel: "odoo-data",
      description: "Database and filestore of Odoo",
      tags: tagsOf(name),
    },
    // Any of these, even the description, would delete the volume and make an empty one.
    {
      parent,
      protect: true,
      ignoreChanges: ["description", "initialFilesystemType", "initialFilesystemLabel", "snapshotId"],
    },
  );
}

function attach(
  name: string,
  droplet: digitalocean.Droplet,
  volume: digitalocean.Volume,
  parent: pulumi.Resource,
): digitalocean.VolumeAttachment {
  return new digitalocean.VolumeAttachment(
    `${name}-volume-attachment`,
    { dropletId: droplet.id.apply(Number), volumeId: volume.id },
    // A volume hangs on one droplet at a time: it must be taken off the old before it is put on the new.
    { parent, deleteBeforeReplace: true },
  );
}

function createReservedIp(name: string, region: string, parent: pulumi.Resource): digitalocean.ReservedIp {
  return new digitalocean.ReservedIp(`${name}-reserved-ip`, { region }, { parent, protect: true });
}

function assign(
  name: string,
  droplet: digitalocean.Droplet,
  reservedIp: digitalocean.ReservedIp,
  attachment: digitalocean.VolumeAttachment,
  parent: pulumi.Resource,
): digitalocean.ReservedIpAssignment {
  return new digitalocean.ReservedIpAssignment(
    `${name}-reserved-ip-assignment`,
    { dropletId: droplet.id.apply(Number), ipAddress: reservedIp.ipAddress },
    // One action at a time here too: unassigning while the volume is being detached answers 422, which the provider does
    // not try again (https://github.com/digitalocean/terraform-provider-digitalocean/issues/1034).
    { parent, dependsOn: attachment, deleteBeforeReplace: true },
  );
}

const everywhere = ["0.0.0.0/0", "::/0"];

function createFirewall(
  name: string,
  adminNetworks: string[],
  droplet: digitalocean.Droplet,
  parent: pulumi.Resource,
): digitalocean.Firewall {
  return new digitalocean.Firewall(
    `${name}-firewall`,
    {
      name,
      dropletIds: [droplet.id.apply(Number)],
      inboundRules: [
        { protocol: "tcp", portRange: "22", sourceAddresses: adminNetworks },
        { protocol: "tcp", portRange: "80", sourceAddresses: everywhere },
        { protocol: "tcp", portRange: "443", sourceAddresses: everywhere },
      ],
      outboundRules: [
        { protocol: "tcp", portRange: "1-65535", destinationAddresses: everywhere },
        { protocol: "udp", portRange: "1-65535", destinationAddresses: everywhere },
        { protocol: "icmp", destinationAddresses: everywhere },
      ],
    },
    { parent },
  );
}
