import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { digestOf, masterPasswordHash, odooConcern, pgpassText } from "../../components/odoo.ts";
import { odooMail } from "../../components/mail.ts";
import { tuning } from "../../components/tuning.ts";
import { filesOf, textOf } from "../support/concern.ts";

const args: Parameters<typeof odooConcern>[0] = {
  image: "registry.example.com/acme/odoo@sha256:1",
  domain: "erp.example.com",
  modules: ["base", "web"],
  addonsPath: ["/mnt/extra-addons/oca/web", "/mnt/extra-addons/oca/queue"],
  postgres: {
    host: pulumi.output("postgres"),
    port: pulumi.output(5432),
    user: "odoo",
    password: pulumi.secret("d:b"),
    sslMode: "disable",
  },
  mail: odooMail({ domain: "erp.example.com", way: { kind: "catcher", image: "c", memoryMb: 128 } }),
  tuning: tuning({
    size: { vcpus: 2, memoryMb: 4096 },
    workers: "auto",
    postgres: true,
    n8n: false,
    mailCatcher: true,
  }),
  adminPassword: "correct horse",
  keep: { releases: 5, copiesDays: 7, copiesShareOfDisk: 0.4 },
};
const secrets = "/etc/odoo-platform/secrets/odoo";
const conf = async (changes: Partial<typeof args> = {}): Promise<string> =>
  textOf(await filesOf(odooConcern({ ...args, ...changes })), `${secrets}/odoo.conf`);
const env = async (changes: Partial<typeof args> = {}): Promise<string> =>
  textOf(await filesOf(odooConcern({ ...args, ...changes })), "/etc/odoo-platform/odoo/.env");

describe("Odoo on the droplet", () => {
  it("lists no database, answers for one, trusts its proxy, and leaves scheduled actions to cron", async () => {
    const text = await conf();
    for (const line of [
      "list_db = False",
      "db_name = odoo",
      "proxy_mode = True",
      "max_cron_threads = 0",
      "gevent_port = 8072",
      "addons_path = /mnt/extra-addons/oca/web,/mnt/extra-addons/oca/queue",
      "logfile =",
    ])
      assert.ok(text.split("\n").includes(line), line);
    // With it, each request without a session asks Postgres which databases there are.
    assert.doesNotMatch(text, /^dbfilter/m);
  });

  it("keeps what is secret in files of its own user, and the master password in none", async () => {
    const files = await filesOf(odooConcern(args));
    for (const name of ["odoo.conf", "pgpass", "admin-password"]) {
      const { mode, owner, secret } = files.get(`${secrets}/${name}`) ?? {};
      assert.deepEqual([mode, owner, secret], ["0400", "10001:10001", true], name);
    }
    for (const [path, { text }] of files)
      assert.equal(text.includes("correct horse"), path.endsWith("/admin-password"), path);
  });

  it("begins new containers when its configuration or a secret changes, and not otherwise", async () => {
    const digest = async (changes: Partial<typeof args>) =>
      /^ODOO_CONFIGURATION_DIGEST=(\w{16})$/m.exec(await env(changes))?.[1];
    const before = await digest({});
    assert.equal(await digest({}), before);
    assert.notEqual(await digest({ adminPassword: "another" }), before);
    assert.notEqual(await digest({ postgres: { ...args.postgres, password: pulumi.secret("e") } }), before);
    assert.notEqual(await digest({ addonsPath: [] }), before);
  });

  it("runs queued jobs where the settings name queue_job, and leaves a worker to people", async () => {
    const modules = ["base", "queue_job"];
    assert.match(await conf({ modules }), /^\[queue_job\]\nchannels = root:3$/m);
    assert.match(await env({ modules }), /^ODOO_WEB_MODULES=base,rpc,web,queue_job$/m);
    assert.doesNotMatch(await conf(), /queue_job/);
  });

  it("hands its mail to the catcher without a login", async () => {
    const text = await conf();
    assert.match(text, /^smtp_server = mail-catcher\nsmtp_port = 1025\nsmtp_ssl = False\nemail_from = /m);
    assert.doesNotMatch(text, /smtp_user|smtp_password/);
  });

  it("logs in at a relay over STARTTLS", async () => {
    const mail = odooMail({
      domain: "erp.example.com",
      way: {
        kind: "smtp",
        host: "relay.example.com",
        port: 587,
        user: "me",
        password: "x%y",
        from: "a@example.com",
      },
    });
    const text = await conf({ mail });
    assert.match(text, /^smtp_ssl = True\nsmtp_user = me\nsmtp_password = x%y\n/m);
    assert.match(text, /^from_filter = example.com$/m);
  });

  it("stops only after its longest request", async () => {
    const stop = Number(/^ODOO_STOP_SECONDS=(\d+)$/m.exec(await env())?.[1]);
    const longest = Number(/^limit_time_real = (\d+)$/m.exec(await conf())?.[1]);
    assert.ok(stop > longest);
  });
});

describe("the master password", () => {
  it("is hashed as passlib's pbkdf2_sha512, the same each time, and other for another domain", async () => {
    const hash = await masterPasswordHash("p", "erp.example.com");
    assert.match(hash, /^\$pbkdf2-sha512\$100000\$[A-Za-z0-9./]{22}\$[A-Za-z0-9./]{86}$/);
    assert.equal(await masterPasswordHash("p", "erp.example.com"), hash);
    assert.notEqual(await masterPasswordHash("p", "erp.example.org"), hash);
  });
});

describe("libpq's password file", () => {
  it("escapes what divides its fields", () => {
    const line = pgpassText({ host: "postgres", port: 5432, user: "odoo", password: "a:b\\c" });
    assert.equal(line, "postgres:5432:*:odoo:a\\:b\\\\c\n");
  });
});

describe("a digest", () => {
  it("tells two texts from one", () => {
    assert.notEqual(digestOf(["ab", "c"]), digestOf(["a", "bc"]));
  });
});
