import assert from "node:assert/strict";
import { checkSettings } from "../../settings/check.ts";
import { authority, faultsWith, leastSettings } from "./sample.ts";

const host = (more: object) => ({ host: { kind: "droplet", adminNetworks: ["203.0.113.0/24"], ...more } });
const platform = (more: object) => ({
  platform: {
    environment: "production",
    domain: "erp.example.com",
    zone: { name: "example.com" },
    ...more,
  },
});
const smtp = { kind: "smtp", host: "mail.example.com", user: "odoo", from: "odoo@example.com" };
const repository = { owner: "acme", name: "odoo-ce" };

describe("the least settings of a stack", () => {
  it("are in order, and everything else has its default", () => {
    const raw = { values: leastSettings(), encrypted: new Set<string>(), githubOwner: undefined };
    const { settings, faults } = checkSettings(raw);
    assert.deepEqual(faults, []);
    assert.deepEqual(settings, {
      platform: {
        name: "odoo",
        environment: "production",
        domain: "erp.example.com",
        zone: { name: "example.com", owned: false },
        region: "sgp1",
      },
      host: {
        kind: "droplet",
        size: "s-1vcpu-2gb",
        volumeGb: 10,
        adminNetworks: ["203.0.113.0/24"],
        trustedCertificates: [],
      },
      database: { kind: "droplet" },
      odoo: { series: "19.0", workers: "auto", modules: ["base", "web"] },
      image: { registry: "ghcr.io", repository: "acme/odoo", tag: "19.0" },
      deploy: { watchMinutes: 10, keepReleases: 5, keepCopiesDays: 7, copiesShareOfDisk: 0.4 },
      tls: { directory: "https://acme-v02.api.letsencrypt.org/directory", contact: "ops@example.com" },
      backups: { hour: "02:00", timeZone: "Asia/Singapore", retentionDays: 30, drill: "monthly" },
      mail: { kind: "catcher" },
      services: {},
      repositories: [],
      alerts: { email: ["ops@example.com"], pagerduty: false },
      budget: { usdPerMonth: 20 },
      clone: { mask: [], keepPasswords: false, allow: [] },
    });
  });
});

describe("a setting at the edge of what is allowed", () => {
  for (const [what, sections] of Object.entries({
    "the smallest volume": host({ volumeGb: 1 }),
    "the largest volume": host({ volumeGb: 16_384 }),
    "one address as a network": host({ adminNetworks: ["203.0.113.7/32", "2001:db8::/128"] }),
    "an authority of one's own": host({ trustedCertificates: [authority] }),
    "images from elsewhere": {
      database: { kind: "droplet", image: "registry.example.com/postgres:17" },
      mail: { kind: "catcher", image: "registry.example.com/catcher:3", allowedRelay: "smtp.mailgun.org" },
      services: { n8n: { domain: "n8n.example.com", image: "registry.example.com/n8n:2" } },
    },
    "two workers": { odoo: { workers: 2 } },
    "64 workers": { odoo: { workers: 64 } },
    "a cent": { budget: { usdPerMonth: 0.01 } },
    "one day of backups": { backups: { retentionDays: 1 } },
    "the last minute of a day": { backups: { hour: "23:59" } },
    "a zone with an old name": { backups: { timeZone: "US/Eastern" } },
    "a relay's highest port": { mail: { ...smtp, port: 65_535 } },
    "a name of one letter": platform({ name: "o" }),
    "a name of 30 letters": platform({ name: "o".repeat(30) }),
    "a domain that is the zone itself": platform({ domain: "example.com" }),
    "an oldest series": { odoo: { series: "16.0" } },
    "Slack with its channels": { alerts: { slack: {} } },
    "what a clone hides": { clone: { mask: ["names", { column: "x_visit.x_person", as: "name" }] } },
    "what a clone's scan lets pass": {
      clone: { allow: [{ table: "res_partner", kind: "named-value", reason: "a game's codes" }] },
    },
  })) {
    it(`is taken: ${what}`, () => assert.deepEqual(faultsWith(sections), []));
  }
});

