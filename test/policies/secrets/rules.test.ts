import assert from "node:assert/strict";
import { stringify } from "yaml";
import { oneTimeHostKey } from "../../../policies/one-time-host-key.ts";
import { actionsSecrets } from "../../../policies/secrets/actions-secrets.ts";
import { commandText } from "../../../policies/secrets/command-text.ts";
import { noPlainText } from "../../../policies/secrets/no-plain-text.ts";
import { noTokenPrompt } from "../../../policies/secrets/no-token-prompt.ts";
import { openFields } from "../../../policies/secrets/open-fields.ts";
import { rules } from "../../../policies/secrets/rules.ts";
import { userData } from "../../../policies/secrets/user-data.ts";
import { credentials, sshKeyPair } from "../fakes.ts";
import { judge, type Resource, secret, unknown, violations } from "../framework.ts";

const token = credentials[0]?.[1] ?? "";
const generated = ["q7Rz2LmX9cVb", "T4kYw8HsPd3N"].join("");

const dropletOf = (data: unknown): Resource => ({
  type: oneTimeHostKey.type,
  name: "web",
  props: { size: "s-1vcpu-2gb", userData: data },
});

const cloudInit = (more: object = {}, keys: object = {}): string => {
  const { privateKey, publicKey } = sshKeyPair();
  const ssh_keys = { ed25519_private: privateKey, ed25519_public: publicKey, ...keys };
  return `#cloud-config\n${stringify({ ssh_deletekeys: true, ssh_keys, ...more })}`;
};

const commandOf = (props: Record<string, unknown>): Resource => ({
  type: "command:remote:Command",
  name: "install",
  props: { create: "/usr/local/sbin/install", stdin: secret("what only stdin may hold"), ...props },
});

/** The stack's configuration, as the engine hands it to a pack. */
function withConfig(config: Record<string, string> | undefined): void {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env["PULUMI_CONFIG"];
    if (config) process.env["PULUMI_CONFIG"] = JSON.stringify(config);
    else delete process.env["PULUMI_CONFIG"];
  });
  afterEach(() => {
    if (before === undefined) delete process.env["PULUMI_CONFIG"];
    else process.env["PULUMI_CONFIG"] = before;
  });
}

