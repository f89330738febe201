import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { verify } from "@octokit/webhooks-methods";
import type { HubEvent } from "../../../sandbox/github/options.ts";
import { Client, delivered } from "./support.ts";

const repo = "/repos/acme/erp";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Something that webhooks are sent to. */
class Receiver {
  readonly received: Received[] = [];
  readonly #server: Server;

  constructor(answer: (response: ServerResponse) => void = (response) => response.end("thanks")) {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        this.received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
        answer(response);
      });
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await new Promise((resolve) => this.#server.once("listening", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe("a webhook at the emulated GitHub", () => {
  let receiver: Receiver;
  const open = async (answer?: (response: ServerResponse) => void): Promise<string> => {
    receiver = new Receiver(answer);
    return receiver.start();
  };
  afterEach(() => receiver.stop());

  it("is pinged when it is made, signed so that GitHub's own library verifies it", async () => {
    const client = new Client();
    const config = { url: await open(), content_type: "json", secret: "a secret" };
    const made = await client.post(`${repo}/hooks`, { config, events: ["push"] });
    const [delivery] = await delivered(client, `${repo}/hooks/${made.text("id")}`, 1);
    const [first] = receiver.received;
    assert.ok(first && delivery);
    assert.equal(first.headers["x-github-event"], "ping");
    assert.equal(first.headers["x-github-delivery"], delivery.guid);
    assert.equal(first.headers["content-type"], "application/json");
    assert.match(String(first.headers["user-agent"]), /^GitHub-Hookshot\//);
    assert.equal(await verify("a secret", first.body, String(first.headers["x-hub-signature-256"])), true);
    assert.equal(await verify("another", first.body, String(first.headers["x-hub-signature-256"])), false);
    assert.equal(
      (JSON.parse(first.body) as { hook_id: number }).hook_id,
      delivery.hook ?? Number(made.text("id")),
    );
    assert.deepEqual([delivery.status, delivery.status_code, delivery.redelivery], ["OK", 200, false]);
  });

  it("hears of what it subscribed to, and of nothing else", async () => {
    const events: HubEvent[] = [];
    const client = new Client({ onEvent: (event) => events.push(event) });
    const made = await client.post(`${repo}/hooks`, { config: { url: await open() }, events: ["push"] });
    await client.post(`${repo}/issues`, { title: "Not for the hook" });
    await client.put(`${repo}/contents/a.txt`, { message: "Add a", content: "" });
    const rows = await delivered(client, `${repo}/hooks/${made.text("id")}`, 2);
    assert.deepEqual(rows.map((row) => row.event).sort(), ["ping", "push"]);
    assert.deepEqual(
      events.map(({ name, action }) => [name, action]),
      [
        ["issues", "opened"],
        ["push", undefined],
      ],
    );
    assert.deepEqual(events[1]?.payload["ref"], "refs/heads/main");
    assert.equal(client.world.store.table("deliveries").list().length, 2);
  });

  it("never shows its secret, which a new configuration without one takes away", async () => {
    const client = new Client();
    const url = await open();
    const made = await client.post(`${repo}/hooks`, { config: { url, secret: "planted" }, active: false });
    const path = `${repo}/hooks/${made.text("id")}`;
    assert.equal(made.text("config", "secret"), "********");
    assert.doesNotMatch(JSON.stringify((await client.get(path)).body), /planted/);
    await client.patch(path, { events: ["issues"] });
    assert.equal((await client.get(path)).text("config", "secret"), "********");
    await client.patch(path, { config: { url } });
    assert.equal((await client.get(path)).value("config", "secret"), undefined);
  });

  it("sends forms unless told otherwise, and signs what it sends", async () => {
    const client = new Client();
    const made = await client.post(`${repo}/hooks`, { config: { url: await open(), secret: "s" } });
    await delivered(client, `${repo}/hooks/${made.text("id")}`, 1);
    const [first] = receiver.received;
    assert.equal(first?.headers["content-type"], "application/x-www-form-urlencoded");
    const payload = new URLSearchParams(first.body).get("payload") ?? "";
    assert.match((JSON.parse(payload) as { zen: string }).zen, /./);
    assert.equal(await verify("s", first.body, String(first.headers["x-hub-signature-256"])), true);
  });

  it("gives up on a receiver that is too slow, and does not try again by itself", async () => {
    const client = new Client({ webhookTimeoutMs: 50 });
    const made = await client.post(`${repo}/hooks`, { config: { url: await open(() => {}) } });
    const [delivery] = await delivered(client, `${repo}/hooks/${made.text("id")}`, 1);
    assert.deepEqual([delivery?.status, delivery?.status_code], ["timed out", 0]);
    assert.equal(receiver.received.length, 1);
    assert.equal(
      (await client.get(`${repo}/hooks/${made.text("id")}`)).text("last_response", "status"),
      "failed",
    );
  });

  it("is delivered again on demand, under the same GUID, with the same payload", async () => {
    let status = 500;
    const client = new Client();
    const url = await open((response) => response.writeHead(status).end());
    const made = await client.post(`${repo}/hooks`, { config: { url, content_type: "json" } });
    const hook = made.text("id");
    const [failed] = await delivered(client, `${repo}/hooks/${hook}`, 1);
    assert.deepEqual([failed?.status, failed?.status_code], ["Invalid HTTP Response: 500", 500]);
    status = 200;
    const again = await client.post(`${repo}/hooks/${hook}/deliveries/${failed?.id}/attempts`);
    assert.equal(again.status, 202);
    const [latest] = await delivered(client, `${repo}/hooks/${hook}`, 2);
    assert.deepEqual([latest?.guid, latest?.redelivery, latest?.status_code], [failed?.guid, true, 200]);
    assert.equal(receiver.received[0]?.body, receiver.received[1]?.body);
  });

  it("is refused without an address, with one that is none, and a second time", async () => {
    const client = new Client();
    const url = await open();
    const faults = async (config: object) => {
      const answer = await client.post(`${repo}/hooks`, { config, active: false });
      return [answer.status, answer.value("errors", 0, "code"), answer.value("errors", 0, "message")];
    };
    assert.deepEqual(await faults({}), [422, "missing_field", undefined]);
    assert.deepEqual(await faults({ url: "somewhere" }), [422, "invalid", undefined]);
    assert.deepEqual(await faults({ url }), [201, undefined, undefined]);
    assert.deepEqual(await faults({ url }), [422, "custom", "Hook already exists on this repository"]);
  });
});
