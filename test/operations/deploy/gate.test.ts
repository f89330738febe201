import assert from "node:assert/strict";
import { type Looks, failedBy, gate } from "../../../operations/deploy/gate.ts";
import { type CheckName, type State, finding } from "../../../operations/health/check.ts";
import type { PlatformReading } from "../../../operations/stack-reader.ts";
import { unseen } from "../../support/in-process.ts";
import type { Settings } from "../../../settings/schema.ts";

const found = (states: Partial<Record<CheckName, State>>) =>
  Object.entries(states).map(([name, state]) => finding(name as CheckName, state, `${name} is ${state}`));
const names = (all: { name: string }[]) => all.map(({ name }) => name);
const settings = { host: { kind: "droplet" } } as Settings;
const reading = { stack: "prod" } as PlatformReading;

describe("what speaks against a release", () => {
  it("is everything that fails", () => {
    const now = found({ odoo: "fail", disk: "fail", mail: "warn", n8n: "off", cron: "ok" });
    assert.deepEqual(names(failedBy(now)), ["odoo", "disk"]);
  });

  it("but for what failed before and has nothing to do with it", () => {
    const before = found({ odoo: "fail", certificate: "fail", mail: "warn" });
    const now = found({ odoo: "fail", certificate: "fail", mail: "fail" });
    assert.deepEqual(names(failedBy(now, before)), ["odoo", "mail"]);
  });
});

describe("the gate", () => {
  const looks = (...answers: ReturnType<typeof found>[]): Looks => ({
    ...unseen,
    look: async () =>
      await Promise.resolve(answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? [])),
    unseen: () => undefined,
  });
  const { signal } = new AbortController();

  it("is patient with what is only starting", async () => {
    const told: string[] = [];
    const tell = (text: string) => void told.push(text);
    const answers = looks(found({ websocket: "fail" }), found({ websocket: "ok" }));
    const { healthy } = await gate(answers, reading, { settings, signal, tell });
    assert.equal(healthy, true);
    assert.deepEqual(told, ["not yet: websocket"]);
  });

  it("ends when it is told to", async () => {
    const soon = AbortSignal.timeout(50);
    await assert.rejects(gate(looks(found({ odoo: "fail" })), reading, { settings, signal: soon }));
  });

  it("says so where there is nothing to look at", async () => {
    const row = { ...looks(), unseen: () => "a row" };
    const outputs = { hostKind: "droplet" } as PlatformReading["outputs"];
    const answer = await gate(row, { ...reading, outputs }, { settings, signal });
    assert.deepEqual(answer, { healthy: true, findings: [], unseen: "a row" });
  });
});
