import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { root } from "../../tools/paths.ts";
import { credentials } from "./fakes.ts";
import { bucket, droplet, platform, ruleset, volume } from "./production/compliant.ts";
import type { Resource } from "./framework.ts";

const policyPacks = ["secrets", "production"].map((pack) => join(root, "policies", pack));
const token = credentials[0]?.[1] ?? "";
const actionsSecret = "github:index/actionsSecret:ActionsSecret";

/**
 * Declares resources by their types alone. A component of a vendor's type needs no plugin, and the engine shows its
 * inputs to the packs just as it shows a vendor's.
 */
function declare(...resources: Resource[]) {
  return async (): Promise<void> => {
    for (const { type, name = "it", props, protect = false } of resources) {
      new pulumi.ComponentResource(type, name, props, { protect });
    }
    return Promise.resolve();
  };
}

const firewall: Resource = { type: "digitalocean:index/firewall:Firewall", props: { inboundRules: [] } };

/** What nothing is wrong with; user data goes in as a secret, as the platform's own does. */
const compliant = (): Resource[] => {
  const { userData } = droplet().props;
  return [
    platform(),
    droplet({ userData: pulumi.secret(userData) }),
    firewall,
    volume(),
    bucket(),
    ruleset(),
  ];
};

describe("the policy packs under the real engine", () => {
  let directory: string;
  let stack: Stack;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "policies-"));
    stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: "policies", program: declare() },
      {
        workDir: directory,
        envVars: {
          PULUMI_BACKEND_URL: `file://${directory}`,
          PULUMI_CONFIG_PASSPHRASE: "only for this test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    await stack.setConfig("webhookSecret", { value: "lemon-tree-very-pretty", secret: true });
  });
  after(async () => rm(directory, { recursive: true, force: true }));

  /** What the packs say about a program, and the whole output. */
  async function preview(
    ...resources: Resource[]
  ): Promise<{ said: string[]; output: string; failed: boolean }> {
    const said: string[] = [];
    let output = "";
    const failed = await stack
      .preview({
        program: declare(...resources),
        policyPacks,
        onOutput: (text) => (output += text),
        onError: (text) => (output += text),
        onEvent: ({ policyEvent }) => {
          if (policyEvent) said.push(`${policyEvent.enforcementLevel} ${policyEvent.policyName}`);
        },
      })
      .then(
        () => false,
        () => true,
      );
    return { said: said.sort(), output, failed };
  }

  it("let a platform through that breaks no rule", async () => {
    const { said, failed, output } = await preview(...compliant());
    assert.deepEqual(said, [], output);
    assert.equal(failed, false, output);
  });

  it("stop a preview of one that does, without a word of the secret", async () => {
    const [whole, , ...rest] = compliant();
    const { said, output, failed } = await preview(
      { ...platform({ budget: { usdPerMonth: 5 } }), name: whole?.name ?? "" },
      droplet({ userData: pulumi.secret(`#cloud-config\nruncmd: [echo ${token}]\n`) }),
      ...rest,
      {
        type: "command:remote:Command",
        name: "install",
        props: { create: `echo ${token}`, connection: { host: "h" } },
      },
      { ...volume(), name: "open", protect: false },
      { type: "digitalocean:index/spacesBucketObject:SpacesBucketObject", props: { content: token } },
    );
    assert.deepEqual(said, [
      "mandatory production/budget",
      "mandatory production/data-protected",
      "mandatory production/host-key-pinned",
      "mandatory production/host-key-pinned",
      "mandatory secrets/command-text",
      "mandatory secrets/no-plain-text",
      "mandatory secrets/user-data",
    ]);
    assert.ok(failed);
    assert.ok(!output.includes(token));
  });

  it("tell a secret of the stack from a literal that is only marked secret", async () => {
    const named = (name: string, plaintextValue: unknown): Resource => ({
      type: actionsSecret,
      name,
      props: { secretName: "TOKEN", plaintextValue },
    });
    const good = await preview(named("good", pulumi.secret("lemon-tree-very-pretty")));
    assert.deepEqual([good.said, good.failed], [[], false], good.output);
    const literal = await preview(named("literal", pulumi.secret("written in the program")));
    assert.deepEqual(
      [literal.said, literal.failed],
      [["mandatory secrets/actions-secrets"], true],
      literal.output,
    );
    const plain = await preview(named("plain", "lemon-tree-very-pretty"));
    assert.deepEqual(
      plain.said,
      ["mandatory secrets/actions-secrets", "mandatory secrets/no-plain-text"],
      plain.output,
    );
  });
});