describe("secrets/no-plain-text", () => {
  const fix =
    "Fix: keep it as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";
  const record = (value: unknown): Resource => ({
    type: "digitalocean:index/spacesBucketObject:SpacesBucketObject",
    name: "file",
    props: { bucket: "odoo", content: value, metadata: { lines: ["one", { two: "three" }] } },
  });

  it("lets inputs through that hold no credential", async () => {
    assert.deepEqual(
      await judge([noPlainText], record("log_level = info\nadmin_passwd = ${ADMIN_PASSWD}\n")),
      [],
    );
  });

  it("refuses a token in plain text, by place and kind, never by value", async () => {
    assert.deepEqual(await violations([noPlainText], record(`first line\ntoken is ${token}`)), [
      "file (digitalocean:index/spacesBucketObject:SpacesBucketObject): content holds a DigitalOcean token in plain " +
        `text, at line 2. ${fix}`,
    ]);
  });

  for (const [id, text] of credentials) {
    it(`refuses a ${id} and lets it through as a Pulumi secret`, async () => {
      const [message, ...more] = await violations([noPlainText], record(text));
      assert.match(message ?? "", /content holds an? .* in plain text, at line [12]\. Fix/);
      assert.deepEqual(more, []);
      assert.ok(!message?.includes(text));
      assert.deepEqual(await judge([noPlainText], record(secret(text))), []);
    });
  }

  it("finds a credential deep in lists and objects, and lets it through in an object that is secret as a whole", async () => {
    const deep = { type: "command:remote:CopyToRemote", name: "copy", props: {} };
    const connection = { host: "h", proxy: { keys: [{ privateKey: sshKeyPair().privateKey }] } };
    assert.deepEqual(await violations([noPlainText], { ...deep, props: { connection } }), [
      `copy (command:remote:CopyToRemote): connection.proxy.keys[0].privateKey holds a private key in plain text, at line 2. ${fix}`,
    ]);
    assert.deepEqual(await judge([noPlainText], { ...deep, props: { connection: secret(connection) } }), []);
    const inner = { ...connection, proxy: secret(connection.proxy) };
    assert.deepEqual(await judge([noPlainText], { ...deep, props: { connection: inner } }), []);
  });

  it("refuses what is a secret by its property's name, or by the name beside a value", async () => {
    const type = "digitalocean:index/certificate:Certificate";
    const named = {
      type,
      name: "it",
      props: { password: "changeme", envs: [{ key: "DB_PASSWORD", value: "lemon" }] },
    };
    assert.deepEqual(await violations([noPlainText], named), [
      `it (${type}): envs[0].value is a secret by its name and stands in plain text. ${fix}`,
      `it (${type}): password is a secret by its name and stands in plain text. ${fix}`,
    ]);
    const open = {
      secretName: "DB_PASSWORD",
      key: "PGPASSWORD",
      value: "${db.PASSWORD}",
      sshPublicKey: "none",
    };
    assert.deepEqual(await judge([noPlainText], { type, props: { ...open, password: 12 } }), []);
  });

  it("sees through a text asset", async () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: token };
    const [message] = await violations([noPlainText], record(asset));
    assert.match(message ?? "", /content\.text holds a DigitalOcean token/);
  });

  it("says in a preview that it could not look at what is not known yet, under a secret's name", async () => {
    const { type } = record("");
    const [said, ...more] = await judge([noPlainText], { type, props: { id: unknown, password: unknown } });
    assert.equal(said?.level, "advisory");
    assert.match(
      said.message,
      /can't run policy 'secrets\/no-plain-text'.* during preview: string value at \.password/,
    );
    assert.deepEqual(more, []);
  });

  it("finds what is known beside what is not", async () => {
    const said = await violations([noPlainText], {
      ...record(unknown),
      props: { a: unknown, content: token },
    });
    assert.equal(said.length, 1);
  });

  describe("with the stack's configuration", () => {
    withConfig({
      "odoo:databasePassword": generated,
      "odoo:host": '{"password":"in a section"}',
      "odoo:region": "sgp1sgp1",
    });

    it("refuses one of the stack's own secrets, whatever it looks like", async () => {
      assert.deepEqual(await violations([noPlainText], record(`a ${generated} b`)), [
        "file (digitalocean:index/spacesBucketObject:SpacesBucketObject): content holds one of the stack's secrets in " +
          `plain text. ${fix}`,
      ]);
      assert.deepEqual(await judge([noPlainText], record("sgp1sgp1 and in a section")), []);
    });
  });
});

