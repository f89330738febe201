import assert from "node:assert/strict";
import { checkCertificate, checkN8n, checkOdoo, checkWebsocket } from "../../../operations/health/web.ts";
import type { Served } from "../../../operations/health/outside.ts";
import { agedCertificate, type Certificate, certificateFor, serve, type Site } from "./tls-server.ts";

const domain = "erp.example.com";
const inTime = (): AbortSignal => AbortSignal.timeout(60_000);

const well = (): Site => ({
  pages: { "/web/health?db_server_status=1": 200, "/web/login": 200, "/healthz": 200 },
  websocket: 101,
  silent: false,
});

describe("health from outside", () => {
  let certificate: Certificate;
  let site: Site;
  let served: Served;
  let server: Awaited<ReturnType<typeof serve>>;

  const swap = async (other: Certificate): Promise<void> => {
    server.close();
    server = await serve(other, site);
    served = { ...served, port: server.port };
  };

  before(() => (certificate = certificateFor(domain, 90)));
  beforeEach(async () => {
    site = well();
    server = await serve(certificate, site);
    served = { address: "127.0.0.1", port: server.port, domain };
  });
  afterEach(() => server.close());

  it("finds all well, by the address alone and under the platform's name", async () => {
    const found = await Promise.all([
      checkOdoo(served, inTime()),
      checkWebsocket(served, inTime()),
      checkCertificate(served, [certificate.cert], inTime()),
      checkN8n(served, inTime()),
    ]);
    assert.deepEqual(
      found.map(({ name, state }) => [name, state]),
      ["odoo", "websocket", "certificate", "n8n"].map((name) => [name, "ok"]),
    );
    assert.ok(server.hosts.every((host) => host === domain));
    const days = found[2];
    assert.deepEqual([days?.unit, days?.warnLimit, days?.limit], ["days left", 30, 3]);
    assert.ok(days?.figure && days.figure > 89 && days.figure <= 90);
  });

  it("is red when Odoo has lost its database", async () => {
    site.pages["/web/health?db_server_status=1"] = 500;
    const { state, detail } = await checkOdoo(served, inTime());
    assert.deepEqual(
      [state, detail],
      ["fail", "/web/health?db_server_status=1 answers 500; see platform logs --of odoo"],
    );
  });

  it("is red when the login page does not come", async () => {
    site.pages["/web/login"] = 500;
    const { state, detail } = await checkOdoo(served, inTime());
    assert.deepEqual([state, detail], ["fail", "/web/login answers 500; see platform logs --of odoo"]);
  });

  it("is red when nothing is answered, after the time that it was given", async () => {
    site.silent = true;
    const { state, detail } = await checkOdoo(served, AbortSignal.timeout(300));
    assert.deepEqual([state, detail], ["fail", "/web/health: no answer in time"]);
  });

  it("is red when nothing listens", async () => {
    server.close();
    const found = await Promise.all([
      checkOdoo(served, inTime()),
      checkWebsocket(served, inTime()),
      checkCertificate(served, [], inTime()),
    ]);
    assert.deepEqual(
      found.map(({ state, detail }) => [state, detail.includes("nothing listens there")]),
      Array.from({ length: 3 }, () => ["fail", true]),
    );
  });

  it("is red when the websocket is not upgraded", async () => {
    site.websocket = 400;
    const { state, detail } = await checkWebsocket(served, inTime());
    assert.deepEqual([state, detail], ["fail", "/websocket answers 400; see platform logs --of nginx"]);
  });

  it("is red for a certificate that no authority vouches for", async () => {
    const { state, detail } = await checkCertificate(served, [], inTime());
    assert.equal(state, "fail");
    assert.match(detail, /is signed by nobody but itself/);
  });

  it("is red for another name's certificate", async () => {
    const other = certificateFor("shop.example.com", 90);
    await swap(other);
    const { state, detail } = await checkCertificate(served, [other.cert], inTime());
    assert.deepEqual([state, detail], ["fail", "is for another name; the domain's own was not served"]);
  });

  it("warns when less than a third of a certificate's life is left, and is red in its last days", async () => {
    const late = agedCertificate(domain, 70, 20);
    await swap(late);
    const warned = await checkCertificate(served, [late.cert], inTime());
    assert.deepEqual([warned.state, warned.warnLimit, warned.limit], ["warn", 30, 3]);
    const last = agedCertificate(domain, 88, 2);
    await swap(last);
    assert.equal((await checkCertificate(served, [last.cert], inTime())).state, "fail");
  });

  it("is red for a certificate that has run out", async () => {
    const gone = agedCertificate(domain, 90, -1);
    await swap(gone);
    const { state, detail, figure } = await checkCertificate(served, [gone.cert], inTime());
    assert.equal(state, "fail");
    assert.match(detail, /has run out/);
    assert.ok(figure !== null && figure < 0);
  });

  it("is red when n8n does not answer, and not set up without it", async () => {
    site.pages["/healthz"] = 502;
    assert.deepEqual((await checkN8n(served, inTime())).state, "fail");
    const { state, detail } = await checkN8n(undefined, inTime());
    assert.deepEqual([state, detail], ["off", "not set up: services.n8n is not in the settings"]);
  });
});
