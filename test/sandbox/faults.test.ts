import assert from "node:assert/strict";
import { Faults } from "../../sandbox/faults.ts";

describe("a fault", () => {
  it("hits the vendor and the requests that it is meant for", () => {
    const faults = new Faults();
    faults.add({ name: "server-error", vendor: "github", match: "POST /repos" });
    assert.equal(faults.hits("server-error", "github", "POST /repos/a/b/hooks"), true);
    assert.equal(faults.hits("server-error", "github", "GET /repos/a/b"), false);
    assert.equal(faults.hits("server-error", "digitalocean", "POST /repos"), false);
    assert.equal(faults.hits("rate-limit", "github", "POST /repos"), false);
  });

  it("hits as often as it says, then lets through, also to the next one of its name", () => {
    const faults = new Faults();
    faults.add({ name: "rate-limit", times: 2 });
    faults.add({ name: "rate-limit", vendor: "spaces", times: 1 });
    const hits = [1, 2, 3].map(() => faults.hits("rate-limit", "digitalocean"));
    assert.deepEqual(hits, [true, true, false]);
    assert.deepEqual(
      [faults.hits("rate-limit", "spaces"), faults.hits("rate-limit", "spaces")],
      [true, false],
    );
  });

  it("stays until it is mended, and a caller cannot change it from outside", () => {
    const faults = new Faults();
    const given = { name: "stuck-droplet", times: 1 } as const;
    faults.add(given);
    faults.hits("stuck-droplet", "digitalocean");
    assert.equal(given.times, 1);
    assert.equal(faults.active.length, 1);
    faults.clear();
    assert.equal(faults.active.length, 0);
  });

  it("makes an API wait when it is slow, and not otherwise", async () => {
    const faults = new Faults();
    const before = performance.now();
    await faults.delay("digitalocean", "GET /");
    assert.ok(performance.now() - before < 500);
    faults.add({ name: "slow-api", times: 1 });
    await faults.delay("digitalocean", "GET /");
    assert.ok(performance.now() - before >= 1900);
  });
});
