import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type ExitName, exitCodes, exitMeanings } from "../../exit-codes.ts";
import { verbs } from "../../operations/verbs.ts";
import { root } from "../../tools/paths.ts";
import { projectFolder } from "../support/project-folder.ts";

const main = join(root, "operations", "main.ts");

async function platform(args: string[], env: NodeJS.ProcessEnv = {}) {
  const ended = await execa(process.execPath, [main, ...args], { reject: false, env, stdin: "ignore" });
  return { exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
}

interface Document {
  version: number;
  verb: string;
  exit: ExitName;
  exitCode: number;
  error: { code: ExitName; message: string; hint?: string; next?: string };
}

/** What a verb told as JSON: the whole of its stdout, and the same exit code. */
async function json(args: string[], env?: NodeJS.ProcessEnv): Promise<Document> {
  const { stdout, exitCode } = await platform([...args, "--json"], env);
  const document = JSON.parse(stdout) as Document;
  assert.equal(document.version, 1);
  assert.equal(document.exitCode, exitCode);
  assert.equal(exitCodes[document.exit], exitCode);
  return document;
}

describe("platform --help", () => {
  it("lists every verb and every exit code, as the table in the code has them", async () => {
    const { exitCode, stdout, stderr } = await platform(["--help"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    for (const verb of Object.keys(verbs))
      assert.match(stdout, new RegExp(`^  ${verb.split(" ")[0]}\\b`, "m"));
    const told = stdout
      .split("Exit codes:\n")[1]
      ?.split("\n")
      .map((line) => /^ +(\d+) {2}(.+)$/.exec(line));
    const names = Object.keys(exitCodes) as ExitName[];
    assert.deepEqual(
      told?.map((line) => [Number(line?.[1]), line?.[2]]),
      names.map((name) => [exitCodes[name], exitMeanings[name]]),
    );
  });

  it("tells of each verb what it does and its options, which docs/verbs.md does too", async () => {
    const page = readFileSync(join(root, "docs", "verbs.md"), "utf8");
    const helps = Object.entries(verbs).map(async ([name, { what, options = [] }]) => {
      const { exitCode, stdout } = await platform([...name.split(" "), "--help"]);
      assert.equal(exitCode, 0, name);
      // Lines are broken at 80 characters.
      const help = stdout.replaceAll(/\s+/g, " ");
      assert.ok(page.includes(`| \`${name}\` | ${what} |`), `docs/verbs.md lacks ${name}`);
      assert.ok(help.includes(what), name);
      for (const { flags } of [...options, { flags: "--stack <name>" }, { flags: "--json" }])
        assert.ok(help.includes(flags), `${name} ${flags}`);
    });
    await Promise.all(helps);
  });
});

describe("a command line that is wrong", () => {
  it("without a verb shows the help and ends with 2", async () => {
    const { exitCode, stdout, stderr } = await platform([]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /^Usage: platform/);
  });

  it("with half a verb shows the group's help and ends with 2", async () => {
    const { exitCode, stdout, stderr } = await platform(["sandbox"]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /^Usage: platform sandbox/);
  });

  it("with an unknown verb says which one was meant", async () => {
    const { exitCode, stdout, stderr } = await platform(["previw"]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.equal(stderr, "\nunknown command 'previw' (Did you mean preview?)\nNext: platform --help");
  });

  it("with an unknown option says so as one JSON document", async () => {
    const { verb, exit, error } = await json(["preview", "--stak", "prod"]);
    assert.deepEqual([verb, exit, error.code], ["preview", "badInput", "badInput"]);
    assert.equal(error.message, "unknown option '--stak' (Did you mean --stack?)");
    assert.equal(error.next, "platform --help");
  });

  it("with a word too many does nothing", async () => {
    const { exit, error } = await json(["up", "prod"]);
    assert.equal(exit, "badInput");
    assert.match(error.message, /^too many arguments for 'up'/);
  });
});

describe("a verb that cannot begin", () => {
  const project = projectFolder();
  const env = (more: NodeJS.ProcessEnv = {}) => ({ PLATFORM_PROJECT: project.path(), ...more });

  it("says the same to a person as in JSON, and ends with the same code", async () => {
    const { error } = await json(["preview", "--stack", "prod"], env());
    const { exitCode, stdout, stderr } = await platform(["preview", "--stack", "prod"], env());
    assert.deepEqual([exitCode, stdout], [6, ""]);
    assert.equal(stderr, `\n${error.message}\nNext: ${error.next}`);
    assert.equal(error.message, "Pulumi.prod.yaml: there is no such stack; there is none yet");
  });

  it("names every fault of the settings", async () => {
    project.write("Pulumi.prod.yaml", "config:\n  odoo-platform:budget: { usdPerMonth: -1 }\n");
    const { exit, error } = await json(["up", "--stack", "prod"], env());
    assert.equal(exit, "badInput");
    assert.match(error.message, /budget\.usdPerMonth: "-1" is too small/);
    assert.match(error.message, /webhookSecret: is not set/);
  });

  it("names the missing passphrase", async () => {
    const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_CONFIG_PASSPHRASE_FILE: __, ...rest } = process.env;
    const alone = { ...rest, ...env(), PULUMI_BACKEND_URL: "file:///tmp" };
    const { stdout, exitCode } = await execa(process.execPath, [main, "init", "--stack", "dev", "--json"], {
      reject: false,
      extendEnv: false,
      env: alone,
    });
    assert.equal(exitCode, 3);
    assert.match((JSON.parse(stdout) as Document).error.message, /^PULUMI_CONFIG_PASSPHRASE: is not set/);
  });

  for (const timeout of ["soon", "0", "-1", "Infinity", "3000000"]) {
    it(`does not take TIMEOUT=${timeout}`, async () => {
      const { error } = await json(["preview", "--stack", "prod"], env({ TIMEOUT: timeout }));
      assert.equal(
        error.message,
        `TIMEOUT: "${timeout}" is not a number of seconds up to 2147483; unset it for 300`,
      );
    });
  }

  it("for a reason that nobody foresaw ends with 1, in JSON too, with its stack on stderr", async () => {
    const gone = join(project.path(), "gone");
    const { exit } = await json(["preview", "--stack", "prod"], { PLATFORM_PROJECT: gone });
    assert.equal(exit, "failed");
    const { exitCode, stderr } = await platform(["preview", "--stack", "prod"], { PLATFORM_PROJECT: gone });
    assert.equal(exitCode, 1);
    assert.match(stderr, /ENOENT[^]+\n {4}at /);
  });
});

describe("the exit codes", () => {
  it("are each one's own, Pulumi's below 10 and ours from there on", () => {
    const codes = Object.values(exitCodes);
    assert.equal(new Set(codes).size, codes.length);
    assert.deepEqual(exitCodes, {
      done: 0,
      failed: 1,
      badInput: 2,
      notAuthenticated: 3,
      policyViolation: 5,
      noSuchStack: 6,
      cancelled: 8,
      timeout: 9,
      findings: 10,
      unhealthy: 11,
      notRolledBack: 12,
      locked: 13,
    });
  });
});
