import assert from "node:assert/strict";

import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { testStack, type TestStack } from "./engine.ts";
import { vendor, type Answer, type Vendor } from "./vendor.ts";

/** A VPC that the vendor remembers. */
function vpcs(first: Answer[] = []): Record<string, (body: unknown) => Answer> {
  let there: object | undefined;
  const show = (): Answer =>
    there ? { body: { vpc: there } } : { status: 404, body: { message: "not found" } };
  const keep = (body: unknown): Answer => {
    const trouble = first.shift();
    if (trouble) return trouble;
    there = {
      id: "v1",
      urn: "do:vpc:v1",
      ip_range: "10.1.0.0/20",
      default: false,
      ...there,
      ...(body as object),
    };
    return show();
  };
  return {
    "POST /v2/vpcs": keep,
    "PUT /v2/vpcs/v1": keep,
    "GET /v2/vpcs/v1": show,
    "DELETE /v2/vpcs/v1": () => {
      there = undefined;
      return { status: 204 };
    },
  };
}

describe("a stand-in plugin under the real engine", () => {
  let api: Vendor;
  let test: TestStack;

  async function start(answers: ReturnType<typeof vpcs>, env: Record<string, string> = {}): Promise<void> {
    api = await vendor(answers);
    test = await testStack({ env: { DIGITALOCEAN_API_URL: api.url, DIGITALOCEAN_TOKEN: "t", ...env } });
  }

  afterEach(async () => {
    await test.close();
    await api.close();
  });

  const program =
    (args: digitalocean.VpcArgs, options: pulumi.CustomResourceOptions = {}): pulumi.automation.PulumiFn =>
    async () => {
      const vpc = new digitalocean.Vpc("net", args, options);
      return { range: vpc.ipRange };
    };

  it("creates, finds nothing to do, updates in place and destroys", async () => {
    await start(vpcs());
    assert.deepEqual(await test.up(program({ region: "fra1", description: "one" })), { create: 2 });
    const { name } = await test.state("net");
    assert.match(String(name), /^net-[0-9a-f]{7}$/);
    assert.deepEqual((await test.stack.outputs())["range"]?.value, "10.1.0.0/20");

    const before = api.asked.length;
    assert.deepEqual(await test.up(program({ region: "fra1", description: "one" })), { same: 2 });
    assert.deepEqual(api.asked.slice(before), []);

    assert.deepEqual(await test.up(program({ region: "fra1", description: "two" })), { update: 1, same: 1 });
    assert.deepEqual(api.body("PUT /v2/vpcs/v1"), { name, description: "two", default: false });

    await test.destroy();
    assert.equal(api.asked.at(-1), "DELETE /v2/vpcs/v1");
  });

  it("makes a replacement of a made-up name before it deletes, and of a given name after", async () => {
    await start(vpcs());
    const writes = (): string[] => api.asked.filter((request) => !request.startsWith("GET"));
    await test.up(program({ region: "fra1" }));
    const { name } = await test.state("net");
    await test.up(program({ region: "ams3" }));
    assert.deepEqual(writes(), ["POST /v2/vpcs", "POST /v2/vpcs", "DELETE /v2/vpcs/v1"]);
    assert.notEqual((await test.state("net"))["name"], name);

    await test.up(program({ region: "ams3", name: "given" }));
    await test.up(program({ region: "sgp1", name: "given" }));
    assert.deepEqual(writes().slice(3), ["PUT /v2/vpcs/v1", "DELETE /v2/vpcs/v1", "POST /v2/vpcs"]);
  });

  it("says what the vendor said, with the request, and keeps nothing of a refused resource", async () => {
    await start(
      vpcs([
        { status: 422, body: { id: "unprocessable_entity", message: "no such region", request_id: "r-1" } },
      ]),
    );
    const refusal = `POST ${api.url}/v2/vpcs: 422 (request "r-1") no such region`;
    await assert.rejects(test.up(program({ region: "mars1" })), (error: Error) =>
      error.message.includes(refusal),
    );
    assert.deepEqual(api.asked, ["POST /v2/vpcs"]);
    await assert.rejects(test.state("net"), /not in the state/);
  });

  it("waits as long as a 429 asks, and tries again after a 500, but not after a 501", async () => {
    const busy = { status: 429, headers: { "retry-after": "1" }, body: { message: "slow down" } };
    await start(vpcs([busy, { status: 500 }, { status: 501, body: { message: "never" } }]), {
      DIGITALOCEAN_HTTP_RETRY_WAIT_MIN: "0.01",
    });
    const started = Date.now();
    await assert.rejects(test.up(program({ region: "fra1" })), /501 never/);
    assert.ok(Date.now() - started >= 1000);
    assert.equal(api.asked.length, 3);
  });

  it("names every fault of the inputs at once", async () => {
    await start({});
    const faulty = { description: "x".repeat(256), nme: "typo" } as unknown as digitalocean.VpcArgs;
    // The SDK's class has checks of its own; a bare resource shows the plugin's.
    class Bare extends pulumi.CustomResource {}
    const raw = async (): Promise<void> => {
      new Bare("digitalocean:index/vpc:Vpc", "net", faulty);
    };
    await assert.rejects(test.preview(raw), (error: Error) => {
      for (const fault of ['"region" is required', "at most 255, got 256", '"nme" is not expected here'])
        assert.ok(error.message.includes(fault), `${fault} in ${error.message}`);
      return true;
    });
  });

  it("takes over a resource that exists already, and stops managing one that is gone", async () => {
    await start(vpcs());
    await fetch(`${api.url}/v2/vpcs`, {
      method: "POST",
      body: JSON.stringify({ name: "old", region: "fra1" }),
    });
    const imported = program({ name: "old", region: "fra1", ipRange: "10.1.0.0/20" }, { import: "v1" });
    assert.deepEqual(await test.up(imported), { create: 1, import: 1 });
    await fetch(`${api.url}/v2/vpcs/v1`, { method: "DELETE" });
    assert.equal((await test.refresh()).delete, 1);
  });

  it("leaves in the state what was made but is not ready, and finishes it the next time", async () => {
    const droplet = {
      id: 7,
      locked: false,
      name: "m",
      size: { slug: "s" },
      region: { slug: "r" },
      networks: {},
    };
    let status = 500;
    await start(
      {
        "POST /v2/droplets": () => ({ status: 202, body: { droplet } }),
        "GET /v2/droplets/7": () => ({ status, body: { droplet: { ...droplet, status: "active" } } }),
      },
      { DIGITALOCEAN_HTTP_RETRY_MAX: "0" },
    );
    const machine = async (): Promise<void> => {
      new digitalocean.Droplet("m", { name: "m", image: "i", size: "s", region: "r" });
    };
    await assert.rejects(test.up(machine), /GET .*droplets\/7: 500/);
    assert.equal((await test.state("m"))["id"], "7");
    status = 200;
    await test.up(machine);
    assert.equal((await test.state("m"))["status"], "active");
    assert.equal(api.asked.filter((request) => request.startsWith("POST")).length, 1);
  });

  it("keeps a secret input secret, whatever it becomes", async () => {
    await start(vpcs());
    const description = pulumi.secret("a description that nobody may read");
    await test.up(program({ region: "fra1", description }));
    assert.ok(!(await test.file()).includes("nobody may read"));
    assert.deepEqual(await test.up(program({ region: "fra1", description })), { same: 2 });
  });

  it("obeys a provider's own configuration before the environment", async () => {
    await start(vpcs(), { DIGITALOCEAN_API_URL: "http://127.0.0.1:1" });
    const own = async (): Promise<void> => {
      const provider = new digitalocean.Provider("own", { apiEndpoint: api.url, token: "t" });
      new digitalocean.Vpc("net", { region: "fra1" }, { provider });
    };
    assert.deepEqual(await test.up(own), { create: 3 });
  });

  it("stops waiting when the update is cancelled, and the next one converges", async () => {
    const droplet = {
      id: 7,
      locked: false,
      name: "m",
      size: { slug: "s" },
      region: { slug: "r" },
      networks: {},
    };
    let status = "new";
    let looked: () => void = () => {};
    const looking = new Promise<void>((resolve) => (looked = resolve));
    await start({
      "POST /v2/droplets": () => ({ status: 202, body: { droplet } }),
      "GET /v2/droplets/7": () => {
        looked();
        return { body: { droplet: { ...droplet, status } } };
      },
    });
    const machine = async (): Promise<void> => {
      new digitalocean.Droplet("m", { name: "m", image: "i", size: "s", region: "r" });
    };
    const cancelling = new AbortController();
    const update = test.stack.up({ program: machine, signal: cancelling.signal });
    await looking;
    cancelling.abort();
    await assert.rejects(update);
    assert.equal((await test.state("m"))["id"], "7");
    status = "active";
    await test.up(machine);
    assert.equal((await test.state("m"))["status"], "active");
  });
});
