import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { canonical, type Dispatch, signed, type Unsigned } from "../../../operations/dispatch/payload.ts";
import { verify } from "../../../operations/dispatch/verify.ts";
import { refusalOf } from "../../support/user-error.ts";

const secret = "secret-of-this-week";
const before = "secret-of-last-week";
const now = new Date("2026-11-26T13:00:00Z");
const expected = { secrets: [secret], environments: ["production", "prod"], now };

const unsigned: Unsigned = {
  branch: "main",
  commit_message: 'feat(expense): "multi-level" approval\nand é, ✓ \u2028 too',
  task_id: 1234,
  environment: "production",
  image_tag: "1.0.0",
  initiated_by: "Ada Lovelace",
  nonce: "0123456789abcdef0123456789abcdef",
  expires: "2026-11-26T14:00:00Z",
};
const good = signed(unsigned, secret);
const made = (change: Partial<Unsigned>, by = secret): Dispatch => signed({ ...unsigned, ...change }, by);

describe("a signed dispatch", () => {
  it("is accepted with all that was signed", () => assert.deepEqual(verify(good, expected), good));

  it("is accepted from a workflow's inputs, where each value is a text", () =>
    assert.deepEqual(verify({ ...good, task_id: "1234" }, expected), good));

  it("is accepted by the name of the stack too", () =>
    assert.equal(verify(made({ environment: "prod" }), expected).environment, "prod"));

  it("is accepted by the secret before while both are known, and no longer after", async () => {
    const old = made({}, before);
    assert.deepEqual(verify(old, { ...expected, secrets: [secret, before] }), old);
    assert.equal((await refusalOf(() => verify(old, expected))).exit, "notAuthenticated");
  });

  it("has at most ten keys, which is what GitHub takes", () => assert.ok(Object.keys(good).length <= 10));

  it("is signed over a text that Python makes alike", () => {
    const python = `import json,sys
keys = {k: str(v) for k, v in json.load(sys.stdin).items() if k != "signature"}
text = json.dumps(keys, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
sys.stdout.buffer.write(("odoo-platform dispatch v1\\n" + text).encode())`;
    const text = execFileSync("python3", ["-c", python], { input: JSON.stringify(good), encoding: "utf8" });
    assert.equal(text, canonical(good));
  });
});

describe("a dispatch that is refused", () => {
  for (const key of Object.keys(unsigned) as (keyof Unsigned)[])
    it(`whose ${key} was altered`, async () => {
      const other = made({
        branch: "next",
        commit_message: "other",
        task_id: 1235,
        environment: "prod",
        image_tag: "1.0.1",
        initiated_by: "Mallory",
        nonce: "f".repeat(32),
        expires: "2026-11-26T13:59:59Z",
      });
      const { exit, message } = await refusalOf(() => verify({ ...good, [key]: other[key] }, expected));
      assert.deepEqual([exit, message], ["notAuthenticated", "the dispatch's signature is not good"]);
    });

  const refused: Record<string, [payload: unknown, exit: string, message: RegExp]> = {
    "that was forged with another secret": [made({}, "guess"), "notAuthenticated", /signature is not good/],
    "whose signature is cut off": [
      { ...good, signature: good.signature.slice(2) },
      "badInput",
      /signature: is not 64 hex digits/,
    ],
    "without a signature": [unsigned, "badInput", /signature: /],
    "with a key more, which nobody signed": [
      { ...good, override: "true" },
      "badInput",
      /Unrecognized key: "override"/,
    ],
    "that has expired": [
      made({ expires: "2026-11-26T12:58:59Z" }),
      "notAuthenticated",
      /has expired, at 2026-11-26T12:58:59Z/,
    ],
    "that would be good for more than a day": [
      made({ expires: "2026-11-27T13:01:01Z" }),
      "notAuthenticated",
      /a day is the most/,
    ],
    "for another environment": [
      made({ environment: "staging" }),
      "badInput",
      /is for staging, and this stack is production or prod/,
    ],
    "for no task": [made({ task_id: 0 }), "badInput", /task_id: /],
    "for a tag that is none": [made({ image_tag: "1.0.0; reboot" }), "badInput", /image_tag: is not a tag/],
    "with a nonce that would be another ref": [
      made({ nonce: "../../heads/main" }),
      "badInput",
      /nonce: is not 32 to 64 hex digits/,
    ],
    "that is a text": ["deploy", "badInput", /no payload of a deployment/],
    "that is nothing": [undefined, "badInput", /no payload of a deployment/],
  };
  for (const [what, [payload, exit, message]] of Object.entries(refused))
    it(what, async () => {
      const refusal = await refusalOf(() => verify(payload, expected));
      assert.equal(refusal.exit, exit);
      assert.match(refusal.message, message);
    });

  it("an hour later, and not within the minute that clocks may be apart", async () => {
    const at = (time: string) => ({ ...expected, now: new Date(time) });
    assert.ok(verify(good, at("2026-11-26T14:01:00Z")));
    assert.match((await refusalOf(() => verify(good, at("2026-11-26T14:01:01Z")))).message, /expired/);
  });
});
