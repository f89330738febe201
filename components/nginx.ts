import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostFile, type Machine, hostCommand, hostFile, render } from "./host-command.ts";

export interface NginxArgs {
  machine: Machine;
  /** Where Odoo answers. */
  domain: string;
  /** Where n8n answers. @default no n8n */
  n8nDomain?: string | undefined;
  /** The size's processors: one worker process each. */
  vcpus: number;
  /** Seconds that the longest request to Odoo may take. */
  requestSeconds: number;
}

/**
 * The web server on the machine: HTTPS for Odoo and n8n, static files, limits and the page for pauses. It starts with a
 * certificate that nobody trusts, which `Certificate` replaces. A change is a reload: no request fails.
 *
 * @example
 * new Nginx("odoo-prod", { machine, domain: "erp.example.com", vcpus: 1, requestSeconds: 240 }, { parent, dependsOn: base });
 */
export class Nginx extends pulumi.ComponentResource {
  readonly applied: command.remote.Command;

  constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Nginx", name, {}, opts);
    this.applied = hostCommand(`${name}-nginx`, nginxConcern(args), args.machine, { parent: this });
    this.registerOutputs({});
  }
}

/** Everything that its configuration is made of, in one folder, which replaces the last one as a whole. */
const parts = [
  "nginx.conf",
  "tls.conf",
  "limits.conf",
  "names.conf",
  "security-headers.conf",
  "proxy.conf",
  "websocket.conf",
  "static.conf",
  "pause.conf",
  "odoo.conf",
  "n8n.conf",
];

export function nginxConcern(args: Omit<NginxArgs, "machine">) {
  const names = [args.domain, ...(args.n8nDomain === undefined ? [] : [args.n8nDomain])];
  return {
    name: "nginx",
    files: nginxFiles(args, names),
    apply: hostFile("nginx/apply.sh"),
    variables: { NGINX_NAMES: names.join(" ") },
  };
}

function nginxFiles(args: Omit<NginxArgs, "machine">, names: string[]): HostFile[] {
  const values = { ...args, names, n8nDomain: args.n8nDomain ?? "" };
  const candidate = (file: string): string => `/etc/odoo-platform/nginx/candidate/${file}`;
  return [
    ...parts.map((part) => ({ path: candidate(part), text: render(hostFile(`nginx/${part}`), values) })),
    { path: candidate("pause.html"), text: hostFile("nginx/pause.html") },
    {
      path: "/etc/systemd/system/nginx.service.d/odoo-platform.conf",
      text: hostFile("nginx/service.conf"),
    },
  ];
}
