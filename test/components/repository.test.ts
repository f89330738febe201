import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Repository, type RepositoryArgs } from "../../components/repository.ts";
import { type Declared, declare } from "../support/mocks.ts";

const args: RepositoryArgs = {
  owner: "acme",
  name: "odoo-ce",
  owned: true,
  branch: "main",
  requiredChecks: ["Odoo CE CI"],
  approvals: 2,
  reviewers: ["ada"],
  protectable: true,
  stack: "prod",
  domain: "erp.example.com",
  webhookSecret: "hidden",
  secrets: { DIGITALOCEAN_TOKEN: pulumi.secret("hidden") },
  variables: { DOMAIN: "erp.example.com" },
};

async function declared(more: Partial<RepositoryArgs> = {}): Promise<(type: string) => Declared[]> {
  const { resources } = await declare(() => new Repository("odoo-prod-odoo-ce", { ...args, ...more }));
  return (type) => resources.filter((one) => one.type.endsWith(`:${type}`));
}

describe("a repository that deploys to a stack", () => {
  it("is changed by reviewed pull requests alone, whose checks passed on the newest commit", async () => {
    const all = await declared();
    const { enforcement, conditions, rules } = all("RepositoryRuleset")[0]?.inputs ?? {};
    assert.equal(enforcement, "active");
    assert.deepEqual(conditions, { refName: { includes: ["refs/heads/main"], excludes: [] } });
    assert.deepEqual(rules, {
      deletion: true,
      nonFastForward: true,
      pullRequest: {
        requiredApprovingReviewCount: 2,
        dismissStaleReviewsOnPush: true,
        requiredReviewThreadResolution: true,
      },
      requiredStatusChecks: {
        requiredChecks: [{ context: "Odoo CE CI" }],
        strictRequiredStatusChecksPolicy: true,
      },
    });
  });

  it("requires no checks where none are named", async () => {
    const all = await declared({ requiredChecks: [] });
    const { rules } = all("RepositoryRuleset")[0]?.inputs ?? {};
    assert.deepEqual(Object.keys(rules as object), ["deletion", "nonFastForward", "pullRequest"]);
  });

  it("deploys from its branch alone, once its reviewers have said yes", async () => {
    const all = await declared();
    const environment = all("RepositoryEnvironment")[0]?.inputs ?? {};
    assert.equal(environment["environment"], "prod");
    assert.equal(environment["canAdminsBypass"], false);
    assert.deepEqual(environment["reviewers"], [{ users: [7], teams: [] }]);
    assert.equal(all("RepositoryEnvironmentDeploymentPolicy")[0]?.inputs["branchPattern"], "main");
  });

  it("keeps its secrets in the stack's environment, under their own names", async () => {
    const all = await declared();
    const [secret] = all("ActionsEnvironmentSecret");
    assert.deepEqual(
      [secret?.inputs["environment"], secret?.inputs["secretName"]],
      ["prod", "DIGITALOCEAN_TOKEN"],
    );
    assert.equal(all("ActionsEnvironmentVariable")[0]?.inputs["variableName"], "DOMAIN");
    assert.deepEqual(all("ActionsSecret"), []);
  });

  it("is looked at by pull requests with credentials of their own, where the settings have them", async () => {
    const without = await declared();
    assert.equal(without("RepositoryEnvironment").length, 1);
    const all = await declared({ previewSecrets: { DIGITALOCEAN_TOKEN: pulumi.secret("reads") } });
    const preview = all("RepositoryEnvironment").find(
      ({ inputs }) => inputs["environment"] === "prod-preview",
    );
    assert.ok(preview);
    assert.equal(preview.inputs["reviewers"], undefined);
    const secrets = all("ActionsEnvironmentSecret").filter(
      ({ inputs }) => inputs["environment"] === "prod-preview",
    );
    assert.deepEqual(
      secrets.map(({ inputs }) => [inputs["secretName"], inputs["value"]]),
      [["DIGITALOCEAN_TOKEN", "reads"]],
    );
  });

  it("has them in the repository, with the stack in their names, where there can be no environment", async () => {
    const all = await declared({ protectable: false });
    assert.equal(all("ActionsSecret")[0]?.inputs["secretName"], "DIGITALOCEAN_TOKEN_PROD");
    assert.equal(all("ActionsVariable")[0]?.inputs["variableName"], "DOMAIN_PROD");
  });

  it("tells Odoo what happens, signed and by TLS", async () => {
    const { configuration } = (await declared())("RepositoryWebhook")[0]?.inputs ?? {};
    assert.deepEqual(configuration, {
      url: "https://erp.example.com/pulser/github",
      contentType: "json",
      insecureSsl: false,
      secret: "hidden",
    });
  });
});
