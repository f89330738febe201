import assert from "node:assert/strict";
import { type Before, judge, type Look, percentile } from "../../../operations/watch/judge.ts";

const quiet: Before = { requests: 0, failed: 0, p95Ms: 0 };
const busy: Before = { requests: 6000, failed: 0, p95Ms: 200 };

const look = (change: Partial<Look> = {}): Look => ({
  requests: 200,
  failed: 0,
  times: Array.from({ length: 200 }, () => 100),
  outside: undefined,
  inside: { restarts: 0, kills: 0, down: [] },
  ...change,
});
const looks = (...changes: Partial<Look>[]): Look[] => changes.map(look);
const many = (count: number, change: Partial<Look> = {}): Look[] =>
  Array.from({ length: count }, () => look(change));
const slow = (ms: number) => ({ times: Array.from({ length: 200 }, () => ms) });

describe("a release that is watched is well", () => {
  const well: Record<string, [Look[], Before]> = {
    "before anybody has looked": [[], quiet],
    "when nobody comes": [many(150, { requests: 0, times: [] }), quiet],
    "under load": [many(150), busy],
    "with one look at which everything failed, and well before and after": [
      [...many(5), look({ failed: 200 }), ...many(5)],
      busy,
    ],
    "with one error now and then": [
      many(150).map((one, at) => ({ ...one, failed: at % 10 === 0 ? 1 : 0 })),
      busy,
    ],
    "not answering once from outside": [
      [...many(3), look({ outside: "odoo: no answer in time" }), ...many(3)],
      busy,
    ],
    "not answering at every other look": [
      many(20).map((one, at) => ({ ...one, outside: at % 2 === 0 ? "odoo: no answer in time" : undefined })),
      busy,
    ],
    "when a container came back once": [
      [...many(3), ...many(10, { inside: { restarts: 1, kills: 0, down: [] } })],
      busy,
    ],
    "when a container is seen down once, being made anew": [
      [...many(3), look({ inside: { restarts: 0, kills: 0, down: ["odoo-web-blue"] } }), ...many(3)],
      busy,
    ],
    "when its containers had come back before it was watched": [
      many(10, { inside: { restarts: 7, kills: 9, down: [] } }),
      busy,
    ],
    "when two processes were killed": [
      [look(), ...many(5, { inside: { restarts: 0, kills: 2, down: [] } })],
      busy,
    ],
    "with the share of errors that there was before": [
      many(30, { failed: 20 }),
      { requests: 6000, failed: 600, p95Ms: 200 },
    ],
    "slow in its first half minute": [[...many(8, slow(9000)), ...many(20)], busy],
    "ten times slower than before, and still quick": [many(40, slow(1900)), busy],
    "four times slower than a slow site was": [many(40, slow(3900)), { ...busy, p95Ms: 1000 }],
    "slow, where there is nothing to compare with": [many(40, slow(9000)), quiet],
    "slow for too few requests to say so": [many(40, { requests: 1, times: [60_000] }).slice(0, 16), busy],
  };
  for (const [what, [seen, before]] of Object.entries(well))
    it(what, () => assert.equal(judge(seen, before), undefined));
});

describe("a release that is watched is not well", () => {
  const ill: Record<string, [Look[], Before, RegExp]> = {
    "when it does not answer twice in a row": [
      looks({}, { outside: "odoo: x" }, { outside: "odoo: /web/login answers 500" }),
      busy,
      /^twice in a row: odoo: \/web\/login answers 500$/,
    ],
    "when every request fails, after a quarter of a minute": [
      many(4, { failed: 200 }),
      busy,
      /^800 of 800 requests ended in 5xx$/,
    ],
    "when one request in ten fails": [[...many(5), ...many(4, { failed: 20 })], busy, /^80 of 800 requests/],
    "when few fail and it does not end": [
      many(16, { requests: 20, failed: 1 }),
      busy,
      /^16 of 320 requests ended in 5xx$/,
    ],
    "when most of the few requests fail": [
      looks({ requests: 1, failed: 1 }, { requests: 2, failed: 1 }, { requests: 2, failed: 2 }),
      quiet,
      /^4 of 5 requests/,
    ],
    "when there are three times the errors that there were before": [
      many(4, { failed: 61 }),
      { requests: 6000, failed: 600, p95Ms: 200 },
      /^244 of 800/,
    ],
    "when a container is down at two looks": [
      looks(
        {},
        { inside: { restarts: 0, kills: 0, down: ["odoo-cron-blue"] } },
        { inside: { restarts: 0, kills: 0, down: ["odoo-cron-blue"] } },
      ),
      busy,
      /^odoo-cron-blue does not run$/,
    ],
    "when its containers come back again and again": [
      looks(
        {},
        { inside: { restarts: 1, kills: 0, down: [] } },
        { inside: { restarts: 2, kills: 0, down: [] } },
      ),
      busy,
      /came back 2 times/,
    ],
    "when the kernel kills its processes": [
      looks({}, { inside: { restarts: 0, kills: 3, down: [] } }),
      busy,
      /out of memory: 3 processes/,
    ],
    "when it is much slower than before": [
      many(20, slow(2500)),
      busy,
      /^one request in twenty takes 2500 ms or more, 200 ms before$/,
    ],
    "when nobody can wait for it, before or not": [
      many(20, slow(10_500)),
      quiet,
      /^one request in twenty takes 10500 ms or more$/,
    ],
  };
  for (const [what, [seen, before, why]] of Object.entries(ill))
    it(what, () => assert.match(judge(seen, before) ?? "well", why));
});

describe("a percentile", () => {
  it("is the nearest rank, and 0 of nothing", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(
      [percentile(hundred, 50), percentile(hundred, 95), percentile([7], 95), percentile([], 95)],
      [50, 95, 7, 0],
    );
  });
});
