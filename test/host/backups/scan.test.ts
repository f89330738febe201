import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { patterns } from "../../../policies/secrets/patterns.ts";
import { root } from "../../../tools/paths.ts";
import { credentials, harmless } from "../../policies/fakes.ts";

const folder = join(root, "host", "backups");

interface Rules {
  columns: string;
  spared: { of: string; reason: string }[];
  parameters: { holding: string; spared: string };
  values: { id: string; near: string[]; find: string }[];
}
const rules = JSON.parse(readFileSync(join(folder, "credentials.json"), "utf8")) as Rules;

/** Runs Python that knows scan.py as `scan`; without a database. `given` comes by standard input. */
function python(script: string, given: unknown): unknown {
  const head = `import json, sys, types
sys.dont_write_bytecode = True
sys.modules["psycopg2"] = types.SimpleNamespace(sql=None)
sys.path.insert(0, ${JSON.stringify(folder)})
import scan
rules = scan.Rules(${JSON.stringify(join(folder, "credentials.json"))}, [])
given = json.load(sys.stdin)
`;
  return JSON.parse(
    execFileSync("python3", ["-c", head + script], { input: JSON.stringify(given), encoding: "utf8" }),
  );
}

/** Kinds that are found in each text: as a whole, and in a line of COPY's text by what is suspected there. */
const kindsIn = (texts: readonly string[]) =>
  python(
    `
def copied(text):
    for one, other in (("\\\\", "\\\\\\\\"), ("\\n", "\\\\n"), ("\\t", "\\\\t"), ("\\r", "\\\\r")): text = text.replace(one, other)
    return text
answer = []
for text in given:
    chunk = ("7\\t" + copied(text) + "\\n8\\tnothing\\n").encode()
    suspected = rules.suspected(chunk).get(0, set())
    field = scan.unescaped(chunk.split(b"\\n")[0].split(b"\\t", 1)[1])
    answer.append({"whole": [kind for kind, _ in rules.in_text(text)], "copied": [kind for kind, _ in rules.in_text(field, suspected)]})
print(json.dumps(answer))`,
    texts,
  ) as { whole: string[]; copied: string[] }[];

describe("the scan of a copy for credentials", () => {
  it("knows every form that the policies know", () => {
    const known = patterns.map(({ id, find }) => ({
      id,
      find: find.source.replaceAll("(?<secret>", "(?P<secret>").replaceAll("\\/", "/"),
    }));
    const ours = rules.values.slice(0, known.length).map(({ id, find }) => ({ id, find }));
    assert.deepEqual(ours, known);
  });

  it("finds each kind, also where it looks at lines that are suspected alone", () => {
    const found = kindsIn(credentials.map(([, text]) => text));
    for (const [at, [id]] of credentials.entries()) {
      const kind = id.replace("sendgrid-token", "sendgrid-key");
      const { whole = [], copied = [] } = found[at] ?? {};
      // What a person writes of a word or two could be an example.
      if (kind === "named-value" && whole.length === 0) continue;
      assert.ok(whole.includes(kind), `${kind} (${at + 1}): ${whole.join(", ")}`);
      assert.deepEqual(copied, whole, `${kind} (${at + 1})`);
    }
    const named = found.filter(({ whole }, at) => credentials[at]?.[0] === "named-value" && whole.length > 0);
    assert.ok(named.length >= 4, `${named.length} named values`);
  });

  it("finds nothing in what only speaks of them", () => {
    const found = kindsIn(harmless);
    for (const [at, { whole }] of found.entries()) assert.deepEqual(whole, [], harmless[at]);
  });

  it("tells columns that hold credentials from those that do not", () => {
    const columns = new RegExp(rules.columns);
    const spared = new RegExp(`^(${rules.spared.map(({ of }) => of).join("|")})$`);
    const holds = (name: string): boolean => columns.test(name.split(".")[1] ?? "") && !spared.test(name);
    for (const name of [
      "ir_mail_server.smtp_pass",
      "ir_mail_server.smtp_ssl_private_key",
      "fetchmail_server.password",
      "payment_provider.stripe_secret_key",
      "payment_provider.adyen_hmac_key",
      "payment_provider.razorpay_key_secret",
      "iap_account.account_token",
      "res_company.sms_twilio_auth_token",
      "res_users.totp_secret",
      "res_users_settings.google_calendar_rtoken",
      "google_calendar_credentials.calendar_token",
      "res_company.l10n_tw_edi_ecpay_hashkey",
      "sale_order.access_token",
    ])
      assert.ok(holds(name), name);
    for (const name of [
      "ir_ui_view.key",
      "queue_job.identity_key",
      "discuss_settings.push_to_talk_key",
      "auth_oauth_provider.token_endpoint",
      "hr_version.passport_id",
      "website_page.website_meta_keywords",
      "payment_provider.code",
      "res_partner.name",
    ])
      assert.ok(!holds(name), name);
  });

  it("tells parameters that hold credentials from those that do not", () => {
    const { holding, spared } = rules.parameters;
    const holds = (key: string): boolean =>
      new RegExp(holding, "i").test(key) && !new RegExp(spared).test(key);
    for (const key of ["mail.twilio_account_token", "google_gmail_client_secret", "unsplash.access_key"])
      assert.ok(holds(key), key);
    for (const key of [
      "database.secret",
      "auth_signup.reset_password",
      "odoo_platform.addons",
      "web.base.url",
    ])
      assert.ok(!holds(key), key);
  });

  it("gives each thing that it lets pass a reason", () => {
    for (const { reason } of rules.spared) assert.ok(reason.length > 10, reason);
  });

  it("takes time that grows with the text, whatever is in it", () => {
    const seconds = python(
      `
import time
answer = {}
for unit in given:
    text = unit * (60_000 // len(unit))
    began = time.process_time()
    rules.in_text(text)
    answer[unit[:20]] = time.process_time() - began
print(json.dumps(answer))`,
      [
        "password=",
        "a".repeat(60),
        "eyJabcdefgh-",
        "https://a:b",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "curl ",
      ],
    ) as Record<string, number>;
    for (const [unit, taken] of Object.entries(seconds)) assert.ok(taken < 2, `${unit}: ${taken} s`);
  });
});
