import assert from "node:assert/strict";
import { callOdoo } from "../../operations/odoo-call.ts";
import type { PlatformReading } from "../../operations/stack-reader.ts";
import { certificateFor, serve, type Site } from "./health/tls-server.ts";

const domain = "erp.example.com";
const site: Site = { pages: { "/odoo_platform/task": 200 }, websocket: 101, silent: false };

describe("a signed call to Odoo", () => {
  const certificate = certificateFor(domain, 30);
  const elsewhere = process.env["ODOO_CALLBACK_URL"];
  before(() => delete process.env["ODOO_CALLBACK_URL"]);
  after(() => {
    if (elsewhere !== undefined) process.env["ODOO_CALLBACK_URL"] = elsewhere;
  });

  const call = async (name: string, trustedCertificates: string[]) => {
    const odoo = await serve(certificate, site);
    const reading: PlatformReading = {
      stack: "prod",
      outputs: {
        url: `https://${name}:${odoo.port}`,
        address: "127.0.0.1",
        hostKind: "droplet",
        hostId: "1",
        trustedCertificates,
      },
      secrets: new Map([["webhookSecret", "webhook-secret-of-the-tests"]]),
    };
    try {
      const signal = AbortSignal.timeout(60_000);
      const answer = await callOdoo(reading, "/odoo_platform/task", { task_id: 7 }, signal).catch(
        (error: NodeJS.ErrnoException) => error.code,
      );
      return { answer, hosts: odoo.hosts, port: odoo.port };
    } finally {
      odoo.close();
    }
  };

  it("goes to the stack's own address, under its name, without asking DNS", async () => {
    const { answer, hosts, port } = await call(domain, [certificate.cert]);
    assert.deepEqual(answer, { status: 200, json: {} });
    assert.deepEqual(hosts, [`${domain}:${port}`]);
  });

  it("goes to nobody whose certificate nobody vouches for", async () => {
    const { answer, hosts } = await call(domain, []);
    assert.deepEqual([answer, hosts], ["DEPTH_ZERO_SELF_SIGNED_CERT", []]);
  });

  it("goes to nobody who has another name", async () => {
    const { answer, hosts } = await call("other.example.com", [certificate.cert]);
    assert.deepEqual([answer, hosts], ["ERR_TLS_CERT_ALTNAME_INVALID", []]);
  });
});
