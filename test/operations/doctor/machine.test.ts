import assert from "node:assert/strict";
import { secrets, stateBackend, taskQueue } from "../../../operations/doctor/machine.ts";
import { findings, patient } from "./patient.ts";

describe("doctor, looking at the stack's secrets", () => {
  it("names each that is missing, what it is for, and how to set it", async () => {
    const found = await secrets(
      patient({ mail: { kind: "smtp", host: "m.example.com", user: "u", from: "a@example.com" } }, {}),
    );
    assert.deepEqual(
      found.filter(({ found: what }) => /^(webhookSecret|smtpPassword) /.test(what)),
      [
        {
          what: "Secrets",
          state: "bad",
          found: "webhookSecret is not set (signs what GitHub and Odoo send each other)",
          fix: '"platform init --stack prod" makes it',
        },
        {
          what: "Secrets",
          state: "bad",
          found: "smtpPassword is not set (password at the SMTP relay)",
          fix: '"pulumi config set --secret smtpPassword --stack prod" asks for it',
        },
      ],
    );
  });

  it("is content when all are set", async () => {
    const app = { host: { kind: "app" }, database: { kind: "managed" } };
    const set = { odooAdminPassword: "x", webhookSecret: "x" };
    assert.deepEqual(await findings(secrets, patient({ ...app, ...set }, {})), ["good Secrets: are all set"]);
  });
});

describe("doctor, looking at the state's backend", () => {
  it("asks for the passphrase before it asks the backend", async () => {
    const [found = ""] = await findings(stateBackend, patient({}, { PULUMI_BACKEND_URL: "file:///nowhere" }));
    assert.match(found, /^bad State backend: PULUMI_CONFIG_PASSPHRASE: is not set/);
  });
});

describe("doctor, looking at a task queue", () => {
  it("passes over it where no database is named", async () => {
    assert.deepEqual(await findings(taskQueue, patient({}, {})), [
      "skipped task_queue: not looked at: POSTGRES_URL is not set",
    ]);
  });

  it("says that an address is none, and does not repeat it: it may hold a password", async () => {
    const [found = ""] = await findings(taskQueue, patient({}, { POSTGRES_URL: "not-to-be-shown" }));
    assert.equal(found, "bad task_queue: POSTGRES_URL is not an address of a database");
  });

  it("passes over a database that does not answer", async () => {
    const env = { POSTGRES_URL: "postgresql://odoo@127.0.0.1:9/odoo", PATH: process.env["PATH"] };
    const [found = ""] = await findings(taskQueue, patient({}, env));
    assert.match(found, /^skipped task_queue: cannot be asked: /);
  });
});
