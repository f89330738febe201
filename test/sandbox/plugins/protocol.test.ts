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
});
