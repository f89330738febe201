import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { checkNames } from "../../../operations/health/check.ts";
import { lookAt } from "../../../operations/health/look.ts";
import type { PlatformReading } from "../../../operations/stack-reader.ts";
import { completeSettings } from "../../../settings/complete.ts";
import { newKeyPair } from "../../../ssh-keys.ts";

const settings = completeSettings(
  {
    values: {
      platform: { environment: "sandbox", domain: "erp.example.com", zone: { name: "example.com" } },
      host: { kind: "droplet", adminNetworks: ["10.0.0.0/8"] },
      image: { repository: "acme/odoo" },
      tls: { contact: "ops@example.com" },
      alerts: { email: ["ops@example.com"] },
      sshPublicKey: newKeyPair().public,
      hostPublicKey: newKeyPair().public,
      ...Object.fromEntries(
        [
          "databasePassword",
          "odooAdminPassword",
          "backupPassphrase",
          "webhookSecret",
          "sshPrivateKey",
          "hostPrivateKey",
        ].map((key) => [key, { secure: "v1:" }]),
      ),
    },
    encrypted: new Set([
      "databasePassword",
      "odooAdminPassword",
      "backupPassphrase",
      "webhookSecret",
      "backupPassphrase",
      "sshPrivateKey",
      "hostPrivateKey",
    ]),
    githubOwner: "acme",
  },
  "prod",
);

const reading = (port: number): PlatformReading => ({
  stack: "prod",
  outputs: {
    url: "https://erp.example.com",
    // Nothing serves there.
    address: "127.0.0.9",
    hostKind: "droplet",
    hostId: "1",
    machine: { address: "127.0.0.1", port, hostKey: newKeyPair().public },
    domains: { odoo: "erp.example.com", n8n: "n8n.example.com" },
    mail: "catcher",
  },
  secrets: new Map([["sshPrivateKey", newKeyPair().private]]),
});

describe("health of a platform that is gone", () => {
  it("is red in every check that is set up, within seconds, also when SSH says nothing", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const began = performance.now();
    const found = await lookAt(
      reading((silent.address() as AddressInfo).port),
      settings,
      new AbortController().signal,
    );
    const seconds = (performance.now() - began) / 1000;
    silent.close();
    // 3 s by the bound of each question; the rest is for a computer that does other things.
    assert.ok(seconds < 10, `${seconds} s`);
    assert.deepEqual(
      found.filter(({ state }) => state !== "fail").map(({ name }) => name),
      [],
    );
    assert.deepEqual(
      found.map(({ name }) => name),
      checkNames.filter((name) => name !== "deployment"),
    );
    assert.match(
      found.find(({ name }) => name === "disk")?.detail ?? "",
      /^not known: 127\.0\.0\.1: SSH does not answer/,
    );
  });
});
