import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type DropletSize } from "../catalog/droplet-sizes.ts";
import { mailgun } from "./mail.ts";
import { type HostConcern, type Machine, hostCommand, hostFile, render } from "./host-command.ts";

export interface HostBaseArgs {
  machine: Machine;
  size: Pick<DropletSize, "memoryMb">;
  volume: {
    /** As the vendor knows it, which names its device. */
    name: pulumi.Input<string>;
    /** In GB; when it grows, so does the file system. */
    sizeGb: number;
  };
  /** Whether mail is caught here, so that none may leave. */
  mailCaught: boolean;
  /** The one relay that mail may go to all the same, on port 2525. */
  allowedRelay?: string | undefined;
  /** Authorities that the machine trusts beside Debian's own, PEM. */
  trustedCertificates: string[];
}

/**
 * What a Debian has to be before anything of Odoo's can run on it: safe to reach, its volume mounted, Docker there.
 *
 * @example
 * const base = new HostBase("odoo-prod", { machine, size, volume, mailCaught: false, trustedCertificates: [] }, opts);
 */
export class HostBase extends pulumi.ComponentResource {
  /** What must be there before a container runs. */
  readonly done: pulumi.Resource[];

  constructor(name: string, args: HostBaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:HostBase", name, {}, opts);
    const { machine } = args;
    const base = hostCommand(`${name}-base`, baseConcern(args), machine, { parent: this });
    // One after the other: the machine takes one run at a time anyway, and the rules stand before anything listens.
    const after = (one: pulumi.Resource) => ({ parent: this, dependsOn: one });
    const rules = hostCommand(`${name}-firewall-rules`, firewallConcern(args), machine, after(base));
    const mount = hostCommand(`${name}-volume-mount`, volumeConcern(args), machine, after(rules));
    const docker = hostCommand(`${name}-docker`, dockerConcern(args), machine, after(mount));
    this.done = [base, rules, mount, docker];
    this.registerOutputs({});
  }
}

/** SSH, security updates, time, bounded logs, swap. */
function baseConcern({ size }: Pick<HostBaseArgs, "size">): HostConcern {
  return {
    name: "base",
    files: [
      {
        path: "/etc/ssh/sshd_config.d/00-odoo-platform.conf",
        text: hostFile("base/sshd.conf"),
        mode: "0600",
      },
      { path: "/etc/apt/apt.conf.d/52odoo-platform", text: hostFile("base/upgrades.conf") },
      { path: "/etc/systemd/journald.conf.d/odoo-platform.conf", text: hostFile("base/journald.conf") },
      { path: "/etc/systemd/system/swapfile.swap", text: hostFile("base/swapfile.swap") },
    ],
    apply: hostFile("base/apply.sh"),
    variables: { SWAP_MB: String(swapMb(size)) },
  };
}

/** As much as there is memory, and no more than 4 GB: whoever needs more needs a larger machine. */
export function swapMb({ memoryMb }: Pick<DropletSize, "memoryMb">): number {
  return Math.min(memoryMb, 4096);
}

/** What may come in and go out, by nftables: it holds also where the vendor's firewall does not, inside the machine. */
export function firewallConcern(args: Pick<HostBaseArgs, "mailCaught" | "allowedRelay">): HostConcern {
  const relay = args.mailCaught ? args.allowedRelay : undefined;
  const rules = { mailCaught: args.mailCaught, relayPort: relay === undefined ? 0 : mailgun.port };
  return {
    name: "firewall-rules",
    files: [
      {
        path: "/etc/odoo-platform/firewall-rules/rules.nft",
        text: render(hostFile("firewall-rules/rules.nft"), rules),
      },
      { path: "/usr/local/lib/odoo-platform/firewall", text: hostFile("firewall-rules/load"), mode: "0755" },
      {
        path: "/etc/systemd/system/odoo-platform-firewall.service",
        text: hostFile("firewall-rules/odoo-platform-firewall.service"),
      },
      ...(relay === undefined ? [] : relayFiles(relay)),
    ],
    apply: hostFile("firewall-rules/apply.sh"),
    variables: { RELAY_HOST: relay ?? "" },
  };
}

function relayFiles(relayHost: string): HostConcern["files"] {
  const service = "odoo-platform-mail-relay.service";
  const timer = "odoo-platform-mail-relay.timer";
  return [
    {
      path: "/usr/local/lib/odoo-platform/mail-relay",
      text: hostFile("firewall-rules/mail-relay"),
      mode: "0755",
    },
    {
      path: `/etc/systemd/system/${service}`,
      text: render(hostFile(`firewall-rules/${service}`), { relayHost }),
    },
    { path: `/etc/systemd/system/${timer}`, text: hostFile(`firewall-rules/${timer}`) },
  ];
}

/** The volume at /mnt/odoo-data, with a folder for each that keeps something there. */
function volumeConcern({ volume }: Pick<HostBaseArgs, "volume">): HostConcern {
  const device = pulumi.output(volume.name).apply((name) => `/dev/disk/by-id/scsi-0DO_Volume_${name}`);
  return {
    name: "volume-mount",
    files: [
      {
        // systemd's name of the unit for that path.
        path: "/etc/systemd/system/mnt-odoo\\x2ddata.mount",
        text: device.apply((device) => render(hostFile("volume-mount/data.mount"), { device })),
      },
    ],
    apply: hostFile("volume-mount/apply.sh"),
    variables: { DEVICE: device, VOLUME_GB: String(volume.sizeGb) },
  };
}

/** Docker, and the authorities that it and all else on the machine trust. */
function dockerConcern({ trustedCertificates }: Pick<HostBaseArgs, "trustedCertificates">): HostConcern {
  const trusted = trustedCertificates.map((pem) => `${pem.trim()}\n`);
  return {
    name: "docker",
    files: [
      { path: "/etc/docker/daemon.json", text: hostFile("docker/daemon.json") },
      {
        path: "/etc/systemd/system/docker.service.d/odoo-platform.conf",
        text: hostFile("docker/needs-data.conf"),
      },
      ...trusted.map((text) => ({
        path: `/usr/local/share/ca-certificates/odoo-platform-${digest(text).slice(0, 16)}.crt`,
        text,
      })),
    ],
    apply: hostFile("docker/apply.sh"),
    variables: { TRUSTED: trusted.map(digest).toSorted().join(" ") },
  };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