describe("secrets/user-data", () => {
  const fix =
    "Fix: leave it out of the user data, and send it over the verified connection, by a command's stdin, once the machine is up";
  const says = (what: string): string[] => [`web (${oneTimeHostKey.type}): userData holds ${what}. ${fix}`];

  it("lets the one-time host key through, and user data without any secret", async () => {
    assert.deepEqual(await judge([userData], dropletOf(secret(cloudInit()))), []);
    assert.deepEqual(await judge([userData], dropletOf("#cloud-config\npackages: [nginx]\n")), []);
  });

  it("lets the digest through that a refresh leaves instead of the text", async () => {
    assert.deepEqual(
      await judge([userData], dropletOf(secret("da39a3ee5e6b4b0d3255bfef95601890afd80709"))),
      [],
    );
  });

  it("still checks the rest of the text around the host key", async () => {
    const leak = cloudInit({ runcmd: [`doctl auth init -t ${token}`] });
    assert.deepEqual(
      await violations([userData], dropletOf(secret(leak))),
      says(`a DigitalOcean token at line ${leak.trimEnd().split("\n").length}`),
    );
  });

  it("refuses a second private key, beside the first or after it", async () => {
    const second = sshKeyPair().privateKey;
    const beside = await violations([userData], dropletOf(cloudInit({}, { rsa_private: second })));
    assert.match(beside.join(), /userData holds a private key at line \d+/);
    const after = await violations(
      [userData],
      dropletOf(cloudInit({}, { ed25519_private: second + second })),
    );
    assert.match(after.join(), /userData holds a private key at line \d+/);
  });

  it("refuses the same key anywhere else: in a file, in a comment, in a script, in another resource", async () => {
    const { privateKey } = sshKeyPair();
    const file = `#cloud-config\n${stringify({ write_files: [{ path: "/k", content: privateKey }] })}`;
    const nested = `#cloud-config\n${stringify({ other: { ssh_keys: { ed25519_private: privateKey } } })}`;
    for (const text of [
      file,
      nested,
      `#!/bin/sh\ncat <<X\n${privateKey}X\n`,
      cloudInit().replace("#cloud-config", "#"),
    ]) {
      assert.match((await violations([userData], dropletOf(text))).join(), /userData holds a private key/);
    }
    const pool = { type: "digitalocean:index/dropletAutoscale:DropletAutoscale", name: "pool" };
    const said = await violations([userData], {
      ...pool,
      props: { dropletTemplate: { userData: cloudInit() } },
    });
    assert.match(said.join(), /^pool .*: dropletTemplate.userData holds a private key/);
  });

  it("refuses something else in the host key's place", async () => {
    const said = await violations([userData], dropletOf(cloudInit({}, { ed25519_private: generated })));
    assert.match(said.join(), /userData holds a/);
  });

  it("refuses a secret that no pattern knows: by its mark, or by being generated", async () => {
    const plain = "#cloud-config\nruncmd: [echo lemon]\n";
    assert.deepEqual(await violations([userData], dropletOf(secret(plain))), [
      `web (${oneTimeHostKey.type}): userData is made from a secret. ${fix}`,
    ]);
    const opaque = `#cloud-config\nruncmd: [echo ${generated}]\n`;
    assert.deepEqual(
      await violations([userData], dropletOf(opaque)),
      says("a generated string, as secrets are at line 2"),
    );
  });

  it("says in a preview that it could not look at user data that is not known yet", async () => {
    const [said] = await judge([userData], dropletOf(unknown));
    assert.match(said?.message ?? "", /can't run policy 'secrets\/user-data'.* string value at \.userData/);
  });

  describe("with the stack's configuration", () => {
    withConfig({ "odoo:webhookSecret": "lemon-tree-very-pretty" });

    it("refuses one of the stack's secrets beside the host key", async () => {
      const text = cloudInit({ runcmd: ["echo lemon-tree-very-pretty"] });
      assert.deepEqual(
        await violations([userData], dropletOf(secret(text))),
        says("one of the stack's secrets"),
      );
    });
  });
});

describe("secrets/command-text", () => {
  const fix =
    "Fix: send the secret by the command's stdin; as a trigger take a digest of it (pulumi.unsecret)";
  const says = (fault: string): string[] => [`install (command:remote:Command): ${fault}. ${fix}`];

  it("lets a command through whose secret comes by stdin or by a secret environment", async () => {
    const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const props = { triggers: [digest], environment: { PGPASSWORD: secret("lemon"), LANG: "C.UTF-8" } };
    assert.deepEqual(await judge([commandText], commandOf(props)), []);
  });

  for (const part of ["create", "update", "delete"]) {
    it(`refuses a credential in ${part}, and whatever is marked secret`, async () => {
      const text = `set -eu\nexport API_URL=x\ndoctl auth init -t ${token}`;
      assert.deepEqual(
        await violations([commandText], commandOf({ [part]: text })),
        says(`${part} holds a DigitalOcean token at line 3`),
      );
      assert.deepEqual(
        await violations([commandText], commandOf({ [part]: secret("echo lemon") })),
        says(`${part} is made from a secret`),
      );
    });
  }

  it("refuses a secret as a trigger, and a password in a plain environment", async () => {
    assert.deepEqual(
      await violations([commandText], commandOf({ triggers: ["a", secret("b")] })),
      says("triggers[1] is made from a secret"),
    );
    assert.deepEqual(
      await violations([commandText], commandOf({ environment: { PGPASSWORD: "lemon" } })),
      says("environment.PGPASSWORD is a secret by its name and stands in plain text"),
    );
  });

  it("holds for local commands too, and leaves other resources alone", async () => {
    const local = { ...commandOf({ create: `echo ${token}` }), type: "command:local:Command" };
    assert.equal((await violations([commandText], local)).length, 1);
    assert.deepEqual(
      await judge([commandText], { type: "github:index/issueLabel:IssueLabel", props: { create: token } }),
      [],
    );
  });

  it("refuses text of the wrong type as far as it is text", async () => {
    assert.equal((await violations([commandText], commandOf({ create: [token, 1, null, true] }))).length, 1);
  });
});

describe("secrets/actions-secrets", () => {
  const type = "github:index/actionsSecret:ActionsSecret";
  const fix =
    "Fix: keep the value as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";
  const of = (plaintextValue: unknown): Resource => ({
    type,
    name: "token",
    props: { repository: "odoo", secretName: "TOKEN", plaintextValue },
  });

  it("refuses a plain value, be it an example or a number's text", async () => {
    const message = `token (${type}): plaintextValue comes from a plain value. ${fix}`;
    for (const value of ["lemon", "changeme", "1", token]) {
      assert.deepEqual(await violations([actionsSecrets], of(value)), [message]);
    }
  });

  it("refuses it in environments, organizations and Dependabot alike", async () => {
    for (const kind of [
      "actionsEnvironmentSecret:ActionsEnvironmentSecret",
      "actionsOrganizationSecret:ActionsOrganizationSecret",
      "dependabotSecret:DependabotSecret",
    ]) {
      const said = await violations([actionsSecrets], {
        type: `github:index/${kind}`,
        props: { value: "lemon" },
      });
      assert.equal(said.length, 1, kind);
    }
  });

  it("lets a sealed value through, which is of no use without GitHub's key", async () => {
    assert.deepEqual(await judge([actionsSecrets], { type, props: { encryptedValue: "c2VhbGVk" } }), []);
  });

  describe("with the stack's configuration", () => {
    withConfig({ "odoo:webhookSecret": "lemon-tree" });

    it("lets a secret of the stack through, alone or as part of a value", async () => {
      assert.deepEqual(await judge([actionsSecrets], of(secret("lemon-tree"))), []);
      assert.deepEqual(await judge([actionsSecrets], of(secret("user:lemon-tree"))), []);
    });

    it("lets an output of another resource through", async () => {
      assert.deepEqual(
        await judge([actionsSecrets], { ...of(secret("made by a vendor")), dependent: ["plaintextValue"] }),
        [],
      );
    });

    it("refuses a literal, though GitHub's SDK has marked it secret", async () => {
      assert.deepEqual(await violations([actionsSecrets], of(secret("written in the program"))), [
        `token (${type}): plaintextValue comes from a plain value in the program. ${fix}`,
      ]);
    });

    it("says in a preview that it could not look at what is not known yet", async () => {
      const said = await judge([actionsSecrets], of(secret(unknown)));
      assert.deepEqual(
        said.map(({ level }) => level),
        ["advisory"],
      );
    });
  });
});

describe("secrets/open-fields", () => {
  const fix =
    "Fix: use the secret kind of this field (an Actions secret, type: SECRET), or leave the value out";

  const app = (...envs: unknown[]): Resource => ({
    type: "digitalocean:index/app:App",
    // One secret makes Pulumi mark the whole spec.
    props: { spec: secret({ envs }) },
  });

  it("lets plain values through, and secret ones where the vendor keeps them", async () => {
    const envs = [
      { key: "LANG", value: "C", type: "GENERAL" },
      { key: "PGPASSWORD", value: "${db.PASSWORD}", type: "GENERAL" },
      { key: "ACCESS_ID", value: ["DO", "00K7VTR3QXN2MZ8LFP"].join(""), type: "GENERAL" },
      { key: "BUCKET", value: unknown, type: "GENERAL" },
      { key: "TOKEN", value: token, type: "SECRET" },
    ];
    assert.deepEqual(await judge([openFields], app(...envs)), []);
  });

  it("refuses a credential as a general value of an app, though the mark is on all of it", async () => {
    const says = (fault: string): string[] => [
      `it (digitalocean:index/app:App): spec.envs[0].value ${fault}. ${fix}`,
    ];
    assert.deepEqual(
      await violations([openFields], app({ key: "KEY", value: token, type: "GENERAL" })),
      says("holds a DigitalOcean token in plain text, at line 1"),
    );
    assert.deepEqual(
      await violations([openFields], app({ key: "SMTP_PASSWORD", value: "lemon" })),
      says("is a secret by its name and stands in plain text"),
    );
    const [said] = await judge([openFields], app({ key: "SMTP_PASSWORD", value: unknown }));
    assert.equal(said?.level, "advisory");
  });

  it("refuses a secret as a variable of Actions, a DNS record, a description, a tag", async () => {
    const cases: [type: string, props: Record<string, unknown>, where: string[]][] = [
      ["github:index/actionsVariable:ActionsVariable", { value: secret("lemon") }, ["value"]],
      ["digitalocean:index/dnsRecord:DnsRecord", { value: secret("lemon") }, ["value"]],
      [
        "digitalocean:index/volume:Volume",
        { description: secret("lemon"), tags: [secret("a")] },
        ["description", "tags[0]"],
      ],
    ];
    for (const [type, props, where] of cases) {
      const expected = where.map(
        (one) => `it (${type}): ${one} is a secret in a field that the vendor shows openly. ${fix}`,
      );
      assert.deepEqual(await violations([openFields], { type, props }), expected);
    }
  });
});

describe("secrets/no-token-prompt", () => {
  it("refuses a command that asks a person for a token", async () => {
    const create = ["set -eu\n", "read -r -p 'Enter", " your token: ' TOKEN"].join("");
    assert.deepEqual(await violations([noTokenPrompt], commandOf({ create })), [
      "install (command:remote:Command): create asks a person for a token, at line 2. " +
        "Fix: read the token from the environment or from a secret of the stack, and fail without it",
    ]);
  });

  it("lets a command through that reads it from its input", async () => {
    const create = "read -r line\nexport GITHUB_TOKEN=$line";
    assert.deepEqual(await judge([noTokenPrompt], commandOf({ create, delete: 3 })), []);
  });
});

describe("the secrets pack", () => {
  it("takes time that grows with the length of user data and command text", async function () {
    this.timeout(60_000);
    const took = async (length: number): Promise<number> => {
      const text = `#cloud-config\n${"- echo installs package 12 of 4000 # and more\n".repeat(length / 45)}`;
      let best = Infinity;
      for (let run = 0; run < 3; run += 1) {
        const start = performance.now();
        assert.deepEqual(await judge(rules, dropletOf(text), commandOf({ create: text })), []);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    const [small, large] = [await took(100_000), await took(1_000_000)];
    assert.ok(large < small * 30 + 50, `${small} ms for 100 KB, ${large} ms for 1 MB`);
  });

  it("never repeats a value, whichever rule speaks", async () => {
    for (const [, text] of credentials) {
      const everywhere = commandOf({
        create: text,
        stdin: text,
        environment: { A: text },
        triggers: [text],
        userData: text,
      });
      const said = await judge(rules, everywhere, {
        type: "github:index/actionsSecret:ActionsSecret",
        props: { value: text },
      });
      assert.ok(said.length >= 5);
      for (const { message } of said) assert.ok(!message.includes(text.slice(-12)), message);
    }
  });

  it("names each rule after its file", () => {
    assert.deepEqual(
      rules.map(({ name }) => name),
      [
        "secrets/no-plain-text",
        "secrets/user-data",
        "secrets/command-text",
        "secrets/actions-secrets",
        "secrets/open-fields",
        "secrets/no-token-prompt",
      ],
    );
  });
});
