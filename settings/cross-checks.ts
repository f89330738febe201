import { appRegistries } from "../catalog/app-registries.ts";
import { appSizes } from "../catalog/app-sizes.ts";
import { regions } from "../catalog/regions.ts";
import type { Fault } from "./fault.ts";
import type { Settings } from "./schema.ts";

type Check = (settings: Partial<Settings>) => Fault[];

/** What no section can know alone. A section that has a fault of its own is left out of its checks. */
export function crossChecks(settings: Partial<Settings>): Fault[] {
  return checks.flatMap((check) => check(settings));
}

const caughtMail: Check = ({ platform, mail }) => {
  if (!platform || !mail || platform.environment === "production" || mail.kind === "catcher") return [];
  const message = `"${mail.kind}" would let mail out of ${platform.environment}; only production may, use "catcher"`;
  return [{ path: "mail.kind", message }];
};

const namesInZone: Check = ({ platform, services }) => {
  if (!platform) return [];
  const { name } = platform.zone;
  const inside = (domain: string): boolean => domain === name || domain.endsWith(`.${name}`);
  return [
    { path: "platform.domain", domain: platform.domain },
    { path: "services.n8n.domain", domain: services?.n8n?.domain ?? name },
  ]
    .filter(({ domain }) => !inside(domain))
    .map(({ path, domain }) => ({ path, message: `"${domain}" is not in platform.zone.name, "${name}"` }));
};

const appNeedsManagedDatabase: Check = ({ host, database }) => {
  if (host?.kind !== "app" || database?.kind !== "droplet") return [];
  return [
    {
      path: "database.kind",
      message: 'there is no droplet to hold it when host.kind is "app"; use "managed"',
    },
  ];
};

// A zone's apex cannot hold the CNAME that App Platform asks for (RFC 1034, 3.6.2).
const appNeedsSubdomain: Check = ({ platform, host }) => {
  if (host?.kind !== "app" || !platform || platform.domain !== platform.zone.name) return [];
  const message = `"${platform.domain}" is the zone itself, which cannot point to an app; use a name below it`;
  return [{ path: "platform.domain", message }];
};

const n8nNeedsDroplet: Check = ({ host, services }) => {
  if (host?.kind !== "app" || !services?.n8n) return [];
  return [{ path: "services.n8n", message: 'runs on a droplet only; leave it out when host.kind is "app"' }];
};

const instances: Check = ({ host }) => {
  if (host?.kind !== "app" || host.instances === 1 || appSizes[host.size].scalable) return [];
  return [{ path: "host.instances", message: `"${host.size}" allows one instance; use another size, or 1` }];
};

const appImage: Check = ({ host, image }) => {
  if (host?.kind !== "app" || !image) return [];
  const known = Object.keys(appRegistries);
  if (!known.includes(image.registry)) {
    const message = `"${image.registry}" is none that App Platform can pull from; there is ${known.join(", ")}`;
    return [{ path: "image.registry", message }];
  }
  if (image.repository.includes("/")) return [];
  const message = `"${image.repository}" lacks the owner, which App Platform asks for; write it like owner/odoo`;
  return [{ path: "image.repository", message }];
};

const spaces: Check = ({ platform }) => {
  if (!platform || regions[platform.region].spaces) return [];
  const { app, city } = regions[platform.region];
  const near = Object.entries(regions).find(([, region]) => region.spaces && region.app === app)?.[0];
  const way = `"${near ?? "fra1"}", ${near ? `also in ${city}` : "in Frankfurt"}, has`;
  return [{ path: "platform.region", message: `"${platform.region}" has no Spaces for the backups; ${way}` }];
};

const heard: Check = ({ alerts }) => {
  if (!alerts || alerts.email.length > 0 || alerts.slack) return [];
  const message = "nobody would hear of an outage; DigitalOcean can tell alerts.email or alerts.slack";
  return [{ path: "alerts", message }];
};

const twice: Check = ({ repositories = [] }) => {
  const names = repositories.map(({ owner, name }) => `${owner}/${name}`.toLowerCase());
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: `repositories[${index}]`, message: `"${name}" stands there twice` }]
      : [],
  );
};

const checks: Check[] = [
  caughtMail,
  namesInZone,
  appNeedsManagedDatabase,
  appNeedsSubdomain,
  n8nNeedsDroplet,
  instances,
  appImage,
  spaces,
  heard,
  twice,
];
