import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile, render } from "./host-command.ts";

export interface CertificateArgs {
  machine: Machine;
  /** Every name that is served: one certificate for all. A change of them asks for a new one. */
  domains: string[];
  /** Address of the ACME directory. A change of it asks for a new certificate. */
  directory: string;
  /** Mail address of the account there. */
  contact: string;
  /** IPv4 address that the names must lead to before the authority is asked. */
  address: pulumi.Input<string>;
  /** Seconds that the names may take to lead here. @default 300 */
  dnsWaitSeconds?: number;
}

/**
 * The certificate that nginx serves, from an ACME server, kept on the data volume and renewed by a timer. Needs `Nginx`,
 * which answers the server's challenge, and the names' DNS records.
 *
 * @example
 * new Certificate("odoo-prod", { machine, domains: ["erp.example.com"], directory, contact, address, ... }, { dependsOn: [nginx, dns] });
 */
export class Certificate extends pulumi.ComponentResource {
  readonly applied: command.remote.Command;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Certificate", name, {}, opts);
    this.applied = hostCommand(`${name}-certificate`, certificateConcern(args), args.machine, {
      parent: this,
    });
    this.registerOutputs({});
  }
}

export function certificateConcern(args: Omit<CertificateArgs, "machine">): HostConcern {
  const settings = pulumi.output(args.address).apply((address) => settingsText({ ...args, address }));
  const unit = (file: string) => ({
    path: `/etc/systemd/system/${file}`,
    text: hostFile(`certificate/${file}`),
  });
  return {
    name: "certificate",
    files: [
      { path: "/etc/odoo-platform/certificate/settings", text: settings },
      {
        path: "/usr/local/lib/odoo-platform/certificate",
        text: hostFile("certificate/certificate.sh"),
        mode: "0755",
      },
      {
        path: "/usr/local/lib/odoo-platform/serve-certificate",
        text: hostFile("certificate/serve.sh"),
        mode: "0755",
      },
      unit("odoo-platform-certificate.service"),
      unit("odoo-platform-certificate.timer"),
    ],
    apply: hostFile("certificate/apply.sh"),
  };
}

/** What the script on the machine reads: a name and a value on each line. */
function settingsText(args: Omit<CertificateArgs, "machine" | "address"> & { address: string }): string {
  return render(hostFile("certificate/settings.txt"), {
    ...args,
    names: args.domains,
    dnsWaitSeconds: args.dnsWaitSeconds ?? 300,
  });
}
