import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { exitOf } from "../../../operations/drift.ts";
import { driftMarkdown } from "../../../operations/drift/markdown.ts";
import type { Difference, Drift } from "../../../operations/drift/report.ts";
import { driftText } from "../../../operations/drift/text.ts";

const difference = (more: Partial<Difference> = {}): Difference => ({
  where: "machine",
  kind: "sshd",
  name: "maxsessions",
  what: "changed",
  property: null,
  expected: "10",
  found: "99",
  since: null,
  mend: 'platform drift --fix brings "base" again',
  fixable: true,
  ...more,
});

const drift = (differences: Difference[], machine: Drift["machine"]["state"] = "compared"): Drift => ({
  drifted: differences.length > 0,
  checkedAt: "2026-11-26T10:00:00.000Z",
  seconds: 4.7,
  vendors: { resources: 32, noise: [] },
  machine: {
    state: machine,
    reason: machine === "unreachable" ? "203.0.113.10: SSH does not answer" : null,
    inventoryAt: machine === "compared" ? "2026-11-26T08:00:00.000Z" : null,
    facts: 593,
  },
  differences,
});

describe("a report of drift, for a terminal", () => {
  it("groups by what they are, with both sides, since when, and the way out; the verdict last", () => {
    const firewall = difference({
      where: "vendor",
      kind: "Firewall",
      name: "odoo-prod-firewall",
      property: "inboundRules",
      expected: null,
      found: '{"portRange":"5432"}',
      mend: "an update puts it back",
    });
    const gone = difference({
      kind: "unit",
      name: "nginx.service",
      what: "missing",
      expected: "enabled active",
      found: null,
    });
    const user = difference({
      kind: "user",
      name: "mallory",
      what: "extra",
      expected: null,
      found: "0:0",
      since: "2026-11-26T09:30:10.000Z",
      mend: "userdel",
    });
    assert.equal(
      stripVTControlCharacters(driftText("prod", drift([firewall, difference(), gone, user]))),
      `At the vendors: Firewall
  ~ odoo-prod-firewall: inboundRules
      also      {"portRange":"5432"}
      mend      an update puts it back

On the machine: sshd
  ~ maxsessions
      expected  10
      found     99
      mend      platform drift --fix brings "base" again

On the machine: units
  - nginx.service
      expected  enabled active
      found     nothing
      mend      platform drift --fix brings "base" again

On the machine: users
  + mallory, since 2026-11-26 09:30
      expected  nothing
      found     0:0
      mend      userdel

prod has drifted: 4 things differ (1 at the vendors, 3 on the machine); 32 resources and 593 facts of the machine compared in 4.7 s.`,
    );
  });

  it("says what was not compared", () => {
    const text = driftText("sandbox", drift([], "row"));
    assert.match(text, /this sandbox has none, a droplet is a row; only the vendors' side was compared/);
    assert.match(text, /sandbox is as it was declared: 32 resources compared in 4\.7 s\.$/);
  });

  it("never calls a machine clean that cannot be looked into", () => {
    const gone = drift([], "unreachable");
    assert.match(
      driftText("prod", gone),
      /^prod: the machine could not be looked into \(203\.0\.113\.10: SSH does not answer\); at the vendors nothing differs; /,
    );
    assert.equal(exitOf(gone), "unhealthy");
    assert.equal(exitOf(drift([difference()])), "findings");
    assert.equal(exitOf(drift([])), "done");
  });

  it("counts noise, with the rule's reason and issue", () => {
    const noisy = drift([]);
    noisy.vendors.noise.push({
      type: "App",
      property: "spec.envs",
      count: 2,
      why: "because",
      issue: "https://example.com/1",
    });
    assert.match(
      driftText("prod", noisy),
      /^Noise: 2 differences do not count \(App spec\.envs\): because; https:/,
    );
  });
});

describe("a report of drift, for an issue", () => {
  it("has the verdict first, then a table for each kind", () => {
    const lines = driftMarkdown("prod", drift([difference()])).split("\n");
    assert.match(lines[0] ?? "", /^\*\*prod has drifted: 1 thing differs /);
    assert.ok(lines.includes("### On the machine: sshd"));
    assert.ok(
      lines.includes('| ~ `maxsessions` | `10` | `99` |  | platform drift --fix brings "base" again |'),
      lines.join("\n"),
    );
    assert.match(lines.at(-1) ?? "", /^Looked at 2026-11-26T10:00:00\.000Z; inventory of 2026-11-26T08:00/);
  });

  it("takes no markup from whoever names a file on the machine", () => {
    const name = "/etc/cron.d/`x` | <img src=x> @somebody [a](b)";
    const text = driftMarkdown(
      "prod",
      drift([difference({ name, found: "a`|\nb", mend: "look at <x> @y" })]),
    );
    const row = text.split("\n").find((line) => line.includes("cron.d")) ?? "";
    assert.equal(row.match(/(?<!\\)\|/g)?.length, 6, row);
    // Inside of backticks it is text; outside of them it is spelt out.
    assert.ok(row.includes("`/etc/cron.d/'x' \\| <img src=x> @somebody [a](b)`"), row);
    assert.doesNotMatch(row.replaceAll(/`[^`]*`/g, ""), /[<@]/);
  });

  it("fits an issue, however much has drifted", () => {
    const many = ["file", "unit", "port", "user"].flatMap((kind) =>
      Array.from({ length: 200 }, (_, index) =>
        difference({ kind, name: `${kind}-${index}`.padEnd(60, "x") }),
      ),
    );
    const text = driftMarkdown("prod", drift(many));
    assert.ok(text.length < 65_536, String(text.length));
    assert.match(text, /… and \d kinds more: run `platform drift`\./);
  });
});
