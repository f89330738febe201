import assert from "node:assert/strict";

import { check } from "../../../sandbox/plugins/protocol/check.ts";
import { deletesFirst, differences } from "../../../sandbox/plugins/protocol/diff.ts";
import { ignoring } from "../../../sandbox/plugins/protocol/ignore.ts";
import { bool, list, name, number, object, set, text } from "../../../sandbox/plugins/protocol/schema.ts";
import {
  asked,
  foreseen,
  foreseenChange,
  guarded,
  readInputs,
} from "../../../sandbox/plugins/protocol/state.ts";
import { UNKNOWN } from "../../../sandbox/plugins/protocol/values.ts";
import { fromVendor, toVendor } from "../../../sandbox/plugins/protocol/vendor-form.ts";

const naming = { resource: "web", seed: new Uint8Array([1, 2, 3]) };

describe("checking inputs", () => {
  const shape = {
    name: name(),
    size: number({ required: true, min: 1 }),
    kind: text({ default: "small", oneOf: ["small", "large"] }),
    rules: list(object({ port: number({ required: true }), open: bool({ default: true }) })),
  };

  it("fills in names and defaults, and says which", () => {
    const { inputs, failures } = check(shape, { size: 2, rules: [{ port: 1 }] }, {}, naming);
    assert.deepEqual(failures, []);
    assert.match(String(inputs["name"]), /^web-[0-9a-f]{7}$/);
    assert.deepEqual(inputs["__defaults"], ["kind", "name"]);
    assert.deepEqual(inputs["rules"], [{ port: 1, open: true }]);
  });

  it("makes the same name of the same randomness, and keeps one that it has made", () => {
    const nameOf = (olds: object, seed: Uint8Array): unknown =>
      check(shape, { size: 2 }, { ...olds }, { ...naming, seed }).inputs["name"];
    assert.equal(nameOf({}, naming.seed), nameOf({}, naming.seed));
    assert.notEqual(nameOf({}, naming.seed), nameOf({}, new Uint8Array([9])));
    assert.equal(nameOf({ name: "web-1", __defaults: ["name"] }, naming.seed), "web-1");
    assert.notEqual(nameOf({ name: "mine", __defaults: [] }, naming.seed), "mine");
  });

  it("obeys the stack's own rule for names", () => {
    const ruled = (mode: "propose" | "disable") =>
      check(shape, { size: 2 }, {}, { ...naming, rule: { mode, proposed: "prod-web" } });
    assert.equal(ruled("propose").inputs["name"], "prod-web");
    assert.match(ruled("disable").failures[0]?.reason ?? "", /automatic naming is disabled/);
  });

  it("shortens a name that would be too long", () => {
    const { inputs } = check(
      { name: text({ autoName: 12 }) },
      {},
      {},
      { ...naming, resource: "a-long-name" },
    );
    assert.match(String(inputs["name"]), /^a-lo-[0-9a-f]{7}$/);
  });

  it("takes numbers written as text, and unknown values for whatever they will be", () => {
    const { inputs, failures } = check(shape, { size: "3", kind: UNKNOWN, rules: UNKNOWN }, {}, naming);
    assert.deepEqual(failures, []);
    assert.equal(inputs["size"], 3);
  });

  it("names every fault by its path", () => {
    const wrong = { size: 0, kind: "huge", rules: [{ prt: 1 }], nme: "x" };
    const { failures } = check(shape, wrong, {}, naming);
    assert.deepEqual(
      failures.map(({ property, reason }) => `${property}: ${reason}`),
      [
        "size: expected at least 1, got 0",
        "kind: expected one of [small large], got huge",
        'rules[0].prt: an input "prt" is not expected here',
        'rules[0].port: the input "port" is required, but no definition was found',
        'nme: an input "nme" is not expected here',
      ],
    );
  });
});

describe("telling differences", () => {
  const shape = {
    name: name({ replaces: true }),
    size: number({ replaces: (old, now) => Number(now) < Number(old) }),
    tags: set(text()),
    address: text({ computed: true }),
    userData: text({ hashed: true, replaces: true }),
    spec: object({ image: text(), port: number({ computed: true }), envs: list(object({ value: text() })) }),
  };
  const paths = (state: object, inputs: object): string[] =>
    differences(shape, { ...state }, { ...inputs }).map(
      ({ path, kind, replaces }) => `${kind}${replaces ? "-replace" : ""} ${path}`,
    );

  it("sees none in what the vendor has filled in, in an order, in nothing", () => {
    const state = { tags: ["a", "b"], address: "1.2.3.4", spec: { image: "1", port: 80, envs: [] }, size: 0 };
    assert.deepEqual(paths(state, { tags: ["b", "a"], spec: { image: "1" } }), []);
  });

  it("names the place and whether it replaces", () => {
    const state = { name: "a", size: 2, spec: { image: "1", envs: [{ value: "x" }, { value: "y" }] } };
    const now = { name: "b", size: 1, tags: ["new"], spec: { image: "2", envs: [{ value: "z" }] } };
    assert.deepEqual(paths(state, now), [
      "update-replace name",
      "update-replace size",
      "add tags",
      "update spec.image",
      "update spec.envs[0].value",
      "delete spec.envs[1]",
    ]);
    assert.deepEqual(paths({ size: 1 }, { size: 2 }), ["update size"]);
    assert.deepEqual(paths({ tags: ["a"] }, {}), ["delete tags"]);
  });

  it("takes what is not known yet for a difference", () => {
    assert.deepEqual(paths({ tags: ["a"], name: "a" }, { tags: [UNKNOWN], name: UNKNOWN }), [
      "update-replace name",
      "update tags",
    ]);
  });

  it("compares by the hash what is kept as a hash, whether it comes plain or hashed", () => {
    const state = asked({ inputs: shape }, { userData: "#cloud-config" });
    assert.match(String(state["userData"]), /^[0-9a-f]{40}$/);
    assert.deepEqual(paths(state, { userData: "#cloud-config" }), []);
    assert.deepEqual(paths(state, { userData: state["userData"] }), []);
    assert.deepEqual(paths(state, { userData: "other" }), ["update-replace userData"]);
  });

  it("deletes first only where the program has given a name", () => {
    assert.equal(deletesFirst(shape, { name: "web", __defaults: [] }), true);
    assert.equal(deletesFirst(shape, { name: "web-1", __defaults: ["name"] }), false);
  });
});

