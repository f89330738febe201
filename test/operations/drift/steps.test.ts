import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { envDifferences } from "../../../operations/drift/asked.ts";
import { counted } from "../../../operations/drift/noise.ts";
import { readSteps } from "../../../operations/drift/steps.ts";
import { pairOf, valueAt } from "../../../operations/drift/value.ts";
import { believedDeletions, requireBelievable } from "../../../operations/drift/vendors.ts";
import { refusalOf } from "../../support/user-error.ts";

const urnOf = (type: string, name: string): string => `urn:pulumi:prod::odoo-platform::${type}::${name}`;

interface Sample {
  op?: string;
  type?: string;
  name?: string;
  paths?: string[];
  old?: object;
  new?: object;
}

function event({
  op = "update",
  type = "digitalocean:index/droplet:Droplet",
  name = "droplet",
  paths = [],
  ...sides
}: Sample) {
  const detailedDiff = Object.fromEntries(
    paths.map((path) => [path, { diffKind: "update", inputDiff: false }]),
  );
  const side = (outputs: object | undefined) => outputs && { outputs, inputs: {} };
  return {
    resOutputsEvent: {
      metadata: {
        op,
        type,
        urn: urnOf(type, name),
        detailedDiff,
        old: side(sides.old),
        new: side(sides.new),
      },
    },
  } as unknown as EngineEvent;
}

describe("what a refresh tells", () => {
  const only = (sample: Sample) =>
    readSteps([event(sample)]).differences.map(({ property, expected, found }) => [
      property,
      expected,
      found,
    ]);

  it("is told property by property, old and new", () => {
    assert.deepEqual(only({ paths: ["size"], old: { size: "s-1vcpu-2gb" }, new: { size: "s-4vcpu-8gb" } }), [
      ["size", "s-1vcpu-2gb", "s-4vcpu-8gb"],
    ]);
  });

  it("tells of a list only what is on one side", () => {
    const old = { tags: ["a", "b"], rules: [{ port: "22", from: ["x"] }] };
    const now = {
      tags: ["b", "c"],
      rules: [
        { from: ["x"], port: "22" },
        { port: "5432", from: ["y"] },
      ],
    };
    assert.deepEqual(only({ paths: ["tags", "rules"], old, new: now }), [
      ["tags", "a", "c"],
      ["rules", null, '{"port":"5432","from":["y"]}'],
    ]);
  });

  it("is not what a provider only fills in: nothing without a difference of the declaration", () => {
    assert.deepEqual(only({ op: "same", old: { volumeIds: [] }, new: { volumeIds: ["1"] } }), []);
  });

  it("leaves out commands, components and the engine's own", () => {
    const types = ["command:remote:Command", "odoo-platform:index:Nginx", "pulumi:pulumi:StackReference"];
    const steps = readSteps(types.map((type) => event({ type, op: "delete" })));
    assert.deepEqual([steps.resources, steps.differences], [0, []]);
  });

  it("tells a secret that somebody else wrote by its time, since nobody can read it", () => {
    const type = "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret";
    const at = (updatedAt: string) => ({ updatedAt });
    const [one] = readSteps([
      event({ op: "same", type, old: at("2026-11-26T10:00:00Z"), new: at("2026-11-26T11:00:00Z") }),
    ]).differences;
    assert.deepEqual([one?.property, one?.since], ["updatedAt", "2026-11-26T11:00:00.000Z"]);
    assert.deepEqual(readSteps([event({ op: "same", type, old: at("x"), new: at("x") })]).differences, []);
  });

  it("never shows what the engine marks as secret", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "[secret]",
    };
    assert.deepEqual(
      only({ paths: ["env[0].value"], old: { env: secret }, new: { env: [{ value: "x" }] } }),
      [["env[0].value", "[secret]", "x"]],
    );
    assert.deepEqual(pairOf({ a: secret }, "x"), { expected: '{"a":"[secret]"}', found: "x" });
  });

  it("is noise where a rule says so, and counted", () => {
    const app = { type: "digitalocean:index/app:App", name: "app" };
    const steps = readSteps([
      event({ ...app, paths: ["spec.envs[0].value", "spec.services[1].envs", "spec.name"] }),
    ]);
    assert.deepEqual(
      steps.differences.map(({ property }) => property),
      ["spec.name"],
    );
    const [noise] = counted(steps.covered.map(({ rule }) => rule));
    assert.deepEqual([noise?.property, noise?.count], ["spec.envs", 2]);
    assert.match(noise?.issue ?? "", /^https:\/\/github\.com\//);
  });
});

describe("an app's variables", () => {
  const env = (key: string, value: string, type = "GENERAL") => ({ key, value, type, scope: "RUN_TIME" });
  const spec = (...envs: object[]) => ({ envs, services: [{ name: "web", envs: [env("A", "1")] }] });

  it("are the same whatever the vendor has encrypted", () => {
    const found = spec(env("PASSWORD", "EV[1:abc:def]", "SECRET"), env("MODULES", "base"));
    assert.deepEqual(envDifferences(spec(env("MODULES", "base"), env("PASSWORD", "x", "SECRET")), found), []);
  });

  it("differ by value, kind, and by being there", () => {
    const declared = spec(env("MODULES", "base"), env("PASSWORD", "x", "SECRET"));
    const found = {
      ...spec(env("MODULES", "base,sale"), env("PASSWORD", "x"), env("MORE", "1")),
      services: [],
    };
    assert.deepEqual(envDifferences(declared, found), ["MODULES", "MORE", "PASSWORD", "web: A"]);
  });
});

describe("deletions", () => {
  const resource = (vendor: string, index: number) => ({
    urn: `urn:${vendor}:${index}`,
    type: `${vendor}:index/thing:Thing`,
    id: String(index),
  });
  const many = (vendor: string, count: number) =>
    Array.from({ length: count }, (_, index) => resource(vendor, index));
  const all = [...many("digitalocean", 20), ...many("github", 3)];
  const gone = (vendor: string, count: number) => ({ gone: many(vendor, count) });

  it("are believed up to a number, and not beyond it", async () => {
    requireBelievable("prod", gone("digitalocean", believedDeletions), all);
    const { exit, message } = await refusalOf(() =>
      requireBelievable("prod", gone("digitalocean", believedDeletions + 1), all),
    );
    assert.equal(exit, "failed");
    assert.equal(message, "prod: 6 resources would be gone, which is not believed; nothing was written");
  });

  it("of all that stands at one vendor are not believed", async () => {
    const { message } = await refusalOf(() => requireBelievable("prod", gone("github", 3), all));
    assert.match(message, /everything at github would be gone/);
  });
});

describe("a path of a detailed diff", () => {
  it("finds its value, also in lists", () => {
    const properties = { a: { b: [{ c: 1 }] }, "x y": 2 };
    assert.equal(valueAt(properties, "a.b[0].c"), 1);
    assert.equal(valueAt(properties, '["x y"]'), 2);
    assert.equal(valueAt(properties, "a.no.such"), undefined);
  });
});
