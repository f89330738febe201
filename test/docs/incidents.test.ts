import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dispatch } from "../../operations/dispatch/payload.ts";
import { verify } from "../../operations/dispatch/verify.ts";
import { root } from "../../tools/paths.ts";

describe("docs/incidents.md", () => {
  const page = readFileSync(join(root, "docs", "incidents.md"), "utf8");
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] ?? "";
  const secret = "the-webhookSecret-of-the-stack";
  const example = JSON.parse(block("json")) as Dispatch;

  it("shows a payload that is accepted with the secret that it names", () => {
    assert.ok(page.includes(`signed with \`${secret}\``));
    const now = new Date(Date.parse(example.expires) - 3_600_000);
    const environments = [example.environment];
    assert.deepEqual(verify(example, { secrets: [secret], environments, now }), example);
  });

  it("tells how to sign it so that others come to the same", () => {
    const script = `${block("python")}\nimport sys\nprint(signature(json.load(sys.stdin), ${JSON.stringify(secret)}))`;
    const said = execFileSync("python3", ["-c", script], {
      input: JSON.stringify(example),
      encoding: "utf8",
    });
    assert.equal(said.trim(), example.signature);
  });
});
