import assert from "node:assert/strict";
import { engineFailure } from "../../operations/engine-failure.ts";
import { UserError } from "../../user-error.ts";
import { diagnostic, policy, report } from "./told.ts";

const cause = new Error("what the Automation API threw");
const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);

const failed = (more: Partial<Parameters<typeof engineFailure>[0]> = {}) => ({
  stack: "prod",
  kind: "up",
  report: report(),
  log: { path: "/logs/up.log", write: () => {}, tail: (count: number) => lines.slice(-count) },
  signal: new AbortController().signal,
  locked: false,
  ...more,
});

function told(more: Parameters<typeof failed>[0]): UserError {
  const error = engineFailure(failed(more), undefined, cause);
  assert.ok(error instanceof UserError);
  return error;
}

describe("why the engine failed", () => {
  it("is what the program threw, before all else", () => {
    const thrown = new UserError("badInput", "Pulumi.prod.yaml has a fault");
    const all = failed({ locked: true, signal: AbortSignal.abort() });
    assert.equal(engineFailure(all, thrown, cause), thrown);
  });

  it("is left to main.ts when time was up", () => {
    assert.equal(engineFailure(failed({ signal: AbortSignal.abort() }), undefined, cause), cause);
  });

  it("is the policies that were broken, each with its resource, and no advice", () => {
    const urn = "urn:pulumi:prod::odoo-platform::digitalocean:index/droplet:Droplet::odoo-droplet";
    const broken = report(
      policy("24 USD is over 20", "mandatory"),
      policy("port 8069 is open to the world", "mandatory", urn),
      policy("a drill would be good", "advisory"),
    );
    const { exit, message, hint } = told({ kind: "preview", report: broken });
    assert.equal(exit, "policyViolation");
    assert.equal(
      message,
      [
        "prod breaks 2 policies; nothing was changed:",
        "  budget: 24 USD is over 20",
        "  budget (odoo-droplet): port 8069 is open to the world",
      ].join("\n"),
    );
    assert.equal(hint, "docs/policies.md tells each rule.");
  });

  it("says of a policy that could see its fault only in the middle of an update that something was done", () => {
    const { message } = told({ report: report(policy("a token in plain text", "mandatory")) });
    assert.match(message, /^prod breaks a policy; the update stopped there, and what was done stays:\n/);
  });

  it("is somebody else's update", () => {
    const { exit, message, hint } = told({ locked: true });
    assert.equal(exit, "locked");
    assert.equal(message, "prod: another update is running, or was killed and left its lock behind");
    assert.match(hint ?? "", /pulumi cancel/);
  });

  it("is else the engine's errors, the last ten, fourteen lines each, then the log and the next command", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const { exit, message, hint, next } = told({ report: report(diagnostic("error", lines.join("\n"))) });
    assert.equal(exit, "failed");
    assert.equal(message, ["prod: up failed", ...lines.slice(0, 14)].join("\n  "));
    assert.equal(hint, "The whole log: /logs/up.log");
    assert.equal(
      next,
      "platform doctor --stack prod, then platform up --stack prod again: it goes on from here",
    );
  });

  it("is the end of the log where the engine told of no error", () => {
    const { message, next } = told({ kind: "destroy" });
    assert.equal(
      message,
      ["prod: destroy failed", ...lines.slice(-10).map((line) => `  ${line}`)].join("\n"),
    );
    assert.equal(next, "platform doctor --stack prod");
  });
});
