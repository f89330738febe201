import assert from "node:assert/strict";
import { openFields } from "../../../policies/secrets/open-fields.ts";
import { judge, type Resource, secret, unknown, violations } from "../framework.ts";
import { token } from "./declared.ts";

describe("secrets/open-fields", () => {
  const fix =
    "Fix: use the secret kind of this field (an Actions secret, type: SECRET), or leave the value out";

  const app = (...envs: unknown[]): Resource => ({
    type: "digitalocean:index/app:App",
    // One secret makes Pulumi mark the whole spec.
    props: { spec: secret({ envs }) },
  });

  it("lets plain values through, and secret ones where the vendor keeps them", async () => {
    const envs = [
      { key: "LANG", value: "C", type: "GENERAL" },
      { key: "PGPASSWORD", value: "${db.PASSWORD}", type: "GENERAL" },
      { key: "ACCESS_ID", value: ["DO", "00K7VTR3QXN2MZ8LFP"].join(""), type: "GENERAL" },
      { key: "BUCKET", value: unknown, type: "GENERAL" },
      { key: "TOKEN", value: token, type: "SECRET" },
    ];
    assert.deepEqual(await judge([openFields], app(...envs)), []);
  });

  it("refuses a credential as a general value of an app, though the mark is on all of it", async () => {
    const says = (fault: string): string[] => [
      `it (digitalocean:index/app:App): spec.envs[0].value ${fault}. ${fix}`,
    ];
    assert.deepEqual(
      await violations([openFields], app({ key: "KEY", value: token, type: "GENERAL" })),
      says("holds a DigitalOcean token in plain text, at line 1"),
    );
    assert.deepEqual(
      await violations([openFields], app({ key: "SMTP_PASSWORD", value: "lemon" })),
      says("is a secret by its name and stands in plain text"),
    );
    const [said] = await judge([openFields], app({ key: "SMTP_PASSWORD", value: unknown }));
    assert.equal(said?.level, "advisory");
  });

  it("refuses a secret as a variable of Actions, a DNS record, a description, a tag", async () => {
    const cases: [type: string, props: Record<string, unknown>, where: string[]][] = [
      ["github:index/actionsVariable:ActionsVariable", { value: secret("lemon") }, ["value"]],
      ["digitalocean:index/dnsRecord:DnsRecord", { value: secret("lemon") }, ["value"]],
      [
        "digitalocean:index/volume:Volume",
        { description: secret("lemon"), tags: [secret("a")] },
        ["description", "tags[0]"],
      ],
    ];
    for (const [type, props, where] of cases) {
      const expected = where.map(
        (one) => `it (${type}): ${one} is a secret in a field that the vendor shows openly. ${fix}`,
      );
      assert.deepEqual(await violations([openFields], { type, props }), expected);
    }
  });
});
