import assert from "node:assert/strict";
import { type DatabaseSizeSlug, databaseSizes } from "../../catalog/database-sizes.ts";
import { type DropletSizeSlug, dropletSizes } from "../../catalog/droplet-sizes.ts";
import { poolSize } from "../../components/postgres.ts";
import { type TuningArgs, tuning } from "../../components/tuning.ts";

const args = (slug: DropletSizeSlug): TuningArgs => ({
  size: dropletSizes[slug],
  workers: "auto",
  postgres: true,
  n8n: true,
  mailCatcher: true,
});
const slugs = Object.keys(dropletSizes) as DropletSizeSlug[];
const sum = (shares: object): number =>
  Object.values(shares as Record<string, number>).reduce((total, share) => total + share, 0);

describe("the numbers for a size", () => {
  for (const slug of slugs) {
    const { memoryMb, odoo, postgres } = tuning(args(slug));

    it(`of ${slug} share out its memory, and no more but on the smallest`, () => {
      if (slug === "s-1vcpu-1gb") return assert.ok(sum(memoryMb) < dropletSizes[slug].memoryMb * 1.5);
      assert.equal(sum(memoryMb), dropletSizes[slug].memoryMb);
    });

    it(`of ${slug} give Odoo the two workers that a websocket needs, and connections for all`, () => {
      assert.ok(odoo.workers >= 2);
      const processes = odoo.workers + 1 + odoo.cronThreads;
      const most = processes * odoo.connectionsPerProcess + odoo.websocketConnections;
      assert.ok(postgres.maxConnections > most, `${postgres.maxConnections} for ${most}`);
    });

    it(`of ${slug} let Postgres keep within its bound`, () => {
      assert.ok(postgres.sharedBuffersMb + postgres.maintenanceWorkMemMb < memoryMb.postgres);
      assert.ok(postgres.effectiveCacheMb <= memoryMb.postgres);
    });

    it(`of ${slug} are whole`, () => {
      for (const value of [memoryMb, odoo, postgres].flatMap(Object.values))
        assert.ok(Number.isInteger(value));
    });
  }

  it("grow with the machine", () => {
    const [small, large] = [tuning(args("s-1vcpu-2gb")), tuning(args("s-8vcpu-16gb"))];
    assert.ok(large.odoo.workers > small.odoo.workers);
    assert.ok(large.postgres.sharedBuffersMb > small.postgres.sharedBuffersMb);
    assert.ok(large.postgres.parallelWorkers > small.postgres.parallelWorkers);
  });

  it("take the settings' workers, whatever the size", () => {
    assert.equal(tuning({ ...args("s-1vcpu-2gb"), workers: 7 }).odoo.workers, 7);
  });

  it("keep within what a managed database has, with two containers of Odoo at once", () => {
    const managed = { ...args("s-2vcpu-4gb"), postgres: false };
    for (const slug of Object.keys(databaseSizes) as DatabaseSizeSlug[]) {
      const connections = poolSize(slug);
      const { odoo } = tuning({ ...managed, connections });
      const { connectionsPerProcess: each, websocketConnections: sockets } = odoo;
      // The smallest has not enough for the worst case; there all have the least that they work with.
      if (slug === "db-s-1vcpu-1gb") assert.deepEqual([each, sockets], [3, 4]);
      // Three are allowed where two are reckoned with: a worker needs one, and now and then a second.
      const most = (2 * odoo.workers + odoo.cronThreads) * (each === 3 ? 2 : each) + 2 * sockets;
      if (slug !== "db-s-1vcpu-1gb") assert.ok(most <= connections, `${slug}: ${most} of ${connections}`);
    }
    assert.equal(tuning({ ...managed, connections: 389 }).odoo.websocketConnections, 16);
  });

  it("leave to Odoo what nothing else takes", () => {
    const { memoryMb } = tuning({ ...args("s-2vcpu-4gb"), postgres: false, n8n: false, mailCatcher: false });
    assert.deepEqual([memoryMb.postgres, memoryMb.n8n, memoryMb.mailCatcher], [0, 0, 0]);
    assert.ok(memoryMb.web > tuning(args("s-2vcpu-4gb")).memoryMb.web + 1024);
  });
});
