import assert from "node:assert/strict";
import { suffixed } from "../../components/actions-secrets.ts";
import { bucketName } from "../../components/backups.ts";
import { recordName } from "../../components/dns-records.ts";

describe("the name of a bucket", () => {
  it("comes from the domain, since the whole world shares the names", () => {
    assert.equal(bucketName("erp.example.com", "backups"), "erp-example-com-backups");
  });

  for (const length of [54, 55, 56, 200]) {
    it(`is one that Spaces takes, also of a domain of ${length} characters`, () => {
      const domain = "long.".repeat(50).slice(0, length - 4) + ".com";
      assert.match(bucketName(domain, "filestore"), /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
      assert.match(bucketName(domain, "backups"), /-backups$/);
    });
  }
});

describe("the name of a record in its zone", () => {
  for (const [domain, zone, name] of [
    ["erp.example.com", "example.com", "erp"],
    ["a.b.example.com", "example.com", "a.b"],
    ["example.com", "example.com", "@"],
    ["example.com.example.com", "example.com", "example.com"],
  ] as const) {
    it(`of ${domain} is ${name}`, () => assert.equal(recordName(domain, zone), name));
  }
});

describe("the name of a repository's secret", () => {
  it("carries its stack, in letters that GitHub takes", () => {
    assert.equal(suffixed("DEPLOY_WEBHOOK_SECRET", "sandbox-app"), "DEPLOY_WEBHOOK_SECRET_SANDBOX_APP");
  });
});
