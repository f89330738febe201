import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type LoadedSettings, loadSettings } from "../../settings/load.ts";
import { refusalOf } from "../support/user-error.ts";
import { leastAppSettings } from "./sample.ts";

const secrets = { odooAdminPassword: "one", webhookSecret: "two" };

/** Loads these settings as the engine hands them over: sections as JSON, secrets by their name. */
function load(values: Record<string, unknown>, encrypted: string[] = Object.keys(secrets)): LoadedSettings {
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const config = Object.entries(values).map(([key, value]) => [`odoo-platform:${key}`, text(value)] as const);
  pulumi.runtime.setAllConfig(
    Object.fromEntries([...config, ["other:budget", "not ours"]]),
    encrypted.map((key) => `odoo-platform:${key}`),
  );
  return loadSettings();
}

const whole = () => ({ ...leastAppSettings(), ...secrets });

describe("loading a stack's settings in the program", () => {
  before(() =>
    pulumi.runtime.setMocks(
      { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
      "odoo-platform",
      "prod",
    ),
  );
  after(() => pulumi.runtime.setAllConfig({}));

  it("gives sections in plain and secrets as secrets", async () => {
    const { host, secrets: loaded } = load(whole());
    assert.equal(host.kind, "app");
    assert.deepEqual(Object.keys(loaded), ["odooAdminPassword", "webhookSecret"]);
    assert.ok(loaded.webhookSecret && (await pulumi.isSecret(loaded.webhookSecret)));
  });

  it("takes the release that a verb hands in, and what else it says of the update", () => {
    assert.equal(
      load({ ...whole(), release: { tag: "1" }, update: { verb: "deploy" } }).release,
      '{"tag":"1"}',
    );
    assert.equal(load(whole()).release, undefined);
  });

  it("has a digest that changes when a secret does, and with nothing else", () => {
    const { secretsDigest } = load(whole());
    assert.equal(load({ ...whole(), budget: { usdPerMonth: 90 } }).secretsDigest, secretsDigest);
    assert.notEqual(load({ ...whole(), webhookSecret: "three" }).secretsDigest, secretsDigest);
    assert.doesNotMatch(secretsDigest, /one|two/);
  });

  it("refuses what init and the verbs refuse, in the same words", async () => {
    const { exit, message } = await refusalOf(() =>
      load({ ...whole(), odoo: { serie: "19.0" }, budget: "much" }, ["odooAdminPassword"]),
    );
    assert.equal(exit, "badInput");
    assert.equal(
      message,
      [
        "Pulumi.prod.yaml has 3 faults:",
        '  odoo.serie: is no setting; did you mean "series"?',
        "  budget: must be a section, is a string",
        '  webhookSecret: stands there in plain text; change it at its source, then "pulumi config set --secret webhookSecret"',
      ].join("\n"),
    );
  });

  it("takes no section with a secret inside, which would come out in plain text", async () => {
    const { message } = await refusalOf(() => load(whole(), [...Object.keys(secrets), "image"]));
    assert.match(message, /\n {2}image: holds a secret; a secret is a flat key of its own/);
  });
});
