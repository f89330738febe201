import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  drillSchema,
  listSchema,
  nowSchema,
  pointSchema,
  verifySchema,
} from "../../../operations/backups/schema.ts";
import { root } from "../../../tools/paths.ts";

describe("docs/backup-verbs.md", () => {
  const page = readFileSync(join(root, "docs", "backup-verbs.md"), "utf8");
  const examples = [...page.matchAll(/```json\n(.+?)\n```/gs)].map(
    ([, text = ""]) => JSON.parse(text) as Record<string, unknown>,
  );
  const exampleOf = (verb: string): Record<string, unknown> =>
    examples.find((one) => one["verb"] === verb) ?? assert.fail(verb);

  it("tells every field of --json", () => {
    const schemas = [pointSchema, listSchema, nowSchema, verifySchema, drillSchema];
    for (const field of schemas.flatMap(({ shape }) => Object.keys(shape)))
      assert.match(page, new RegExp(`\\| [^|]*\`${field}(\\[\\])?\``), field);
  });

  it("shows answers that the schemas take, and nothing that they do not know", () => {
    const own = ["version", "verb", "stack", "exit", "exitCode", "next", "provider"];
    for (const [verb, schema] of [
      ["backup list", listSchema],
      ["backup drill", drillSchema],
    ] as const) {
      const example = exampleOf(verb);
      const plain = Object.fromEntries(Object.entries(example).filter(([key]) => !own.includes(key)));
      assert.deepEqual(schema.parse(example), plain);
    }
  });
});
