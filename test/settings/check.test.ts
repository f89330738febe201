import assert from "node:assert/strict";
import { checkSettings, missingKeys } from "../../settings/check.ts";
import { completeSettings } from "../../settings/complete.ts";
import { UserError } from "../../user-error.ts";
import { faultsOf, faultsWith, leastAppSettings, leastSettings } from "./sample.ts";

const acme = { owner: "acme", name: "odoo-ce" };

describe("checking settings", () => {
  it("says all that is wrong at once", () => {
    const values = {
      ...leastSettings(),
      platform: { environment: "stagin", domain: "ERP", zone: { name: "example.com" } },
      odoo: { series: "20.0" },
      host: { kind: "droplet" },
      webhookSecret: "in plain text",
      platfrom: {},
    };
    assert.deepEqual(
      faultsOf(values).map((fault) => fault.split(":")[0]),
      [
        "platfrom",
        "platform.environment",
        "platform.domain",
        "host.adminNetworks",
        "odoo.series",
        "webhookSecret",
      ],
    );
  });

  it("says of an empty file which sections it must have", () => {
    assert.deepEqual(faultsOf({}), [
      "platform: is missing; what the platform is called and where it stands",
      "host: is missing; what runs Odoo",
      "image: is missing; the container image",
      "tls: is missing; the certificate",
      "alerts: nobody would hear of an outage; DigitalOcean can tell alerts.email or alerts.slack",
    ]);
  });

  it("suggests the key that was meant", () => {
    assert.deepEqual(faultsWith({ platfrom: {}, databasePasword: "x", zzzzzzzzzz: 1 }), [
      'platfrom: is no setting; did you mean "platform"?',
      'databasePasword: is no setting; did you mean "databasePassword"?',
      "zzzzzzzzzz: is no setting; docs/settings.md lists what there is",
    ]);
  });

  it("takes no release, which a verb hands in for one update alone", () => {
    assert.deepEqual(faultsWith({ release: { tag: "19.0" } }), [
      "release: belongs to one update, and the verbs add it for that one; take it out, then `platform deploy --release TAG`",
    ]);
  });

  it("takes no secret inside a section, and never shows it", () => {
    const mail = { kind: "smtp", password: { secure: "v1:not-to-be-shown" } };
    assert.deepEqual(faultsWith({ mail }, { encrypted: ["mail"] }), [
      "mail: holds a secret; a secret is a flat key of its own (docs/settings.md)",
    ]);
  });

  it("takes no secret in plain text, and never shows it", () => {
    assert.deepEqual(faultsWith({ webhookSecret: "not-to-be-shown" }), [
      'webhookSecret: stands there in plain text; change it at its source, then "pulumi config set --secret webhookSecret"',
    ]);
    assert.deepEqual(faultsWith({ webhookSecret: { secure: "v1:" } }, { encrypted: ["webhookSecret"] }), []);
  });

  it("wants github:owner to be the one owner of all repositories", () => {
    assert.deepEqual(faultsWith({ repositories: [acme] }, { githubOwner: "acme" }), []);
    assert.deepEqual(faultsWith({ repositories: [acme] }), [
      'github:owner: is missing; write "github:owner: acme" under config, where Pulumi\'s GitHub provider reads it',
    ]);
    const repositories = [acme, { owner: "other", name: "site" }];
    assert.deepEqual(faultsWith({ repositories }, { githubOwner: "acme" }), [
      'repositories[1].owner: "other" is not github:owner, "acme"; all repositories of a stack have one owner',
    ]);
  });
});

