import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile, render } from "./host-command.ts";
import { digestOf } from "./odoo.ts";

export interface N8nArgs {
  /** Where it answers. */
  domain: string;
  /** Reference of its image. */
  image: string;
  /** Bound of its container in MB. */
  memoryMb: number;
  /** Encrypts the credentials that it keeps; with another one it does not start. Secret. */
  encryptionKey: pulumi.Input<string>;
  /** IANA name; when its schedules run. */
  timeZone: string;
}

export interface ServicesArgs {
  machine: Machine;
  /** Left out, n8n is taken away and its data stays on the volume. @default none */
  n8n?: N8nArgs | undefined;
}

/**
 * What runs beside Odoo.
 *
 * @example
 * new Services("odoo-prod", { machine, n8n: { domain: "n8n.example.com", ... } }, { dependsOn: images });
 */
export class Services extends pulumi.ComponentResource {
  readonly n8n: command.remote.Command;

  constructor(name: string, args: ServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Services", name, {}, opts);
    this.n8n = hostCommand(`${name}-n8n`, n8nConcern(args.n8n), args.machine, { parent: this });
    this.registerOutputs({});
  }
}

export function n8nConcern(n8n: N8nArgs | undefined): HostConcern {
  return {
    name: "n8n",
    files: n8n ? n8nFiles(n8n) : [],
    apply: hostFile("n8n/apply.sh"),
    variables: { N8N: n8n ? "on" : "off" },
  };
}

function n8nFiles(n8n: N8nArgs): HostConcern["files"] {
  const key = pulumi.secret(n8n.encryptionKey);
  return [
    { path: "/etc/odoo-platform/n8n/compose.yaml", text: hostFile("n8n/compose.yaml") },
    {
      path: "/etc/odoo-platform/n8n/.env",
      text: key.apply((text) => render(hostFile("n8n/compose.env"), { ...n8n, digest: digestOf([text]) })),
    },
    {
      path: "/etc/odoo-platform/secrets/n8n/encryption-key",
      text: key,
      mode: "0400",
      owner: "10004:10004",
    },
  ];
}
