import assert from "node:assert/strict";
import { type Card, cardText, changeList, makeCard } from "../../operations/card.ts";
import { checkSettings } from "../../settings/check.ts";
import type { Settings } from "../../settings/schema.ts";
import { leastSettings } from "../settings/sample.ts";
import { type Step, before, report, typeOf } from "./told.ts";

const raw = { values: leastSettings(), encrypted: new Set<string>(), githubOwner: undefined };
const settings = checkSettings(raw).settings as Settings;

const cardOf = (...steps: Step[]): Card =>
  makeCard("prod", settings, report(...steps.map(before)), "acme, ops@acme.example");

const size = { size: "s-1vcpu-2gb" };
const droplet = { type: typeOf("Droplet"), name: "odoo-droplet", old: size, new: size };
const volume = { type: typeOf("Volume"), name: "odoo-volume", old: { size: 10 }, new: { size: 10 } };
const firewall = { type: typeOf("Firewall"), name: "odoo-firewall", old: {}, new: {} };

describe("the consequence card", () => {
  it("of a first creation", () => {
    const card = cardOf(
      { type: droplet.type, name: droplet.name, op: "create", new: size },
      { type: volume.type, name: volume.name, op: "create", new: { size: 10 } },
    );
    assert.equal(card.severity, "moderate");
    assert.equal(
      `${changeList(card)}\n${cardText(card)}`,
      [
        "  + Droplet  odoo-droplet",
        "  + Volume   odoo-volume",
        "",
        "  Stack     prod · production · erp.example.com",
        "  Account   acme, ops@acme.example",
        "  Resources 2 to create, 0 as they are",
        "  Made anew nothing",
        "  Data lost nothing",
        "  Downtime  none",
        "  Price     13.00 USD a month (+13.00 USD; budget 20.00 USD)",
        "  Backup    none yet",
        "  Way back  platform destroy",
      ].join("\n"),
    );
  });

  it("of a droplet that is resized", () => {
    const card = cardOf(
      { ...droplet, op: "update", new: { size: "s-2vcpu-4gb" }, diff: { size: "update" } },
      { ...volume, op: "same" },
    );
    assert.equal(card.severity, "moderate");
    assert.equal(
      `${changeList(card)}\n${cardText(card)}`,
      [
        "  ~ Droplet  odoo-droplet  (size)",
        "",
        "  Stack     prod · production · erp.example.com",
        "  Account   acme, ops@acme.example",
        "  Resources 1 to update, 1 as they are",
        "  Made anew nothing",
        "  Data lost nothing",
        "  Downtime  about a minute: the droplet is switched off to resize it",
        "  Price     25.00 USD a month (+12.00 USD; budget 20.00 USD)",
        "  Backup    none yet",
        "  Way back  put the settings back and run platform up again",
      ].join("\n"),
    );
  });

  it("of a volume that is replaced", () => {
    const card = cardOf(
      { ...droplet, op: "same" },
      { ...volume, op: "replace", diff: { region: "update-replace" } },
    );
    assert.equal(card.severity, "severe");
    assert.equal(
      `${changeList(card)}\n${cardText(card)}`,
      [
        "  ± Volume  odoo-volume  (region)",
        "",
        "  Stack     prod · production · erp.example.com",
        "  Account   acme, ops@acme.example",
        "  Resources 1 to make anew, 1 as they are",
        "  Made anew odoo-volume (region)",
        "  Data lost odoo-volume",
        "  Downtime  until the data is restored",
        "  Price     13.00 USD a month (no change; budget 20.00 USD)",
        "  Backup    none yet",
        "  Way back  none for the data named above: only a backup brings it back",
      ].join("\n"),
    );
  });

  it("of nothing to change", () => {
    const card = cardOf({ ...droplet, op: "same" });
    assert.equal(changeList(card), "");
    assert.match(cardText(card), /Resources no change, 1 as they are\n/);
    assert.match(cardText(card), /Way back {2}nothing to go back from$/);
  });

  it("leaves the account out where it cannot be asked", () => {
    assert.doesNotMatch(cardText(makeCard("prod", settings, report())), /Account/);
  });

  it("shows the program's own price where it told one", () => {
    const told = { ...report(before({ ...droplet, op: "same" })), told: { beforeUsd: 17, afterUsd: 19.5 } };
    const card = makeCard("prod", settings, told);
    assert.deepEqual(card.price, { beforeUsd: 17, afterUsd: 19.5, budgetUsd: 20 });
    assert.equal(card.severity, "moderate");
  });
});

describe("how a change is asked about", () => {
  for (const [what, severity, ...steps] of [
    ["a firewall's rules", "mild", { ...firewall, op: "update", diffs: ["inboundRules"] }],
    [
      "a smaller droplet",
      "moderate",
      { ...droplet, op: "update", old: { size: "s-2vcpu-4gb" }, diffs: ["size"] },
    ],
    ["a firewall that is made anew", "moderate", { ...firewall, op: "replace" }],
    ["a firewall that goes", "moderate", { ...firewall, op: "delete" }],
    ["a larger volume", "moderate", { ...volume, op: "update", new: { size: 20 }, diffs: ["size"] }],
    [
      "a bucket that goes",
      "severe",
      { type: typeOf("SpacesBucket"), name: "backups", op: "delete", old: {} },
    ],
    ["an address that goes", "severe", { type: typeOf("ReservedIp"), name: "ip", op: "delete", old: {} }],
    [
      "a zone that is made anew",
      "severe",
      { type: typeOf("Domain"), name: "zone", op: "replace", old: {}, new: {} },
    ],
  ] as [string, string, ...Step[]][]) {
    it(`${what}: ${severity}`, () => assert.equal(cardOf(...steps).severity, severity));
  }
});

describe("how long a change interrupts Odoo", () => {
  const app = { type: typeOf("App"), name: "odoo-app", old: {}, new: {} };
  const cluster = { type: typeOf("DatabaseCluster"), name: "db", old: {}, new: {} };
  for (const [what, downtime, ...steps] of [
    [
      "a droplet that is made anew",
      "several minutes: the droplet is deleted and made anew",
      { ...droplet, op: "replace" },
    ],
    [
      "an app that is made anew",
      "several minutes: the app is deleted and made anew",
      { ...app, op: "replace" },
    ],
    [
      "a droplet that goes",
      "for good: the droplet is deleted",
      { ...droplet, op: "delete" },
      { ...volume, op: "delete" },
    ],
    ["a cluster that is made anew", "until the data is restored", { ...cluster, op: "replace" }],
    [
      "a volume that goes while the droplet is resized",
      "until the data is restored",
      { ...droplet, op: "update", diffs: ["size"] },
      { ...volume, op: "delete" },
    ],
    ["a droplet's tags", "none", { ...droplet, op: "update", diffs: ["tags"] }],
  ] as [string, string, ...Step[]][]) {
    it(`${what}: ${downtime}`, () => assert.equal(cardOf(...steps).downtime, downtime));
  }
});