describe("ignoring changes", () => {
  const state = {
    spec: {
      envs: [
        { key: "A", value: "EV[1]" },
        { key: "B", value: "b" },
      ],
    },
    "odd.name": 1,
  };
  const inputs = {
    spec: {
      envs: [
        { key: "A", value: "plain" },
        { key: "C", value: "c", told: ["x"] },
      ],
    },
  };

  it("takes from the state what a path names, through lists and wildcards", () => {
    const values = (paths: string[]): unknown =>
      (ignoring(paths, state, inputs)["spec"] as typeof inputs.spec).envs.map(({ value }) => value);
    assert.deepEqual(values(["spec.envs[0].value"]), ["EV[1]", "c"]);
    assert.deepEqual(values(["spec.envs[*].value"]), ["EV[1]", "b"]);
    assert.deepEqual(values(["spec.envs"]), ["EV[1]", "b"]);
    assert.deepEqual(values(["spec.envs[7].value", "nothing.at.all"]), ["plain", "c"]);
    assert.equal(ignoring(['["odd.name"]'], state, inputs)["odd.name"], 1);
  });

  it("leaves out what the state has not", () => {
    const { spec } = ignoring(["spec.envs[1].told"], state, inputs) as typeof inputs;
    assert.equal("told" in (spec.envs[1] ?? {}), false);
    assert.deepEqual(inputs.spec.envs[1]?.told, ["x"], "the inputs themselves stay as they were");
  });
});

describe("states", () => {
  const resource = {
    inputs: { name: name(), zone: text({ computed: true }), key: text({ secret: true, writeOnly: true }) },
    outputs: ["address"],
    secretOutputs: ["password"],
    volatileOutputs: ["stdout"],
  };

  it("foresee what is not known yet", () => {
    assert.deepEqual(foreseen(resource, { name: "a" }), { name: "a", zone: UNKNOWN, address: UNKNOWN });
    const before = { name: "a", zone: "z", address: "1", key: "k", stdout: "old" };
    assert.deepEqual(foreseenChange(resource, { name: "b" }, before), {
      name: "b",
      zone: "z",
      address: "1",
      stdout: UNKNOWN,
    });
  });

  it("give a refresh the vendor's values where they mean something else, and an import all of them", () => {
    const shape = { tags: set(text()), size: number(), note: text({ default: "none" }) };
    const state = { tags: ["b", "a"], size: 2, note: "none", address: "1" };
    assert.deepEqual(readInputs(shape, { tags: ["a", "b"], size: 1 }, state), { tags: ["a", "b"], size: 2 });
    assert.deepEqual(readInputs(shape, {}, state), { tags: ["b", "a"], size: 2, __defaults: [] });
  });

  it("mark what nobody may read", () => {
    const marked = guarded(resource, { name: "a", key: "k", password: "p" });
    assert.equal(marked["name"], "a");
    for (const secret of ["key", "password"])
      assert.equal((marked[secret] as { value: string }).value, secret[0]);
  });
});

describe("the vendor's form", () => {
  const shape = {
    instanceSizeSlug: text(),
    emails: list(text(), { api: "email" }),
    policies: list(object({ enabled: bool() }), { single: true, api: "policy" }),
    destinations: object({ emails: list(text()) }, { apart: true }),
    secret: text({ writeOnly: true }),
  };

  it("has names of its own, and takes and gives single things bare", () => {
    const values = {
      instanceSizeSlug: "s",
      emails: ["a"],
      policies: [{ enabled: true }],
      destinations: { emails: [] },
      secret: "x",
    };
    const vendors = { instance_size_slug: "s", email: ["a"], policy: { enabled: true }, secret: "x" };
    assert.deepEqual(toVendor(shape, values), vendors);
    const { destinations: _, secret: __, ...readable } = values;
    assert.deepEqual(fromVendor(shape, { ...vendors, more: 1 }), { ...readable, destinations: undefined });
  });
});
