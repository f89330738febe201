import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { catcherScript, mailOf, toRelay } from "../../../operations/announce/mail.ts";
import { messageOf } from "../../../operations/announce/message.ts";
import { certificateFor } from "../health/tls-server.ts";
import { announcement, everyChannel } from "./sample.ts";

const settings = { ...everyChannel() };
settings.alerts.email = ["ops@example.com", "o'hara@example.com"];
const mail = mailOf(settings, messageOf(announcement()));

describe("mail of a deployment", () => {
  it("says in the subject what happened, and in the text what is known", () => {
    assert.equal(mail.from, "odoo@erp.example.com");
    assert.equal(mail.subject, "[URGENT] 1.2.0 failed on prod");
    assert.match(
      mail.text,
      /^1\.2\.0 did not come[^]*\nRelease: 1\.2\.0\n[^]*\nOdoo: https:\/\/erp\.example\.com\n/,
    );
  });

  it("has no second header, whatever a task is called", () => {
    const { dispatch } = announcement();
    assert.ok(dispatch);
    const evil = announcement({
      release: { registry: "x", repository: "x", tag: "1\r\nBcc: x@example.org" },
    });
    assert.ok(!/[\r\n]/.test(mailOf(settings, messageOf(evil)).subject));
  });
});

describe("a mail relay", () => {
  const received: { login: string; recipients: string[]; text: string; secure: boolean }[] = [];
  let login = "";
  const certificate = certificateFor("relay.example.com", 30);
  const server = new SMTPServer({
    ...certificate,
    onAuth: ({ username, password }, { secure }, done) => {
      login = `${username}:${password}`;
      if (password === "right" && secure) done(null, { user: username });
      else done(new Error("535 no"));
    },
    onData: (stream, { envelope, secure }, done) => {
      let text = "";
      stream.on("data", (part: Buffer) => (text += part.toString()));
      stream.on("end", () => {
        const recipients = envelope.rcptTo.map(({ address }) => address);
        received.push({ login, recipients, text, secure });
        done();
      });
    },
  });
  // It is told when a client goes away over its certificate.
  server.on("error", () => {});
  before((done) => void server.listen(0, "127.0.0.1", done));
  after((done) => server.close(done));

  const relay = (password: string) => ({
    host: "127.0.0.1",
    port: (server.server.address() as AddressInfo).port,
    user: "odoo",
    password,
  });
  const signal = () => AbortSignal.timeout(60_000);
  const known = { ca: certificate.cert, servername: "relay.example.com" };

  it("gets it after STARTTLS and log-in, for everybody", async () => {
    await toRelay(relay("right"), mail, signal(), known);
    const [got] = received;
    assert.deepEqual(
      [got?.login, got?.recipients, got?.secure],
      ["odoo:right", ["ops@example.com", "o'hara@example.com"], true],
    );
    assert.match(got?.text ?? "", /^Subject: \[URGENT\] 1\.2\.0 failed on prod\r?$/m);
  });

  it("that refuses the log-in is told of without the password", async () => {
    const error = await toRelay(relay("wrong-one"), mail, signal(), known).catch((caught: Error) => caught);
    assert.equal((error as Error).message, "the mail relay 127.0.0.1 refuses it (535)");
  });

  it("whose certificate is for nobody gets nothing", async () => {
    await assert.rejects(
      toRelay(relay("right"), mail, signal()),
      /the mail relay 127\.0\.0\.1 refuses it \(E\w+\)/,
    );
    assert.equal(received.length, 1);
  });
});

describe("the machine's mail catcher", () => {
  it("is handed the whole mail, for everybody, by the address that its container has", () => {
    const bin = mkdtempSync(join(tmpdir(), "platform-mail-"));
    const stub = (name: string, body: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    stub("docker", "echo 172.18.0.5");
    stub("curl", `printf '%s\\n' "$@" >${bin}/asked; cat >${bin}/mail`);
    try {
      const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
      execFileSync("bash", ["-s"], { input: catcherScript(mail), env });
      const asked = readFileSync(join(bin, "asked"), "utf8").split("\n");
      assert.deepEqual(
        asked.filter((word) => word.includes("@") || word.startsWith("smtp:")),
        ["odoo@erp.example.com", "ops@example.com", "o'hara@example.com", "smtp://172.18.0.5:1025"],
      );
      const [head = "", body = ""] = readFileSync(join(bin, "mail"), "utf8").split("\r\n\r\n");
      assert.match(head, /^From: odoo@erp\.example\.com\r\nTo: ops@example\.com, o'hara@example\.com\r\n/);
      assert.equal(Buffer.from(body, "base64").toString(), mail.text);
    } finally {
      rmSync(bin, { recursive: true });
    }
  });
});
