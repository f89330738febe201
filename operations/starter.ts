import { acmePort, names, network } from "../sandbox/machines/addresses.ts";
import { isSandbox } from "./engine-env.ts";

/**
 * A new stack's settings as text, ready to be read and edited. Its secrets are added after.
 * @param authority certificate of a sandbox's own authority, PEM, where there is one
 */
export function starterSettings(
  stack: string,
  kind: "droplet" | "app",
  project: string,
  authority: string | undefined,
): string {
  const sandbox = isSandbox(stack);
  const zone = sandbox ? `${stack}.test` : "example.com";
  const sections = [
    platform(stack, zone, sandbox),
    ...(kind === "app" ? [appHost, managedDatabase] : [dropletHost(sandbox, authority)]),
    odoo,
    image(sandbox, kind),
    tls(zone, sandbox && kind === "droplet"),
    `mail:\n  kind: catcher\n  from: odoo@${zone}`,
    repositories(stack, sandbox),
    alerts(zone, sandbox),
    `budget:\n  usdPerMonth: ${kind === "app" ? 80 : 20}`,
  ];
  const owner = `github:owner: ${sandbox ? "sandbox" : "your-organization"}`;
  const body = [...sections.map((section) => `${project}:${section}`), owner].map(indent).join("\n\n");
  return `# yaml-language-server: $schema=settings/schema.json\n# Settings of the stack "${stack}". docs/settings.md tells every one of them.\nconfig:\n${body}\n`;
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");

const platform = (stack: string, zone: string, sandbox: boolean): string => `platform:
  name: odoo
  environment: ${sandbox ? "sandbox" : "staging"}
  domain: ${sandbox ? "odoo" : stack}.${zone}
  zone: { name: ${zone}, owned: ${sandbox} }
  region: sgp1`;

const dropletHost = (sandbox: boolean, authority: string | undefined): string =>
  [
    "host:\n  kind: droplet\n  size: s-1vcpu-2gb\n  volumeGb: 10",
    `  adminNetworks: [${sandbox ? network.adminNetwork : "203.0.113.0/24"}]${sandbox ? "" : " # yours here"}`,
    ...(authority === undefined
      ? []
      : [
          "  # The sandbox's own, which vouches for its registry and its ACME server.",
          `  trustedCertificates:\n    - |\n${authority.trim().replaceAll(/^/gm, "      ")}`,
        ]),
  ].join("\n");

const tls = (zone: string, sandbox: boolean): string =>
  [
    `tls:\n  contact: admin@${zone}`,
    ...(sandbox ? [`  directory: https://${names.acme}:${acmePort}/dir`] : []),
  ].join("\n");

const appHost = `host:
  kind: app
  size: apps-s-1vcpu-2gb
  instances: 1`;

const managedDatabase = `database:
  kind: managed
  size: db-s-1vcpu-1gb`;

const odoo = `odoo:
  series: "19.0"
  modules: [base, web]`;

const image = (sandbox: boolean, kind: "droplet" | "app"): string =>
  [
    "image:",
    // App Platform pulls from registries that it knows.
    ...(sandbox && kind === "droplet" ? [`  registry: ${names.registry}`] : []),
    `  repository: ${sandbox ? "sandbox" : "your-organization"}/odoo\n  tag: "19.0"`,
  ].join("\n");

// In the sandbox every channel has its receiver; elsewhere their secrets would be missing.
const alerts = (zone: string, sandbox: boolean): string =>
  [
    `alerts:\n  email: [admin@${zone}]`,
    ...(sandbox
      ? [
          '  slack: { deployments: "#deployments", incidents: "#incidents" }',
          "  mattermost: { channel: deployments }",
          "  pagerduty: true",
        ]
      : []),
  ].join("\n");

// Two sandboxes share one emulated GitHub, so only the first owns what exists once.
const repositories = (stack: string, sandbox: boolean): string => `repositories:
  - owner: ${sandbox ? "sandbox" : "your-organization"}
    name: odoo-addons
    owned: ${stack === "sandbox"}
    requiredChecks: [Odoo CE CI]`;
