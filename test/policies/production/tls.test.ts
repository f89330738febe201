import assert from "node:assert/strict";
import { tls } from "../../../policies/production/tls.ts";
import { type Resource, unknown, violations } from "../framework.ts";
import { platform, platformName } from "./compliant.ts";

describe("production/tls", () => {
  const judged = (resource: Resource): Promise<string[]> => violations([tls], resource);
  const directory = (url: unknown, environment = "production"): Resource =>
    platform({ platform: { environment }, tls: { directory: url } });

  it("refuses a directory that is not reached by https, or is no address", async () => {
    for (const wrong of ["http://acme.example.com/directory", "https://", 443, null]) {
      assert.deepEqual(await judged(directory(wrong, "sandbox")), [
        `${platformName}: certificates do not come by https. Fix: set tls.directory to the https address of an ACME directory`,
      ]);
    }
  });

  it("refuses Let's Encrypt's staging directory in production, and there only", async () => {
    const staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
    assert.deepEqual(await judged(directory(staging)), [
      `${platformName}: no browser trusts the certificates of a staging directory. Fix: set tls.directory to the directory for production`,
    ]);
    assert.deepEqual(await judged(directory(staging, "staging")), []);
  });

  it("refuses an app that may talk to its database unencrypted", async () => {
    const type = "digitalocean:index/app:App";
    const app = (...envs: unknown[]): Resource => ({
      type,
      props: { spec: { envs: [{ key: "PGHOST", value: unknown }, { key: "KEY", value: unknown }, ...envs] } },
    });
    const message = `it (${type}): the app may talk to its database unencrypted. Fix: set PGSSLMODE to require or more in spec.envs`;
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: "require" })), []);
    assert.deepEqual(await judged(app()), [message]);
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: "prefer" })), [message]);
    assert.deepEqual(await judged(app({ key: "PGSSLMODE", value: true })), [message]);
  });

  it("refuses a webhook that is not encrypted, or whose other end is not checked", async () => {
    const type = "github:index/repositoryWebhook:RepositoryWebhook";
    const hook = (configuration: object): Resource => ({ type, props: { configuration } });
    assert.deepEqual(await judged(hook({ url: "https://erp.example.com/hook", insecureSsl: false })), []);
    assert.deepEqual(await judged(hook({ url: "http://erp.example.com/hook" })), [
      `it (${type}): deliveries are not encrypted. Fix: set configuration.url to an https address`,
    ]);
    assert.deepEqual(await judged(hook({ url: "https://erp.example.com/hook", insecureSsl: "1" })), [
      `it (${type}): GitHub would not check whom it delivers to. Fix: set configuration.insecureSsl to false`,
    ]);
  });
});
