import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { differenceSchema, driftSchema } from "../../../operations/drift/report.ts";
import { root } from "../../../tools/paths.ts";
import { exampleOn } from "../../support/page-example.ts";

describe("docs/drift.md", () => {
  const page = readFileSync(join(root, "docs", "drift.md"), "utf8");

  it("tells every field of --json", () => {
    for (const field of Object.keys(differenceSchema.shape))
      assert.ok(page.includes(`| \`differences[].${field}\``), field);
    for (const field of Object.keys(driftSchema.shape)) assert.ok(page.includes(`| \`${field}\``), field);
  });

  it("shows an answer that the schema takes", () => {
    driftSchema.parse(exampleOn(page));
  });
});
