import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import type { ManifestCheck } from "../../../policies/manifest/check.ts";
import { ruleOf } from "../../../policies/manifest/rule-of.ts";
import { rules } from "../../../policies/manifest/rules.ts";
import { stack } from "../../../policies/manifest/stack.ts";
import { compliant } from "./compliant.ts";

const platform = "odoo-platform:index:OdooPlatform";
const odoo = { series: "19.0", modules: ["base", "web", "queue_job"], workers: "auto" };

/** What a rule reports of one resource. */
async function violations(rule: ResourceValidationPolicy, props: object, type = platform): Promise<string[]> {
  const reported: string[] = [];
  const args = { type, name: "odoo-prod", props } as unknown as ResourceValidationArgs;
  assert.ok(typeof rule.validateResource === "function");
  await rule.validateResource(args, (message) => reported.push(message));
  return reported;
}

describe("the manifest pack", () => {
  it("lets the platform through with the manifests of this checkout", async () => {
    for (const rule of rules)
      assert.deepEqual(await violations(rule as ResourceValidationPolicy, { odoo }), []);
  });

  it("refuses a stack of another series, naming the resource, the fault and the fix", async () => {
    const rule = rules.find(({ name }) => name === "manifest/series") as ResourceValidationPolicy;
    const found = await violations(rule, { odoo: { ...odoo, series: "18.0" } });
    assert.deepEqual(found, [
      `odoo-prod (${platform}): config/addons_manifest.oca_ipai.json: repositories: account-financial-reporting and 18 more are of 19.0, but the stack runs 18.0. Fix: take their 18.0, or set odoo.series to "19.0"`,
    ]);
  });

  it("forbids: every rule is mandatory, and its file is named as it is", () => {
    const folder = join(import.meta.dirname, "../../../policies/manifest");
    const files = readdirSync(folder);
    for (const rule of rules) {
      assert.equal(rule.enforcementLevel, "mandatory");
      assert.ok(files.includes(`${rule.name.replace("manifest/", "")}.ts`), rule.name);
    }
  });

  it("does not read the manifests for what is no platform", async () => {
    const check: ManifestCheck = { name: "manifest/x", description: "", find: () => assert.fail("looked") };
    const rule = ruleOf(check, () => assert.fail("read"));
    assert.deepEqual(await violations(rule, { odoo }, "digitalocean:index/droplet:Droplet"), []);
  });

  it("hands a rule what the platform's inputs say", async () => {
    const seen: unknown[] = [];
    const check: ManifestCheck = {
      name: "manifest/x",
      description: "",
      find: (_, given) => {
        seen.push(given);
        return [{ path: "here", fault: "is wrong", fix: "mend it" }];
      },
    };
    const found = await violations(
      ruleOf(check, () => compliant().addons),
      { odoo },
    );
    assert.deepEqual(found, [`odoo-prod (${platform}): here: is wrong. Fix: mend it`]);
    assert.deepEqual(seen, [{ series: "19.0", modules: ["base", "web", "queue_job"] }]);
  });
});

describe("manifest/stack", () => {
  it("lets a platform through that says its series and modules", async () => {
    assert.deepEqual(await violations(stack, { odoo }), []);
  });

  const broken: [string, unknown][] = [
    ["nothing about Odoo", undefined],
    ["no series", { modules: [] }],
    ["a series that is a number", { ...odoo, series: 19 }],
    ["modules in one string", { ...odoo, modules: "base,web" }],
    ["a module that is no name", { ...odoo, modules: ["base", 7] }],
    ["a text where a section belongs", "19.0"],
    ["null", null],
  ];
  for (const [what, value] of broken)
    it(`refuses one that says ${what}`, async () => {
      assert.deepEqual(await violations(stack, { odoo: value }), [
        `odoo-prod (${platform}): odoo: has no series or no list of modules. Fix: declare it with both`,
      ]);
    });
});
