import assert from "node:assert/strict";
import { type PricedResource, monthlyPrice } from "../../catalog/prices.ts";

const droplet = (size: unknown): PricedResource => ({
  type: "digitalocean:index/droplet:Droplet",
  name: "odoo",
  props: { size },
});
const volume = (size: unknown): PricedResource => ({
  type: "digitalocean:index/volume:Volume",
  name: "data",
  props: { size },
});
const cluster = (size: unknown, nodeCount?: unknown): PricedResource => ({
  type: "digitalocean:index/databaseCluster:DatabaseCluster",
  name: "db",
  props: nodeCount === undefined ? { size } : { size, nodeCount },
});
const app = (spec: unknown): PricedResource => ({
  type: "digitalocean:index/app:App",
  name: "app",
  props: { spec },
});
const bucket = (name: string): PricedResource => ({
  type: "digitalocean:index/spacesBucket:SpacesBucket",
  name,
  props: {},
});
const check = (name: string): PricedResource => ({
  type: "digitalocean:index/uptimeCheck:UptimeCheck",
  name,
  props: {},
});

/** "usd because" of each line. */
const lines = (...resources: PricedResource[]): string[] =>
  monthlyPrice(resources).lines.map(({ usd, reason }) => `${usd} ${reason}`);

describe("what resources cost a month", () => {
  it("a droplet, by its size", () => assert.deepEqual(lines(droplet("s-1vcpu-2gb")), ["12 s-1vcpu-2gb"]));

  it("a volume, by the GB and to the cent", () => {
    assert.deepEqual(lines(volume(10), volume(33)), ["1 10 GB", "3.3 33 GB"]);
  });

  it("managed Postgres, by size and nodes", () => {
    assert.deepEqual(lines(cluster("db-s-1vcpu-1gb")), ["15.15 db-s-1vcpu-1gb"]);
    assert.deepEqual(lines(cluster("db-s-1vcpu-1gb", 2)), ["30.3 2 × db-s-1vcpu-1gb nodes"]);
  });

  it("an app, by the instances of its services and workers; a job costs while it runs", () => {
    const spec = {
      services: [{ instanceSizeSlug: "apps-s-1vcpu-2gb", instanceCount: 2 }],
      workers: [{ instanceSizeSlug: "apps-s-1vcpu-1gb" }],
      jobs: [{ instanceSizeSlug: "apps-d-4vcpu-8gb" }],
    };
    assert.deepEqual(lines(app(spec)), ["62 2 × apps-s-1vcpu-2gb instances + apps-s-1vcpu-1gb"]);
  });

  it("buckets, once for all of them", () => {
    assert.deepEqual(lines(bucket("a")), ["5 subscription"]);
    assert.deepEqual(lines(bucket("a"), bucket("b")), ["5 subscription, 2 buckets"]);
  });

  it("uptime checks, from the second on", () => {
    assert.deepEqual(lines(check("a")), []);
    const { lines: found, totalUsd } = monthlyPrice([check("a"), check("b"), check("c")]);
    assert.deepEqual([found.map(({ name }) => name), totalUsd], [["b", "c"], 2]);
  });

  it("adds up without the dust of binary fractions", () => {
    assert.equal(monthlyPrice([cluster("db-s-1vcpu-1gb", 3), volume(1), volume(2)]).totalUsd, 45.75);
  });

  it("is nothing for what is free", () => {
    const free = { type: "digitalocean:index/vpc:Vpc", props: {} };
    assert.deepEqual(monthlyPrice([free]), { lines: [], totalUsd: 0, unknown: [] });
  });

  for (const [what, resource, name] of [
    ["a droplet of a size that is not in the catalog", droplet("gpu-h100"), "Droplet odoo"],
    ["a droplet whose size is not known yet", droplet(undefined), "Droplet odoo"],
    ["a volume whose size is none", volume("large"), "Volume data"],
    ["a cluster of an unknown size", cluster("db-x"), "DatabaseCluster db"],
    ["a cluster whose nodes are not known yet", cluster("db-s-1vcpu-1gb", "many"), "DatabaseCluster db"],
    ["an app without a spec", app(undefined), "App app"],
    [
      "an app with one unknown part",
      app({ services: [{ instanceSizeSlug: "apps-s-1vcpu-2gb" }], workers: [{}] }),
      "App app",
    ],
  ] as const) {
    it(`says that it cannot price ${what}`, () => {
      const { totalUsd, unknown } = monthlyPrice([resource]);
      assert.equal(totalUsd, 0);
      assert.deepEqual(
        unknown.map((one) => one.split(":").at(-1)),
        [name],
      );
    });
  }
});

describe("a resource that the catalog has no price for", () => {
  it("is told as unknown, and not taken for free", () => {
    const type = "digitalocean:index/loadBalancer:LoadBalancer";
    assert.deepEqual(monthlyPrice([{ type, name: "lb", props: {} }]).unknown, [`${type} lb`]);
  });

  it("is one with a size below nothing, which would hide the price of another", () => {
    const type = "digitalocean:index/volume:Volume";
    assert.deepEqual(monthlyPrice([{ type, name: "v", props: { size: -100 } }]).unknown, [`${type} v`]);
  });
});
