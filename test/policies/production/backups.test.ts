import assert from "node:assert/strict";
import { backups } from "../../../policies/production/backups.ts";
import { type Resource, violations } from "../framework.ts";
import { bucket, off, platform, platformName } from "./compliant.ts";

describe("production/backups", () => {
  const judged = (...resources: Resource[]): Promise<string[]> => violations([backups], ...resources);
  const settings = (more: object): Resource =>
    platform({ backups: { retentionDays: 30, drill: "monthly", ...more } });

  it("refuses fewer than 30 days, or days of the wrong type", async () => {
    const fix = "and production needs 30 days. Fix: set backups.retentionDays to 30 or more";
    assert.deepEqual(await judged(settings({ retentionDays: 29 }), bucket()), [
      `${platformName}: backups are kept 29 days, ${fix}`,
    ]);
    assert.deepEqual(await judged(settings({ retentionDays: "30" }), bucket()), [
      `${platformName}: backups are kept an unknown time, ${fix}`,
    ]);
  });

  it("refuses backups that no drill proves", async () => {
    for (const drill of ["never", true, undefined]) {
      assert.deepEqual(await judged(settings({ drill: drill ?? null }), bucket()), [
        `${platformName}: no drill proves that a backup can be restored. Fix: set backups.drill to monthly or weekly`,
      ]);
    }
  });

  it("refuses a stack without a bucket that keeps what is deleted", async () => {
    const message = `${platformName}: no bucket for backups keeps what is deleted or overwritten. Fix: declare a SpacesBucket for backups with versioning: { enabled: true }`;
    assert.deepEqual(await judged(platform()), [message]);
    assert.deepEqual(await judged(platform(), bucket({ versioning: { enabled: "yes" } })), [message]);
    assert.deepEqual(await judged(platform(), { ...bucket(), name: "odoo-prod-files-bucket" }), [message]);
    assert.deepEqual(await judged(platform(), { ...bucket(), name: "odoo-prod-backups-bucket" }), []);
  });

  it("refuses a bucket that forgets sooner, and heeds no rule that is off", async () => {
    const rules = (rule: object): Resource => bucket({ lifecycleRules: [{ enabled: true, ...rule }] });
    const says = (days: number): string[] => [
      `backups (digitalocean:index/spacesBucket:SpacesBucket): a lifecycle rule deletes after ${days} days. Fix: let it keep 30 days at least`,
    ];
    assert.deepEqual(await judged(platform(), rules({ expiration: { days: 7 } })), says(7));
    assert.deepEqual(
      await judged(platform(), rules({ noncurrentVersionExpiration: { days: 29 } })),
      says(29),
    );
    assert.deepEqual(await judged(platform(), rules({ enabled: false, expiration: { days: 7 } })), []);
  });

  it("refuses a bucket that forgets sooner than backups are kept", async () => {
    const days = (count: number): Resource =>
      bucket({ lifecycleRules: [{ enabled: true, noncurrentVersionExpiration: { days: count } }] });
    assert.deepEqual(await judged(settings({ retentionDays: 60 }), days(60)), []);
    assert.deepEqual(await judged(settings({ retentionDays: 60 }), days(59)), [
      "backups (digitalocean:index/spacesBucket:SpacesBucket): a lifecycle rule deletes after 59 days. Fix: let it keep 60 days at least",
    ]);
  });

  it("refuses a key that may do everything", async () => {
    const type = "digitalocean:index/spacesKey:SpacesKey";
    const key = (permission: unknown): Resource => ({
      type,
      name: "odoo-prod-backups-key",
      props: { name: "odoo-prod-backups", grants: [{ bucket: "erp-backups", permission }] },
    });
    assert.deepEqual(await judged(platform(), bucket(), key("readwrite")), []);
    assert.deepEqual(await judged(platform(), bucket(), key("read")), []);
    for (const permission of ["fullaccess", "", 1, null])
      assert.deepEqual(await judged(platform(), bucket(), key(permission)), [
        `odoo-prod-backups-key (${type}): the key may switch off what keeps deleted backups. Fix: grant it "read" or "readwrite" of its bucket`,
      ]);
  });

  it("asks none of it of a stack that is not production", async () => {
    assert.deepEqual(
      await judged(platform({ ...off("staging"), backups: { retentionDays: 1, drill: "never" } })),
      [],
    );
  });
});
