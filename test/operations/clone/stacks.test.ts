import assert from "node:assert/strict";
import { completeSettings } from "../../../settings/complete.ts";
import { requirePair } from "../../../operations/clone/stacks.ts";
import type { Settings } from "../../../settings/schema.ts";
import { leastAppSettings, leastSettings } from "../../settings/sample.ts";
import { refusalOf } from "../../support/user-error.ts";

const secrets = [
  "databasePassword",
  "odooAdminPassword",
  "webhookSecret",
  "sshPrivateKey",
  "hostPrivateKey",
  "backupPassphrase",
  "smtpPassword",
];

/** Whole settings, of a stack whose secrets are all there. */
function settings(more: Record<string, unknown> = {}, least = leastSettings()): Settings {
  const values = {
    ...least,
    sshPublicKey: "ssh-ed25519 AAAA",
    hostPublicKey: "ssh-ed25519 AAAA",
    ...Object.fromEntries(secrets.map((key) => [key, "set"])),
    ...more,
  };
  return completeSettings({ values, encrypted: new Set(secrets), githubOwner: undefined }, "test");
}

const staging = (more: Record<string, unknown> = {}): Settings =>
  settings({
    platform: {
      environment: "staging",
      domain: "staging.example.com",
      zone: { name: "example.com" },
    },
    ...more,
  });
const pair = { from: "prod", to: "staging" };
const refused = async (source: Settings, target: Settings): Promise<string> =>
  (await refusalOf(() => requirePair(pair, source, target))).message;

describe("which stack's data may come to which", () => {
  it("production's to staging, and a stack's own to itself", () => {
    requirePair(pair, settings(), staging());
    requirePair({ from: "staging", to: "staging" }, staging(), staging());
  });

  it("never onto production", async () => {
    assert.match(await refused(staging(), settings()), /^--to: staging is production; /);
  });

  it("never where mail is not caught, whatever the settings' own check says", async () => {
    const target = staging();
    const smtp = {
      kind: "smtp",
      host: "mail.example.com",
      port: 587,
      user: "odoo",
      from: "odoo@example.com",
    };
    assert.match(
      await refused(settings(), { ...target, mail: smtp as Settings["mail"] }),
      /^--to: staging lets mail out \(mail\.kind is smtp\)$/,
    );
  });

  it("never between two series of Odoo", async () => {
    const target = staging({ odoo: { series: "18.0" } });
    assert.match(await refused(settings(), target), /^--to: staging is of Odoo 18\.0, prod of 19\.0; /);
  });

  it("never from or to a managed database", async () => {
    const app = settings({}, leastAppSettings());
    assert.match(await refused(app, staging()), /^prod: its database is a managed one/);
  });
});
