import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, finding, healthSchema } from "../../../operations/health/check.ts";
import { sinceWhen } from "../../../operations/health/since.ts";
import { healthText } from "../../../operations/health/text.ts";
import { projectFolder } from "../../support/project-folder.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 26, 10, minute));
const since = (stack: string, findings: Finding[], minute: number): string[] =>
  sinceWhen(stack, findings, at(minute)).map((one) => one.since.slice(14, 16));

describe("since when a check is in its state", () => {
  const project = projectFolder();
  const file = (): string => join(project.path(), ".platform", "health", "prod.json");
  const good = [finding("nginx", "ok", ""), finding("disk", "ok", "")];
  const bad = [finding("nginx", "fail", ""), finding("disk", "ok", "")];

  it("is the first time that it was seen so, and anew after it has changed", () => {
    assert.deepEqual(since("prod", good, 0), ["00", "00"]);
    assert.deepEqual(since("prod", good, 5), ["00", "00"]);
    assert.deepEqual(since("prod", bad, 7), ["07", "00"]);
    assert.deepEqual(since("prod", good, 9), ["09", "00"]);
  });

  it("is kept for each stack by itself", () => {
    since("prod", good, 0);
    assert.deepEqual(since("staging", good, 5), ["05", "05"]);
    assert.deepEqual(since("prod", good, 6), ["00", "00"]);
  });

  it("is written only when something changed, whole, and leaves no scraps", () => {
    since("prod", good, 0);
    const before = statSync(file()).ino;
    since("prod", good, 1);
    assert.equal(statSync(file()).ino, before);
    since("prod", bad, 2);
    assert.deepEqual(readdirSync(join(project.path(), ".platform", "health")), ["prod.json"]);
    assert.equal(
      (JSON.parse(readFileSync(file(), "utf8")) as { nginx: { state: string } }).nginx.state,
      "fail",
    );
  });

  it("begins anew when the file is broken", () => {
    since("prod", good, 0);
    for (const text of ["", "{", "null", "[]", '{"nginx":1}']) {
      writeFileSync(file(), text);
      assert.deepEqual(since("prod", good, 3), ["03", "03"], text);
    }
    assert.ok(existsSync(file()));
  });

  it("stands in the text, whose last line is the verdict", () => {
    const checks = sinceWhen(
      "prod",
      [
        finding("nginx", "ok", "runs"),
        finding("disk", "warn", "42.0 of 50.0 GB used", { figure: 84, unit: "%", warnLimit: 80, limit: 90 }),
        finding("backups", "off", "not set up"),
      ],
      at(0),
    );
    const healthy = { healthy: true, checkedAt: at(50).toISOString(), seconds: 1.25, checks };
    healthSchema.parse(healthy);
    const lines = healthText("prod", healthy).split("\n");
    assert.equal(lines.at(-1), "prod is healthy; to look at: disk, asked in 1.3 s.");
    assert.match(lines[1] ?? "", /^\W*disk +warn +84 % +limit 90 +50 min +42\.0 of 50\.0 GB used$/);
    const broken = { ...healthy, healthy: false, checks: sinceWhen("prod", bad, at(1)) };
    assert.match(healthText("prod", broken), /prod is not healthy: nginx, asked in 1\.3 s\.$/);
  });
});
