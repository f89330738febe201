import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rules as production } from "../../policies/production/rules.ts";
import { patterns, prompts } from "../../policies/secrets/patterns.ts";
import { rules as secrets } from "../../policies/secrets/rules.ts";
import { root } from "../../tools/paths.ts";

describe("docs/policies.md", () => {
  let page: string;
  before(async () => {
    page = await readFile(join(root, "docs/policies.md"), "utf8");
  });

  it("tells every rule of the two packs, and no other", () => {
    const told = [...page.matchAll(/^\| `((?:secrets|production)\/[a-z-]+)`/gm)].map(
      ([, rule]) => rule ?? "",
    );
    assert.deepEqual(told.sort(), [...secrets, ...production].map(({ name }) => name).sort());
  });

  it("tells every kind of credential", () => {
    for (const { id } of [...patterns, ...prompts]) assert.ok(page.includes(`\`${id}\``), id);
  });

  it("finds each rule in the file of its name, and all of them stop an update", async () => {
    for (const { name, enforcementLevel } of [...secrets, ...production]) {
      assert.match(await readFile(join(root, `policies/${name}.ts`), "utf8"), new RegExp(`"${name}"`));
      // A rule at "remediate" changes nothing here; its violations are mandatory (policies/secrets/input-rule.ts).
      assert.ok(enforcementLevel === "mandatory" || enforcementLevel === "remediate", name);
    }
  });
});
