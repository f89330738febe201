import assert from "node:assert/strict";
import { EngineEvents } from "../../operations/engine-events.ts";
import { after, before, diagnostic, policy, report, typeOf } from "./told.ts";

const droplet = { type: typeOf("Droplet"), name: "odoo-droplet" };
const small = { size: "s-1vcpu-2gb" };

describe("what the engine's events come to", () => {
  it("makes one change of a replacement's three steps, whichever comes first", () => {
    const step = { ...droplet, old: small, new: { ...small, region: "fra1" } };
    const middle = { ...step, op: "replace", diff: { region: "update-replace", tags: "update" } };
    const [create, remove] = ["create-replacement", "delete-replaced"].map((op) => before({ ...step, op }));
    for (const events of [
      [create, before(middle), remove],
      [remove, before(middle), create],
    ]) {
      const { changes } = report(...events.filter((one) => one !== undefined));
      assert.equal(changes.length, 1);
      assert.deepEqual(
        [changes[0]?.op, changes[0]?.properties, changes[0]?.replacing],
        ["replace", ["region", "tags"], ["region"]],
      );
    }
  });

  it("names what differs by the provider's paths, else by its names, and nothing of what is new or gone", () => {
    const { changes } = report(
      before({
        ...droplet,
        op: "update",
        old: small,
        new: small,
        diff: { "tags[0]": "update" },
        diffs: ["tags"],
      }),
      before({
        type: typeOf("Firewall"),
        name: "fw",
        op: "update",
        old: {},
        new: {},
        diffs: ["inboundRules"],
      }),
      before({ type: typeOf("Vpc"), name: "vpc", op: "create", new: {}, diffs: ["name"] }),
      before({ type: typeOf("Volume"), name: "data", op: "delete", old: { size: 10 }, protect: true }),
    );
    assert.deepEqual(
      changes.map(({ op, name, properties, protected: kept }) => [op, name, properties, kept]),
      [
        ["update", "odoo-droplet", ["tags[0]"], false],
        ["update", "fw", ["inboundRules"], false],
        ["create", "vpc", [], false],
        ["delete", "data", [], true],
      ],
    );
  });

  it("leaves the stack, providers and what stays out of the changes, and counts what stays", () => {
    const { changes, unchanged } = report(
      before({ type: "pulumi:pulumi:Stack", name: "prod", op: "create", new: {} }),
      before({ type: "pulumi:providers:digitalocean", name: "default", op: "same", old: {}, new: {} }),
      before({ ...droplet, op: "same", old: small, new: small }),
    );
    assert.deepEqual(changes, []);
    assert.equal(unchanged, 1);
  });

  it("knows what was paid for and what will be", () => {
    const { priced } = report(
      before({ ...droplet, op: "update", old: small, new: { size: "s-2vcpu-4gb" } }),
      before({ type: typeOf("Volume"), name: "data", op: "delete", old: { size: 10 } }),
    );
    assert.deepEqual(
      [priced.before.length, priced.after.map(({ props }) => props)],
      [2, [{ size: "s-2vcpu-4gb" }]],
    );
  });

  it("hears the price that the program itself told", () => {
    const stack = { type: "pulumi:pulumi:Stack", name: "prod", op: "update", old: {}, new: {} };
    const { told } = report(after({ ...stack, outputs: { monthlyPriceUsd: 19 } }));
    assert.deepEqual(told, { afterUsd: 19, beforeUsd: 19 });
    assert.deepEqual(report().told, { afterUsd: undefined, beforeUsd: undefined });
  });

  it("tells violations that refuse from advice, without the engine's colours", () => {
    const { violations } = report(
      policy("<{%red%}>19 USD<{%reset%}> is over the budget\n", "mandatory", "urn:x::odoo"),
      policy("pin the host key", "advisory"),
    );
    assert.deepEqual(violations, [
      { policy: "budget", mandatory: true, urn: "urn:x::odoo", message: "19 USD is over the budget" },
      { policy: "budget", mandatory: false, urn: undefined, message: "pin the host key" },
    ]);
  });

  it("keeps warnings and errors, not what was there for a moment", () => {
    const { warnings, errors } = report(
      diagnostic("warning", "<{%bold%}>old<{%reset%}> plugin\n"),
      diagnostic("error", "402 Payment Required"),
      diagnostic("info#err", "progress"),
      diagnostic("error", "retrying", true),
    );
    assert.deepEqual([warnings, errors], [["old plugin"], ["402 Payment Required"]]);
  });

  it("holds no value of a secret: the engine has masked them, and a change names paths alone", () => {
    const masked = { name: "WEBHOOK", plaintextValue: "[secret]" };
    const step = { type: "github:index/actionsSecret:ActionsSecret", name: "webhook", op: "update" };
    const { changes } = report(
      before({ ...step, old: masked, new: masked, diff: { plaintextValue: "update" } }),
    );
    assert.deepEqual(changes[0]?.properties, ["plaintextValue"]);
    assert.doesNotMatch(JSON.stringify(changes), /\[secret\]|WEBHOOK/);
  });

  it("counts what is done while it goes on", () => {
    const events = new EngineEvents();
    const step = { ...droplet, op: "create", new: small };
    events.add(before(step));
    assert.equal(events.finished, 0);
    events.add(after(step));
    assert.equal(events.finished, 1);
  });
});
