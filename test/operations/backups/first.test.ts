import assert from "node:assert/strict";
import { type Ways, withFirstBackup } from "../../../operations/backups/first.ts";
import type { Proof } from "../../../operations/backups/proof.ts";
import { silentProgress } from "../../../operations/progress.ts";
import { onlyRows } from "../../../operations/sandbox-machines.ts";
import type { Context, Outcome } from "../../../operations/verb.ts";
import type { Settings } from "../../../settings/schema.ts";
import { UserError } from "../../../user-error.ts";
import { everyChannel, readingAt } from "../announce/sample.ts";
import { refusalOf } from "../../support/user-error.ts";
import { drill, hoursAgo, list, made } from "./sample.ts";

describe("an update of production", () => {
  const none: Proof = { newest: undefined, provenAt: undefined };
  const backed: Proof = { newest: { id: "20261126-020000", at: hoursAgo(3) }, provenAt: undefined };
  const context: Context = {
    stack: "prod",
    json: true,
    options: {},
    progress: silentProgress(),
    signal: new AbortController().signal,
    ask: undefined,
  };
  const came: Outcome = {
    json: { changed: true },
    text: "prod: 3 resources changed.",
    next: "platform preview",
  };

  /** How it ends, and what was run for it. */
  async function ended(
    proof: Proof | undefined,
    change: Partial<Ways> = {},
    settings: Settings = everyChannel(),
    unseen?: string,
  ): Promise<{ outcome: Outcome; ran: string[] }> {
    const ran: string[] = [];
    const ways: Ways = {
      read: async () => await Promise.resolve(readingAt("")),
      list: async () => await Promise.resolve(list({ points: [], span: null })),
      now: async () => await Promise.resolve(made()),
      drill: async () => await Promise.resolve(drill()),
      ...change,
    };
    const noted = Object.fromEntries(
      Object.entries(ways).map(([name, way]) => [
        name,
        (...args: unknown[]) => {
          ran.push(name);
          return (way as (...all: unknown[]) => unknown)(...args);
        },
      ]),
    ) as unknown as Ways;
    const looks = {
      unseen: () => unseen,
      proof: async () => await Promise.resolve(proof ?? assert.fail("was asked")),
    };
    return { outcome: await withFirstBackup(context, settings, came, looks, noted), ran };
  }

  it("ends with its first backup and the proof that it can be restored", async () => {
    const { outcome, ran } = await ended(none);
    assert.deepEqual(ran, ["read", "list", "now", "drill"]);
    assert.equal(outcome.exit, undefined);
    assert.match(outcome.text, /^prod: 3 resources changed\.\n\nprod: restore point .*\n\nDrill of prod/s);
    const { backup, drill: proven } = outcome.json["firstBackup"] as Record<string, unknown>;
    assert.deepEqual([backup, proven], [made(), drill()]);
    assert.equal(outcome.json["changed"], true);
  });

  it("ends with what is missing of both, and with nothing where both are there", async () => {
    assert.deepEqual((await ended(backed)).ran, ["read", "drill"]);
    const { outcome, ran } = await ended({ ...backed, provenAt: hoursAgo(2) });
    assert.deepEqual(ran, ["read"]);
    assert.equal(outcome, came);
  });

  it("is unhealthy when the backup or the drill fails, and says so", async () => {
    const reason = "the store answers 403";
    const noBackup = await ended(none, {
      now: async () => await Promise.resolve(made({ ok: false, reason, point: null })),
    });
    assert.deepEqual(noBackup.ran, ["read", "list", "now"]);
    assert.equal(noBackup.outcome.exit, "unhealthy");
    assert.match(noBackup.outcome.text, /no restore point was made: the store answers 403/);
    assert.equal(noBackup.outcome.next, "platform backup now --stack prod");
    const unproven = await ended(none, {
      drill: async () => await Promise.resolve(drill({ ok: false, reason: "Odoo does not boot" })),
    });
    assert.deepEqual(
      [unproven.outcome.exit, unproven.outcome.next],
      ["unhealthy", "platform backup drill --stack prod"],
    );
    assert.match(unproven.outcome.text, /NOT PROVEN\. Odoo does not boot/);
    const { exit, message } = await refusalOf(() =>
      ended(none, {
        list: async () => {
          await Promise.resolve();
          throw new UserError("failed", "prod: its machine says:\n  no bucket");
        },
      }),
    );
    assert.equal(exit, "unhealthy");
    assert.equal(
      message,
      "prod is up, but it is not known to be backed up\nprod: its machine says:\n  no bucket",
    );
  });

  it("adds nothing to the backups of a machine that is gone: a person says whether they come back", async () => {
    const { outcome, ran } = await ended(none, { list: async () => await Promise.resolve(list()) });
    assert.deepEqual(ran, ["read", "list"]);
    assert.equal(outcome.exit, undefined);
    assert.match(outcome.text, /the bucket has 2 restore points, and this machine none of its own/);
    assert.equal(outcome.next, "platform restore --to latest --stack prod");
  });

  it("asks nothing elsewhere, on App Platform, and where nothing runs behind a row", async () => {
    const settings = everyChannel();
    const staging = { ...settings, platform: { ...settings.platform, environment: "staging" as const } };
    assert.deepEqual((await ended(undefined, {}, staging)).ran, []);
    assert.deepEqual((await ended(undefined, {}, settings, "a droplet is a row here")).ran, []);
    const app = { ...settings, host: { ...settings.host, kind: "app" } } as Settings;
    assert.deepEqual((await ended(undefined, {}, app)).outcome, came);
  });
});

describe("a droplet that is a row of an emulated API", () => {
  const names = ["PLATFORM_SANDBOX_MACHINES", "DIGITALOCEAN_API_URL"] as const;
  const before = names.map((name) => process.env[name]);
  afterEach(() => {
    for (const [index, name] of names.entries())
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
  });
  const set = (machines: string, api: string): void => {
    process.env["PLATFORM_SANDBOX_MACHINES"] = machines;
    process.env["DIGITALOCEAN_API_URL"] = api;
  };

  it("has no backup of its own; a real one is never taken for it", () => {
    set("rows", "http://127.0.0.1:7700");
    assert.match(onlyRows() ?? "", /a droplet is a row/);
    set("rows", "https://api.digitalocean.com");
    assert.equal(onlyRows(), undefined);
    set("real", "http://127.0.0.1:7700");
    assert.equal(onlyRows(), undefined);
  });
});
