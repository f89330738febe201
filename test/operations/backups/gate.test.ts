import assert from "node:assert/strict";
import { guardOf, requireProof } from "../../../operations/backups/gate.ts";
import { parseKnown } from "../../../operations/backups/known.ts";
import { type Proof, proofFaults, proofFrom, proofText } from "../../../operations/backups/proof.ts";
import { UserError } from "../../../user-error.ts";
import { everyChannel, readingAt } from "../announce/sample.ts";
import { refusalOf } from "../../support/user-error.ts";
import { hoursAgo, now, told } from "./sample.ts";

const fresh: Proof = { newest: { id: "20261126-020000", at: hoursAgo(3) }, provenAt: hoursAgo(48) };
const faults = (change: Partial<Proof>): string[] =>
  proofFaults({ ...fresh, ...change }, now).map(({ fault }) => fault);

describe("what stands behind a stack's data", () => {
  it("is what the machine knows", () => {
    assert.deepEqual(proofFrom(parseKnown(told())), fresh);
    assert.deepEqual(proofFrom(undefined), { newest: undefined, provenAt: undefined });
    assert.equal(proofText(fresh, now), "3 h old (20261126-020000), proven 2 days ago");
    assert.equal(proofText({ newest: undefined, provenAt: undefined }, now), "none yet");
    assert.match(proofText({ ...fresh, provenAt: undefined }, now), /, not proven yet$/);
  });

  it("is enough with a backup of 26 hours and a drill of 35 days", () => {
    const newest = (hours: number) => ({ newest: { id: "x", at: hoursAgo(hours) } });
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults(newest(26)), []);
    assert.deepEqual(faults(newest(26.1)), ["the newest backup is 26 h old, over 26 h"]);
    assert.deepEqual(faults({ provenAt: hoursAgo(35 * 24) }), []);
    assert.deepEqual(faults({ provenAt: hoursAgo(36 * 24) }), [
      "the last good drill was 36 days ago, over 35 days",
    ]);
    assert.deepEqual(faults({ newest: undefined, provenAt: undefined }), [
      "there is no backup",
      "no backup was ever proven by a drill",
    ]);
  });

  it("is nothing by a clock that is ahead", () => {
    assert.match(faults({ newest: { id: "x", at: hoursAgo(-5) } })[0] ?? "", /a clock is wrong$/);
    assert.match(faults({ provenAt: hoursAgo(-5) })[0] ?? "", /a clock is wrong$/);
  });

  it("is not proven on App Platform, which nobody can mend", () => {
    assert.deepEqual(faults({ provenAt: undefined, unprovable: "there is no machine" }), []);
    assert.deepEqual(faults({ newest: undefined, unprovable: "there is no machine" }), [
      "there is no backup",
    ]);
  });
});

describe("the gate before a release", () => {
  const settings = everyChannel();
  const staging = { ...settings, platform: { ...settings.platform, environment: "staging" as const } };
  const { signal } = new AbortController();
  const guard = (proof: () => Promise<Proof>, unseen?: string) =>
    guardOf({ proof, unseen: () => unseen }, readingAt(""), { stack: "prod", settings, signal });
  const soon = async (change: Partial<Proof> = {}): Promise<Proof> => {
    const at = new Date().toISOString();
    return await Promise.resolve({ newest: { id: "20261126-020000", at }, provenAt: at, ...change });
  };
  const old = () => soon({ newest: { id: "20261101-020000", at: "2026-01-01T02:00:00.000Z" } });

  it("lets through what is fresh and proven", async () => {
    const found = await guard(() => soon());
    assert.deepEqual([found.faults, found.next], [[], undefined]);
    assert.equal(requireProof(found, { stack: "prod", settings, override: undefined }), undefined);
  });

  it("refuses production, naming what is missing, the reason that passes it, and what to type", async () => {
    const found = await guard(old);
    const { exit, message, hint, next } = await refusalOf(() => {
      requireProof(found, { stack: "prod", settings, override: undefined });
    });
    assert.equal(exit, "policyViolation");
    assert.match(
      message,
      /^prod: the newest backup is \d+ days old, over 26 h; production takes a release only with/,
    );
    assert.match(hint ?? "", /^Nothing was changed\. --override REASON .*history and the evidence\.$/);
    assert.equal(next, "platform backup now --stack prod");
    const unproven = await guard(() => soon({ provenAt: undefined }));
    assert.equal(unproven.next, "platform backup drill --stack prod");
  });

  it("only warns elsewhere, and where somebody has said why", async () => {
    const found = await guard(old);
    const [elsewhere, said] = [
      requireProof(found, { stack: "staging", settings: staging, override: undefined }),
      requireProof(found, { stack: "prod", settings, override: "the fix for the outage" }),
    ];
    assert.match(elsewhere ?? "", /^staging: the newest backup is/);
    assert.match(said ?? "", /^prod: the newest backup is/);
  });

  it("does not take a machine that cannot be asked for one that has backups", async () => {
    const found = await guard(async () => {
      await Promise.resolve();
      throw new UserError("failed", "10.0.0.1: SSH does not answer\n  more");
    });
    assert.equal(found.text, "not known: 10.0.0.1: SSH does not answer");
    const { exit } = await refusalOf(() => {
      requireProof(found, { stack: "prod", settings, override: undefined });
    });
    assert.equal(exit, "policyViolation");
  });

  it("asks nobody where nothing runs behind a row, and lets that through", async () => {
    const found = await guard(() => assert.fail("was asked"), "a droplet is a row here");
    assert.deepEqual([found.text, found.faults], ["not known: a droplet is a row here", []]);
  });
});