describe("the keys that settings need beside their sections", () => {
  const missing = (sections: Record<string, unknown>, set: string[] = []): string[] => {
    const values = { ...sections, ...Object.fromEntries(set.map((key) => [key, "set"])) };
    const raw = { values, encrypted: new Set(set), githubOwner: undefined };
    return missingKeys(raw, checkSettings(raw).settings);
  };
  const always = ["odooAdminPassword", "webhookSecret"];
  const machine = ["backupPassphrase"];
  const pairs = ["sshPrivateKey", "hostPrivateKey", "sshPublicKey", "hostPublicKey"];

  it("are those of a machine and its database on a droplet", () => {
    assert.deepEqual(missing(leastSettings()), ["databasePassword", ...always, ...machine, ...pairs]);
  });

  it("are fewer on App Platform", () => assert.deepEqual(missing(leastAppSettings()), always));

  it("are those that are not set yet", () => {
    assert.deepEqual(missing(leastSettings(), ["databasePassword", ...machine, ...pairs]), always);
  });

  for (const [what, sections, keys] of [
    ["n8n", { services: { n8n: { domain: "n8n.example.com" } } }, ["n8nEncryptionKey"]],
    [
      "a relay",
      { mail: { kind: "smtp", host: "m.example.com", user: "u", from: "a@example.com" } },
      ["smtpPassword"],
    ],
    [
      "Mailgun",
      { mail: { kind: "mailgun", domain: "mg.example.com", from: "a@example.com" } },
      ["mailgunSmtpPassword", "mailgunApiKey"],
    ],
    [
      "everyone who is told",
      { alerts: { slack: {}, mattermost: { channel: "ops" }, pagerduty: true } },
      ["slackWebhookUrl", "mattermostWebhookUrl", "pagerdutyRoutingKey"],
    ],
  ] as const) {
    it(`grow by what ${what} needs`, () => {
      assert.deepEqual(missing({ ...leastAppSettings(), ...sections }), [...always, ...keys]);
    });
  }
});

describe("settings that are not complete", () => {
  const complete = (values: Record<string, unknown>): string => {
    const raw = {
      values,
      encrypted: new Set(["databasePassword", "sshPrivateKey", "odooAdminPassword"]),
      githubOwner: undefined,
    };
    try {
      completeSettings(raw, "prod");
    } catch (error) {
      assert.ok(error instanceof UserError && error.exit === "badInput");
      return error.message;
    }
    return "";
  };

  it("end in one error with every fault and every missing key, each with its way out", () => {
    const mail = { kind: "smtp", host: "m.example.com", user: "u", from: "a@example.com" };
    const values = {
      ...leastSettings(),
      mail,
      budget: { usdPerMonth: -1 },
      databasePassword: "",
      sshPrivateKey: "",
    };
    assert.equal(
      complete(values),
      [
        "Pulumi.prod.yaml has 8 faults:",
        '  budget.usdPerMonth: "-1" is too small; it must be more than 0',
        '  odooAdminPassword: is not set; "platform init --stack prod" makes it',
        '  webhookSecret: is not set; "platform init --stack prod" makes it',
        '  backupPassphrase: is not set; "platform init --stack prod" makes it',
        '  hostPrivateKey: is not set; "platform init --stack prod" makes it',
        '  smtpPassword: is not set; "pulumi config set --secret smtpPassword --stack prod" asks for it',
        "  sshPublicKey: is not set; put the half there that belongs to the one that is set",
        '  hostPublicKey: is not set; "platform init --stack prod" makes it',
      ].join("\n"),
    );
  });

  it("end where the names would be too long for the vendor, joined with the stack's", () => {
    const named = (name: string, least: Record<string, unknown>) =>
      complete({ ...least, platform: { ...(least["platform"] as object), name } });
    const long = "a".repeat(28);
    const fault = `\n  platform.name: "${long}-prod", with the stack's name, is longer than the 32 characters that DigitalOcean takes here\n`;
    assert.ok(named(long, leastAppSettings()).includes(fault));
    assert.doesNotMatch(named("a".repeat(27), leastAppSettings()), /platform\.name/);
    assert.doesNotMatch(named(long, leastSettings()), /platform\.name/);
  });

  it("end where the stack's name is none that the vendors take", () => {
    const raw = { values: leastAppSettings(), encrypted: new Set<string>(), githubOwner: undefined };
    assert.throws(() => completeSettings(raw, "Prod"), /\n {2}stack: "Prod" becomes part of names/);
  });

  it("count one fault as one", () => {
    const values = { ...leastAppSettings(), odooAdminPassword: "x" };
    const expected =
      'Pulumi.prod.yaml has a fault:\n  webhookSecret: is not set; "platform init --stack prod" makes it';
    assert.equal(complete(values), expected);
  });
});
