import assert from "node:assert/strict";
import { faultsOf, leastAppSettings, leastSettings } from "./sample.ts";

const platform = (more: object) => ({
  platform: {
    environment: "production",
    domain: "erp.example.com",
    zone: { name: "example.com" },
    ...more,
  },
});
const relay = { mail: { kind: "smtp", host: "m.example.com", user: "u", from: "a@example.com" } };
const n8n = (domain: string) => ({ services: { n8n: { domain } } });
const droplet = (more: object, fault: string) => ({ values: { ...leastSettings(), ...more }, fault });
const app = (more: object, fault: string) => ({ values: { ...leastAppSettings(), ...more }, fault });

describe("sections that do not fit each other", () => {
  const scenes = {
    "a relay off production": droplet(
      { ...platform({ environment: "staging" }), ...relay },
      'mail.kind: "smtp" would let mail out of staging; only production may, use "catcher"',
    ),
    "a domain outside the zone": droplet(
      platform({ domain: "erp.other-example.com" }),
      'platform.domain: "erp.other-example.com" is not in platform.zone.name, "example.com"',
    ),
    "n8n outside the zone": droplet(
      n8n("n8n.example.org"),
      'services.n8n.domain: "n8n.example.org" is not in platform.zone.name, "example.com"',
    ),
    "an app with its database on a droplet": app(
      { database: { kind: "droplet" } },
      'database.kind: there is no droplet to hold it when host.kind is "app"; use "managed"',
    ),
    "an app at the zone itself": app(
      platform({ domain: "example.com" }),
      'platform.domain: "example.com" is the zone itself, which cannot point to an app; use a name below it',
    ),
    "n8n without a droplet": app(
      n8n("n8n.example.com"),
      'services.n8n: runs on a droplet only; leave it out when host.kind is "app"',
    ),
    "two instances of a fixed size": app(
      { host: { kind: "app", size: "apps-s-1vcpu-1gb-fixed", instances: 2 } },
      'host.instances: "apps-s-1vcpu-1gb-fixed" allows one instance; use another size, or 1',
    ),
    "an app from a registry that App Platform does not know": app(
      { image: { registry: "quay.io", repository: "acme/odoo" } },
      'image.registry: "quay.io" is none that App Platform can pull from; there is ghcr.io, docker.io, registry.digitalocean.com',
    ),
    "an app's image without an owner": app(
      { image: { repository: "odoo" } },
      'image.repository: "odoo" lacks the owner, which App Platform asks for; write it like owner/odoo',
    ),
    "backups where there are no Spaces": droplet(
      platform({ region: "nyc1" }),
      'platform.region: "nyc1" has no Spaces for the backups; "nyc3", also in New York, has',
    ),
    "alerts that reach nobody at DigitalOcean": droplet(
      { alerts: { pagerduty: true } },
      "alerts: nobody would hear of an outage; DigitalOcean can tell alerts.email or alerts.slack",
    ),
  };
  for (const [scene, { values, fault }] of Object.entries(scenes)) {
    it(scene, () => assert.deepEqual(faultsOf(values), [fault]));
  }

  it("a repository that stands there twice, in whatever case", () => {
    const repositories = ["odoo", "site", "Odoo"].map((name) => ({ owner: "acme", name }));
    const faults = faultsOf({ ...leastSettings(), repositories }, { githubOwner: "acme" });
    assert.deepEqual(faults, ['repositories[2]: "acme/odoo" stands there twice']);
  });
});

describe("sections that do fit", () => {
  for (const [scene, values] of Object.entries({
    "a relay in production": { ...leastSettings(), ...relay },
    "n8n in the zone": { ...leastSettings(), ...n8n("n8n.example.com") },
    "one instance of a fixed size": {
      ...leastAppSettings(),
      host: { kind: "app", size: "apps-s-1vcpu-1gb-fixed" },
    },
    "a droplet's image from anywhere": {
      ...leastSettings(),
      image: { registry: "quay.io", repository: "odoo" },
    },
    "Slack alone": { ...leastSettings(), alerts: { slack: {} } },
  })) {
    it(scene, () => assert.deepEqual(faultsOf(values), []));
  }

  it("are not looked at where one has a fault of its own", () => {
    const values = { ...leastSettings(), ...relay, platform: { environment: "staging" } };
    assert.ok(faultsOf(values).every((fault) => fault.startsWith("platform.")));
  });
});
