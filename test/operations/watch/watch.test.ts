import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watch, type Watched } from "../../../operations/watch/watch.ts";
import type { PlatformReading } from "../../../operations/stack-reader.ts";
import { everyChannel } from "../announce/sample.ts";
import { certificateFor, serve, type Site } from "../health/tls-server.ts";
import { type Machine, sshMachine } from "../../sandbox/plugins/ssh-server.ts";

const well = (): Site => ({
  pages: { "/web/health?db_server_status=1": 200, "/web/login": 200 },
  websocket: 101,
  silent: false,
});
const request = (status: number) =>
  `203.0.113.7 "GET /web HTTP/1.1" ${status} 54 0.030 0.030 erp.example.com "Mozilla/5.0"\n`;

describe("a watch of a release", () => {
  const certificate = certificateFor("erp.example.com", 30);
  const path = process.env["PATH"];
  let bin = "";
  let machine: Machine;
  let site: Site;
  let served: Awaited<ReturnType<typeof serve>>;

  /** What each look finds in nginx's log. */
  const log = (text: string): void => writeFileSync(join(bin, "log"), text);
  beforeEach(async function () {
    if (process.platform !== "linux") this.skip();
    bin = mkdtempSync(join(tmpdir(), "platform-watch-"));
    const stub = (name: string, body: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    stub("journalctl", `case "$*" in *--until*) exit 0;; esac; cat ${bin}/log; echo "-- cursor: s=1"`);
    stub("docker", 'echo "id1 0 running false"');
    process.env["PATH"] = `${bin}:${path}`;
    log(request(200));
    site = well();
    [machine, served] = await Promise.all([sshMachine(), serve(certificate, site)]);
  });
  afterEach(async () => {
    process.env["PATH"] = path;
    rmSync(bin, { recursive: true, force: true });
    served?.close();
    await machine?.close();
  });

  const watched = async (
    seconds: number,
    {
      signal = AbortSignal.timeout(20_000),
      at = () => {},
    }: { signal?: AbortSignal; at?: (look: number) => void } = {},
    change: Partial<PlatformReading["outputs"]> = {},
  ): Promise<{ result: Watched; said: string[] }> => {
    const said: string[] = [];
    const reading: PlatformReading = {
      stack: "prod",
      outputs: {
        url: `https://erp.example.com:${served.port}`,
        address: "127.0.0.1",
        hostKind: "droplet",
        hostId: "1",
        machine: { address: "127.0.0.1", port: machine.port, hostKey: machine.hostKey },
        ...change,
      },
      secrets: new Map([["sshPrivateKey", machine.privateKey]]),
    };
    const settings = everyChannel();
    const host = change.hostKind === "app" ? ({ kind: "app" } as typeof settings.host) : settings.host;
    const tell = (text: string): void => {
      said.push(text);
      at(said.length);
    };
    const result = await watch(reading, { ...settings, host }, { seconds, signal, tell, stepMs: 50 });
    return { result, said };
  };

  it("lasts as long as it is asked to, by one connection, and counts what it saw", async () => {
    const { result, said } = await watched(4);
    assert.deepEqual([result.healthy, result.failed, result.p50Ms, result.p95Ms], [true, 0, 30, 30]);
    assert.ok(result.seconds >= 4 && result.seconds < 12);
    assert.equal(result.requests, said.length, "one at each look");
    assert.equal(machine.connections(), 1);
  });

  it("ends as soon as requests fail again and again", async () => {
    log(request(500).repeat(5));
    const { result } = await watched(15);
    assert.deepEqual([result.healthy, result.why], [false, "15 of 15 requests ended in 5xx"]);
    assert.ok(result.seconds < 10);
  });

  it("ends as soon as Odoo is twice not well from outside", async () => {
    const { result } = await watched(15, {
      at: (look) => {
        if (look === 3) site.pages["/web/login"] = 500;
      },
    });
    assert.equal(result.why, "twice in a row: odoo: /web/login answers 500; see platform logs --of odoo");
  });

  it("goes on when the connection is cut, and makes another one", async () => {
    const { result, said } = await watched(5, {
      at: (look) => {
        if (look === 1) machine.cut();
      },
    });
    assert.ok(
      said.some((text) => text.startsWith("the machine cannot be looked into")),
      said.join("\n"),
    );
    assert.equal(result.healthy, true);
    assert.ok(machine.connections() >= 2);
  });

  it("asks an app from outside only", async () => {
    const { result } = await watched(3, {}, { hostKind: "app" });
    assert.equal(result.healthy, true);
    assert.ok(result.requests > 2);
    assert.equal(machine.connections(), 0);
    site.websocket = 502;
    assert.match(
      (await watched(10, {}, { hostKind: "app" })).result.why ?? "",
      /^twice in a row: websocket: /,
    );
  });

  it("ends with whoever ends it", async () => {
    const controller = new AbortController();
    const at = (look: number): void => {
      if (look === 2) controller.abort(new Error("Ctrl-C"));
    };
    await assert.rejects(watched(15, { signal: controller.signal, at }), /Ctrl-C/);
  });
});
