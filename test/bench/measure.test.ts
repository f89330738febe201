import assert from "node:assert/strict";
import { percentile } from "../../bench/release/measure.ts";
import { sectionOf } from "../../bench/release/page.ts";

describe("what the bench of releases says", () => {
  it("takes the second longest of twenty for p95, and the only one of one", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
    assert.equal(percentile(twenty, 0.95), 19);
    assert.equal(percentile(twenty, 0.5), 10);
    assert.equal(percentile([7], 0.95), 7);
  });

  it("tells paused requests from those that nothing excuses, and keeps a table a table", () => {
    const section = sectionOf(
      [
        {
          case: "deploy with a module update, 1 GB",
          size: "s-1vcpu-2gb",
          seconds: 40.2,
          p50: 40.2,
          p95: 40.2,
          runs: 1,
          requests: 800,
          failedRequests: 90,
          pausedRequests: 90,
          rate: 20,
          requestP50Ms: 20,
          requestP95Ms: 300,
          websocketGapMs: 900,
          notes: { kind: "modules", pauseSeconds: 9.1, faults: { "a | b": 90 } },
        },
      ],
      "2 processors",
    );
    assert.match(section, /\| 800 at 20\/s \| 90, of which paused 90 \|/);
    assert.match(section, /pause seconds 9\.1; faults \{"a \\\| b":90\} \|$/m);
  });
});