describe("a fault in a section is told with its path and the way out", () => {
  const scenes: [section: Record<string, unknown>, ...faults: string[]][] = [
    [{ host: undefined }, "host: is missing; what runs Odoo"],
    [{ host: null }, "host: must be a section, is nothing"],
    [{ host: "droplet" }, "host: must be a section, is a string"],
    [{ host: {} }, "host.kind: is missing; there is droplet, app"],
    [{ host: { kind: "dropplet" } }, 'host.kind: "dropplet" is not known; did you mean "droplet"?'],
    [{ host: { kind: 3 } }, 'host.kind: "3" is not known; there is droplet, app'],
    [host({ size: "s-1vcpu-2g" }), 'host.size: "s-1vcpu-2g" is not known; did you mean "s-1vcpu-2gb"?'],
    [host({ size: "huge" }), 'host.size: "huge" is not known; docs/settings.md lists what there is'],
    [host({ volumeGb: 0 }), 'host.volumeGb: "0" is too small; the least is 1'],
    [host({ volumeGb: 16_385 }), 'host.volumeGb: "16385" is too big; the most is 16384'],
    [host({ volumeGb: 1.5 }), 'host.volumeGb: "1.5" is not a whole number'],
    [host({ volumeGb: "10" }), "host.volumeGb: must be a number, is a string"],
    [host({ volumGb: 3 }), 'host.volumGb: is no setting; did you mean "volumeGb"?'],
    [
      host({ sshPassword: "x" }),
      "host.sshPassword: is no setting; a secret is a flat key of its own (docs/settings.md)",
    ],
    [
      host({ adminNetworks: [] }),
      "host.adminNetworks: must not be empty; networks that may reach SSH, in CIDR form. Never the whole internet",
    ],
    [host({ adminNetworks: "203.0.113.0/24" }), "host.adminNetworks: must be a list, is a string"],
    [
      host({ trustedCertificates: ["/etc/ssl/ca.pem"] }),
      'host.trustedCertificates[0]: "/etc/ssl/ca.pem" is not one certificate in PEM form; it begins with -----BEGIN CERTIFICATE-----',
    ],
    [
      { mail: { kind: "catcher", allowedRelay: "mail.example.com" } },
      'mail.allowedRelay: "mail.example.com" is not known; there is smtp.mailgun.org, smtp.eu.mailgun.org',
    ],
    [
      { database: { kind: "droplet", image: "postgres" } },
      'database.image: "postgres" is not an image\'s reference; write it like ghcr.io/owner/name:tag',
    ],
    [
      platform({ environment: "prod" }),
      'platform.environment: "prod" is not known; did you mean "production"?',
    ],
    [platform({ region: "sgp" }), 'platform.region: "sgp" is not known; did you mean "sgp1"?'],
    [platform({ zone: "example.com" }), "platform.zone: must be a section, is a string"],
    [
      platform({ zone: { name: "example.com", ownd: true } }),
      'platform.zone.ownd: is no setting; did you mean "owned"?',
    ],
    [
      { clone: { mask: ["name"] } },
      'clone.mask[0]: "name" is neither a column nor one of names, mails, phones, addresses, bankAccounts, messages, attachments',
    ],
    [{ clone: { allow: [{ kind: "jwt" }] } }, "clone.allow[0].reason: is missing; why it is no credential"],
    [{ database: { kind: "manged" } }, 'database.kind: "manged" is not known; did you mean "managed"?'],
    [
      { database: { kind: "managed", version: 17 } },
      'database.version: must be a string, is a number; write it in quotes, "17"',
    ],
    [
      { database: { kind: "managed", version: "13", standby: "yes" } },
      'database.version: "13" is not known; there is 14, 15, 16, 17, 18',
      "database.standby: must be a boolean, is a string",
    ],
    [{ odoo: { series: 19 } }, 'odoo.series: must be a string, is a number; write it in quotes, "19.0"'],
    [{ odoo: { series: "19" } }, 'odoo.series: "19" is not known; did you mean "19.0"?'],
    [{ odoo: { workers: 1 } }, 'odoo.workers: "1" is too small; the least is 2'],
    [{ odoo: { workers: "atuo" } }, 'odoo.workers: "atuo" is neither "auto" nor a number from 2 to 64'],
    [
      { odoo: { modules: ["Sale"] } },
      `odoo.modules[0]: "Sale" is not a module's technical name; it looks like sale_management`,
    ],
    [
      { image: { repository: "Acme/Odoo", tag: "a b" } },
      `image.repository: "Acme/Odoo" is not an image's name; write it like owner/odoo, in lower case`,
      'image.tag: "a b" is not a tag; letters, digits, dots, dashes and underscores',
    ],
    [
      { deploy: { watchMinutes: 61, keepReleases: 1, keepCopiesDays: 0, copiesShareOfDisk: 1 } },
      'deploy.watchMinutes: "61" is too big; the most is 60',
      'deploy.keepReleases: "1" is too small; the least is 2',
      'deploy.keepCopiesDays: "0" is too small; the least is 1',
      'deploy.copiesShareOfDisk: "1" is too big; the most is 0.9',
    ],
    [
      { tls: { contact: "me", directory: "http://acme.example.com" } },
      'tls.directory: "http://acme.example.com" is not an https address of an ACME directory',
      'tls.contact: "me" is not a mail address',
    ],
    [
      { backups: { hour: 2, retentionDays: 0, drill: "month" } },
      "backups.hour: must be a string, is a number; write it in quotes",
      'backups.retentionDays: "0" is too small; the least is 1',
      'backups.drill: "month" is not known; did you mean "monthly"?',
    ],
    [{ mail: { kind: "sendgrid" } }, 'mail.kind: "sendgrid" is not known; there is smtp, mailgun, catcher'],
    [
      { mail: { ...smtp, port: 70_000, user: "" } },
      'mail.port: "70000" is too big; the most is 65535',
      "mail.user: must not be empty; who logs in there. The password is the secret smtpPassword",
    ],
    [{ services: { n8n: true } }, "services.n8n: must be a section, is a boolean"],
    [
      { services: { n8n: {} } },
      "services.n8n.domain: is missing; where n8n answers; a name in the platform's zone",
    ],
    [{ repositories: {} }, "repositories: must be a list, is a section"],
    [
      { repositories: [{}] },
      "repositories[0].owner: is missing; user or organization",
      "repositories[0].name: is missing; name of an existing repository",
    ],
    [
      { repositories: [{ ...repository, approvals: 7, reviewers: ["a/b/c"] }] },
      'repositories[0].approvals: "7" is too big; the most is 6',
      'repositories[0].reviewers[0]: "a/b/c" is neither a user nor organization/team',
    ],
    [
      { repositories: [{ ...repository, reviewers: "abcdefg".split("") }] },
      "repositories[0].reviewers: is too long with 7; at most 6",
    ],
    [{ alerts: { email: "a@example.com" } }, "alerts.email: must be a list, is a string"],
    [
      { alerts: { slack: { incidents: "ops" }, mattermost: {} } },
      'alerts.slack.incidents: "ops" is not a channel; it begins with #',
      "alerts.mattermost.channel: is missing; channel, without a mark",
    ],
    [{ budget: { usdPerMonth: 0 } }, 'budget.usdPerMonth: "0" is too small; it must be more than 0'],
  ];
  for (const [sections, ...faults] of scenes) {
    it(faults.join(" and "), () => assert.deepEqual(faultsWith(sections), faults));
  }
});
