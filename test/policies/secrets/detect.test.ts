import assert from "node:assert/strict";
import { detect, detectPrompts } from "../../../policies/secrets/detect.ts";
import { credentials, harmless } from "../fakes.ts";

const idsIn = async (text: string, place: Parameters<typeof detect>[1]): Promise<string[]> =>
  (await detect(text, place)).map(({ id }) => id);

describe("finding credentials in a text", () => {
  for (const [at, [id, text]] of credentials.entries()) {
    it(`finds a ${id} (${at + 1}) in an input, and says where it stands`, async () => {
      const [first, ...rest] = await detect(`# a line before\n${text}\n`, "input");
      assert.equal(first?.id, id);
      assert.ok(first.index >= 16 && first.index + first.length <= 16 + text.length);
      assert.deepEqual(rest, []);
    });

    it(`finds a ${id} (${at + 1}) in a document and in user data`, async () => {
      assert.ok((await idsIn(text, "document")).includes(id));
      assert.ok((await idsIn(text, "exposed")).includes(id));
    });
  }

  it("finds nothing in documentation that names variables and shows examples", async () => {
    for (const text of harmless) assert.deepEqual(await idsIn(text, "document"), [], text);
    assert.deepEqual(await idsIn(harmless.join("\n"), "document"), []);
  });

  it("takes an example for real in an input, since nobody will replace it there", async () => {
    const text = ["admin", "_passwd = changeme"].join("");
    assert.deepEqual(await idsIn(text, "input"), ["named-value"]);
    assert.deepEqual(await idsIn(text, "document"), []);
  });

  it("takes unquoted text in source code for a variable's name", async () => {
    const lines = [
      "token: string;",
      "const token = process.env.TOKEN;",
      "password = getPassw0rd1()",
      "secret: s3cretOf",
    ];
    assert.deepEqual(await idsIn(lines.join("\n"), "code"), []);
    assert.deepEqual(await idsIn(["const api", 'Key = "9fK2mQ8xLpR4tVz7"'].join(""), "code"), [
      "named-value",
    ]);
  });

  it("finds a generated string in user data that no name gives away, but no digest and no public key", async () => {
    const generated = ["Zm9v", "QmFy", "9fK2mQ8xLpR4tVz7Qw"].join("");
    assert.deepEqual(await idsIn(`echo ${generated} > /etc/thing`, "exposed"), ["opaque-string"]);
    assert.deepEqual(await idsIn(`echo ${generated} > /etc/thing`, "input"), []);
    const open = harmless.filter((text) => /^(?:sha256|[0-9a-f]{40}|[0-9a-f-]{36}|ssh-)/.test(text));
    assert.equal(open.length, 4);
    for (const text of open) assert.deepEqual(await idsIn(text, "exposed"), []);
  });

  it("is not switched off by a comment of another scanner in the text", async () => {
    const token = ["npm", "_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("");
    assert.deepEqual(await idsIn(`# secretlint-disable\n${token}`, "input"), ["npm-token"]);
  });
});

describe("finding questions for a token", () => {
  const questions = [
    ["Please enter", " your token: "],
    ["paste your", " DigitalOcean API token here"],
    ["Provide an", " access key"],
    ["read -r -s -p 'Token: '", " GITHUB_TOKEN"],
    ["getpass(", '"GitHub token: ")'],
    ["await password(", '{ message: "Your API key" })'],
  ].map((parts) => parts.join(""));

  for (const text of questions) {
    it(`finds "${text.slice(0, 12)}..."`, () => assert.equal(detectPrompts(text).length, 1));
  }

  it("finds none where a token is only spoken of", () => {
    const text =
      "A token is never asked for. Set GITHUB_TOKEN. read -r line; Enter your password at Odoo's login.";
    assert.deepEqual(detectPrompts(text), []);
  });
});

describe("the time that finding takes", () => {
  // Each is the worst that its pattern knows: a beginning that comes again and again and never ends well.
  const units = [
    "a",
    "password=",
    "eyJabcdefgh-",
    "eyJabcdefgh.",
    "postgres://a:",
    "https://a:b",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----BEGIN A ",
    "-----BEGIN CERTIFICATE-----A",
    "sk-a1B",
    "curl ",
    "read -x ",
    "enter your ",
    "Authorization: ",
    "aB3/",
    "${TOKEN:-",
    'token="${',
    "npm_",
    "a line of text with words and 1234 numbers\n",
  ];

  for (const unit of units) {
    it(`grows with the text's length over ${JSON.stringify(unit)}`, async () => {
      const small = await seconds(unit, 100_000);
      const large = await seconds(unit, 1_000_000);
      // Ten times the text takes ten times as long; a hundred times would be quadratic. The 50 ms keep noise out.
      assert.ok(large < small * 30 + 0.05, `${small} s for 100 KB, ${large} s for 1 MB`);
    });
  }
});

/** Of this process' own time, the best of three: what else the computer does cannot make it better, and hardly worse. */
async function seconds(unit: string, length: number): Promise<number> {
  const text = unit.repeat(length / unit.length);
  let best = Infinity;
  for (let run = 0; run < 3; run += 1) {
    const start = process.cpuUsage();
    await detect(text, "exposed");
    detectPrompts(text);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}
