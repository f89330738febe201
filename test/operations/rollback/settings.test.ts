import assert from "node:assert/strict";
import { differenceText, restorationOf } from "../../../operations/rollback/settings.ts";
import { sections } from "../../../settings/schema.ts";
import { leastSettings } from "../../settings/sample.ts";

const secrets = {
  databasePassword: "v1:a",
  odooAdminPassword: "v1:b",
  webhookSecret: "v1:c",
  backupPassphrase: "v1:h",
  sshPrivateKey: "v1:d",
  hostPrivateKey: "v1:e",
};
const keys = { sshPublicKey: "ssh-ed25519 A", hostPublicKey: "ssh-ed25519 B" };

const back = (then: Record<string, unknown>, now: Record<string, unknown> = {}, more = {}) =>
  restorationOf(
    { ...leastSettings(), ...then },
    {
      values: { ...leastSettings(), ...now, ...keys, ...secrets, ...more },
      encrypted: new Set([...Object.keys(secrets), ...Object.keys(more)]),
      githubOwner: undefined,
    },
    "prod",
  );
const brief = ({ restored, stays }: ReturnType<typeof back>) => ({
  restored: restored.map(differenceText),
  stays: stays.map(({ path }) => path),
});

describe("the settings of a way back", () => {
  it("are those of then for Odoo and what stands around it", () => {
    const all = back({ odoo: { workers: 2 } }, { odoo: { workers: 6 }, tls: { contact: "new@example.com" } });
    assert.deepEqual(brief(all), {
      restored: ["odoo.workers: 6 → 2", "tls.contact: new@example.com → ops@example.com"],
      stays: [],
    });
    assert.deepEqual(all.sections, { odoo: { workers: 2 }, tls: { contact: "ops@example.com" } });
  });

  it("take a section out that was not there then", () => {
    const { sections: changed, restored } = back({}, { odoo: { workers: 6 } });
    assert.deepEqual(changed, { odoo: null });
    assert.deepEqual(restored.map(differenceText), ["odoo.workers: 6 → auto"]);
  });

  it("know a default that is written from no difference", () => {
    assert.deepEqual(brief(back({ odoo: { workers: "auto" } })), { restored: [], stays: [] });
  });

  const stays: [string, Record<string, unknown>, string[]][] = [
    [
      "place and name",
      { platform: { ...(leastSettings()["platform"] as object), region: "fra1" } },
      ["platform.region"],
    ],
    ["sizes", { host: { ...(leastSettings()["host"] as object), volumeGb: 20 } }, ["host.volumeGb"]],
    [
      "who may enter",
      { host: { kind: "droplet", adminNetworks: ["198.51.100.0/24"] } },
      ["host.adminNetworks"],
    ],
    [
      "the database",
      { database: { kind: "managed" } },
      ["database.kind", "database.version", "database.size", "database.standby"],
    ],
    ["how long backups are kept", { backups: { retentionDays: 60 } }, ["backups.retentionDays"]],
    ["the budget", { budget: { usdPerMonth: 99 } }, ["budget.usdPerMonth"]],
    ["who hears of trouble", { alerts: { email: ["new@example.com"] } }, ["alerts.email"]],
    ["how releases are brought", { deploy: { watchMinutes: 1 } }, ["deploy.watchMinutes"]],
  ];
  for (const [what, now, paths] of stays)
    it(`are today's for ${what}`, () => {
      const all = back({}, now);
      assert.deepEqual(brief(all), { restored: [], stays: paths });
      assert.deepEqual(all.sections, {});
    });

  it("are today's where a secret of then is gone", () => {
    const smtp = { kind: "smtp", host: "mail.example.com", user: "odoo", from: "odoo@example.com" };
    const { sections: changed, stays: kept } = back({ mail: smtp });
    assert.deepEqual(changed, {});
    assert.match(kept[0]?.why ?? "", /^today it would be refused \(smtpPassword: is not set/);
    assert.deepEqual(back({ mail: smtp }, {}, { smtpPassword: "v1:f" }).sections, { mail: smtp });
  });

  it("neither bring n8n back nor take it away, whose data are its own", () => {
    const n8n = { n8n: { domain: "n8n.example.com" } };
    assert.deepEqual(brief(back({}, { services: n8n })), { restored: [], stays: ["services.n8n"] });
    assert.deepEqual(brief(back({ services: n8n })), { restored: [], stays: ["services.n8n"] });
    const other = { n8n: { domain: "flows.example.com" } };
    const withKey = back({ services: other }, { services: n8n }, { n8nEncryptionKey: "v1:g" });
    assert.deepEqual(withKey.sections, { services: other });
  });

  it("decide on every section that there is", () => {
    const changed = Object.fromEntries(Object.keys(sections).map((name) => [name, "changed"]));
    const { restored, stays: kept } = back({}, changed);
    assert.deepEqual(
      [...restored, ...kept].map(({ path }) => path),
      Object.keys(sections),
    );
  });
});
