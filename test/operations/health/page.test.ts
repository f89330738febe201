import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkNames, checkSchema, healthSchema } from "../../../operations/health/check.ts";
import { root } from "../../../tools/paths.ts";
import { exampleOn } from "../../support/page-example.ts";

describe("docs/health.md", () => {
  const page = readFileSync(join(root, "docs", "health.md"), "utf8");

  it("tells every check and every field of --json", () => {
    for (const name of checkNames) assert.ok(page.includes(`| \`${name}\``), name);
    for (const field of Object.keys(checkSchema.shape))
      assert.ok(page.includes(`| \`checks[].${field}\``), field);
    for (const field of Object.keys(healthSchema.shape).filter((one) => one !== "checks"))
      assert.ok(page.includes(`| \`${field}\``), field);
  });

  it("shows an answer that the schema takes", () => {
    healthSchema.parse(exampleOn(page));
  });
});
