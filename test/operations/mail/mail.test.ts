import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caughtMails } from "../../../operations/mail/catcher.ts";
import { mailgunMails } from "../../../operations/mail/mailgun.ts";
import { onMachine } from "../../../operations/ssh.ts";
import { type Machine, sshMachine } from "../../sandbox/plugins/ssh-server.ts";
import { httpServer } from "../../support/http-server.ts";
import { refusalOf } from "../../support/user-error.ts";

const { signal } = new AbortController();
const escape = String.fromCharCode(27);

describe("mails that the catcher keeps", () => {
  let machine: Machine;
  let folder: string;
  const path = process.env["PATH"] ?? "";
  before(async function () {
    if (process.platform !== "linux") this.skip();
    machine = await sshMachine();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-mails-"));
    process.env["PATH"] = `${folder}:${path}`;
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });
  after(() => machine?.close());

  const list = async (script: string) => {
    writeFileSync(join(folder, "curl"), `#!/bin/sh\necho "$@" >${folder}/asked\n${script}\n`);
    chmodSync(join(folder, "curl"), 0o755);
    return await onMachine({ address: "127.0.0.1", ...machine }, { signal }, (open) =>
      caughtMails(open, 100),
    );
  };

  it("are listed newest first, and cannot move the cursor", async () => {
    // As maildev 3.0.0 answers.
    const item = (time: string, subject: string) => ({
      id: "a",
      time,
      read: false,
      subject,
      from: [{ address: "odoo@example.com", name: "Odoo" }],
      to: [
        { address: "ada@example.com", name: "Ada" },
        { address: "", name: "undisclosed" },
      ],
    });
    const items = [
      item("2026-11-26T09:00:00.000Z", "first"),
      item("2026-11-26T10:00:00.000Z", `la${escape}[2Jst`),
    ];
    writeFileSync(join(folder, "answer"), JSON.stringify({ items, total: 2 }));
    const mails = await list(`cat ${folder}/answer`);
    assert.deepEqual(mails, [
      {
        time: "2026-11-26T10:00:00.000Z",
        from: "odoo@example.com",
        to: ["ada@example.com", "undisclosed"],
        subject: "last",
        state: "caught",
      },
      { ...mails[1], time: "2026-11-26T09:00:00.000Z", subject: "first" },
    ]);
    assert.match(
      readFileSync(join(folder, "asked"), "utf8"),
      /127\.0\.0\.1:1080\/api\/email\/summary\?limit=100/,
    );
  });

  it("are an error, not none, when the catcher is down or says something else", async () => {
    const down = await refusalOf(() => list("echo 'curl: (7) Failed to connect' >&2; exit 7"));
    assert.match(down.message, /the mail catcher does not answer: curl: \(7\)/);
    assert.match((await refusalOf(() => list("echo '<html>'"))).message, /no list of mails/);
  });
});

describe("mails that Mailgun tells of", () => {
  const key = randomBytes(16).toString("hex");
  let status = 200;
  const items = [
    {
      event: "delivered",
      timestamp: 1_795_687_200.5,
      recipient: "ada@example.com",
      message: { headers: { from: "odoo@example.com", to: "ada@example.com", subject: "Order" } },
    },
    { event: "failed", severity: "permanent", timestamp: 1_795_687_300, recipient: "b@example.com" },
  ];
  const mailgun = httpServer(({ authorization }) => {
    const right = `Basic ${Buffer.from(`api:${key}`).toString("base64")}`;
    return authorization === right ? { status, body: { items } } : { status: 401, body: "Forbidden" };
  });
  const list = async (with_: string, root = mailgun.address()) =>
    await mailgunMails("mg.example.com", with_, 100, signal, root);

  beforeEach(() => (status = 200));

  it("are its newest events, with what became of each", async () => {
    assert.deepEqual(await list(key), [
      {
        time: "2026-11-26T10:01:40.000Z",
        from: "",
        to: ["b@example.com"],
        subject: "",
        state: "failed (permanent)",
      },
      {
        time: "2026-11-26T10:00:00.500Z",
        from: "odoo@example.com",
        to: ["ada@example.com"],
        subject: "Order",
        state: "delivered",
      },
    ]);
    assert.deepEqual(mailgun.asked.at(-1), "GET /v3/mg.example.com/events?limit=100");
  });

  it("are refused to a wrong key, which is named and not shown", async () => {
    const wrong = randomBytes(16).toString("hex");
    const error = await refusalOf(() => list(wrong));
    assert.equal(error.exit, "notAuthenticated");
    assert.equal(error.message, "mailgunApiKey: Mailgun refuses it (401)");
    assert.ok(!JSON.stringify(error).includes(wrong));
  });

  it("of a domain in another region say how to ask there", async () => {
    status = 404;
    assert.match((await refusalOf(() => list(key))).hint ?? "", /MAILGUN_API_URL=https:\/\/api\.eu/);
  });

  it("are an error when Mailgun is not to be reached", async () => {
    const error = await refusalOf(() => list(key, "http://127.0.0.1:1"));
    assert.equal(error.message, "Mailgun does not answer at http://127.0.0.1:1");
  });
});
