import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { root } from "../../tools/paths.ts";

interface Node {
  name: string;
  type: string;
  parameters: Record<string, unknown>;
}
const workflow = JSON.parse(readFileSync(join(root, "config/n8n/manifest-drift-alert.json"), "utf8")) as {
  nodes: Node[];
  connections: Record<string, { main: { node: string }[][] }>;
  settings: { timezone: string };
  active: boolean;
};
const node = (name: string): Node => workflow.nodes.find((one) => one.name === name) ?? assert.fail(name);

/** Runs the node that decides, as n8n does: with `$(NAME)` for what came before. */
function decided(before: {
  last: object[];
  success: object[];
  issues: object[];
}): { json: { urgent: boolean; text: string } }[] {
  const given: Record<string, object[]> = {
    "Last run": [{ workflow_runs: before.last }],
    "Last success": [{ workflow_runs: before.success }],
    "Open issue": before.issues,
  };
  const $ = (name: string) => {
    const items = (given[name] ?? []).map((json) => ({ json }));
    return { first: () => items[0], all: () => items };
  };
  const code = String(node("Broken for a day").parameters["jsCode"]);
  return runInNewContext(`(($) => {${code}})`, { Date, Math })($) as never;
}

describe("n8n's part of the manifest's watch", () => {
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const failed = [{ conclusion: "failure", html_url: "https://run" }];
  const issues = [
    { title: "Addons manifests are broken", body: "**Fix:** pin it", html_url: "https://issue" },
  ];

  it("runs daily at eight in Singapore, and is switched on by hand", () => {
    assert.deepEqual(node("Daily at 08:00").parameters["rule"], {
      interval: [{ field: "cronExpression", expression: "0 8 * * *" }],
    });
    assert.equal(workflow.settings.timezone, "Asia/Singapore");
    assert.equal(workflow.active, false);
  });

  it("leads from node to node that there is, and holds no secret", () => {
    for (const [from, { main }] of Object.entries(workflow.connections)) {
      node(from);
      for (const { node: to } of main.flat()) node(to);
    }
    assert.doesNotMatch(JSON.stringify(workflow), /token|hooks\/|Bearer|secret/i);
  });

  it("says nothing while all is well, or for less than a day", () => {
    assert.equal(decided({ last: [{ conclusion: "success" }], success: [], issues: [] }).length, 0);
    assert.equal(decided({ last: failed, success: [{ updated_at: ago(23) }], issues }).length, 0);
    assert.equal(decided({ last: [], success: [], issues: [] }).length, 0);
  });

  it("says it after a day with the fix, and calls everybody after two", () => {
    const [alert] = decided({ last: failed, success: [{ updated_at: ago(30) }], issues });
    assert.equal(alert?.json.urgent, false);
    assert.match(alert?.json.text ?? "", /^⚠️ .*for 30 h\.\n\n\*\*Fix:\*\* pin it\n\nhttps:\/\/issue$/);
    const [escalation] = decided({ last: failed, success: [{ updated_at: ago(49) }], issues: [] });
    assert.equal(escalation?.json.urgent, true);
    assert.match(escalation?.json.text ?? "", /^@channel 🚨 .*https:\/\/run$/s);
  });
});
