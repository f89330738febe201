import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { scanHistory, type ScanFinding, scanTree } from "../../../policies/secrets/scan.ts";
import { binDir, root } from "../../../tools/paths.ts";
import { credentials, harmless, sshKeyPair } from "../fakes.ts";

const token = credentials[0]?.[1] ?? "";
const password = ["DB", "_PASSWORD=Tr0ub4dor"].join("");
const fingerprint = createHash("sha256").update("Tr0ub4dor").digest("hex").slice(0, 16);
const question = ["Please enter", " your token:"].join("");
const cli = join(root, "policies/secrets/scan.ts");

describe("scanning a git repository for credentials", () => {
  let repository: string;

  beforeEach(async () => {
    repository = await mkdtemp(join(tmpdir(), "scan-"));
    await git("init", "--quiet", "--initial-branch=main");
    await git("config", "user.email", "test@example.com");
    await git("config", "user.name", "Test");
    await git("config", "commit.gpgSign", "false");
  });
  afterEach(async () => rm(repository, { recursive: true, force: true }));

  const git = async (...args: string[]): Promise<unknown> => execa("git", args, { cwd: repository });

  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text);
    }
  }

  async function commit(files: Record<string, string>, message = "Change"): Promise<void> {
    await write(files);
    await git("add", "--all");
    await git("commit", "--quiet", "--allow-empty", "--message", message);
  }

  const places = (findings: ScanFinding[]): string[] =>
    findings.map(({ path, line, id }) => `${path}:${line} ${id}`);

  describe("in the tree", () => {
    it("finds every planted credential, committed or not, and says where", async () => {
      const files = Object.fromEntries(
        credentials.map(([, text], at) => [`config/file-${at}.txt`, `first\n${text}\n`]),
      );
      await commit({});
      await write(files);
      const found = await scanTree(repository);
      for (const [at, [id]] of credentials.entries()) {
        assert.ok(
          found.some((one) => one.path === `config/file-${at}.txt` && one.line >= 2 && one.id === id),
          `${at} ${id}`,
        );
      }
    });

    it("finds a question for a token", async () => {
      await write({ "scripts/setup.sh": `#!/bin/sh\necho "${question}"\n` });
      assert.deepEqual(places(await scanTree(repository)), ["scripts/setup.sh:2 token-prompt"]);
    });

    it("is silent on documentation that names variables and shows examples", async () => {
      await write({ "README.md": harmless.join("\n"), "docs/page.md": harmless.join("\n\n") });
      assert.deepEqual(await scanTree(repository), []);
    });

    it("covers the value in what it shows, and every other one on the line", async () => {
      await write({ "a.env": `${password} # and ${token}\n` });
      const found = await scanTree(repository);
      assert.equal(found.length, 2);
      for (const { excerpt } of found) assert.equal(excerpt, "DB_PASSWORD=***** # and *****");
    });

    it("leaves alone what git ignores, what is binary, and links to nowhere", async () => {
      await write({ ".gitignore": "secret.env\n", "secret.env": password, "image.bin": `\0${token}` });
      await execa("ln", ["-s", "nowhere", "link"], { cwd: repository });
      assert.deepEqual(await scanTree(repository), []);
    });

    it("lets fixtures through, and in tests what only looks like a password", async () => {
      await write({
        "test/fixtures/leak.txt": token,
        "test/deploy.test.ts": `const env = "${password}";\n`,
        "test/real.test.ts": `const token = "${token}";\n`,
      });
      assert.deepEqual(places(await scanTree(repository)), ["test/real.test.ts:1 digitalocean-token"]);
    });

    it("lets through what a comment explains, on the line or above it, but not without a reason", async () => {
      await write({
        "same.env": `${password} # allow-secret: the sandbox's own, known to all\n`,
        "above.env": `# allow-secret: the sandbox's own, known to all\n${password}\n`,
        "none.env": `${password} # allow-secret:\n`,
        "far.env": `# allow-secret: the sandbox's own, known to all\n\n${password}\n`,
      });
      assert.deepEqual(places(await scanTree(repository)), [
        "far.env:3 named-value",
        "none.env:1 named-value",
      ]);
    });

    it("lets through what is listed by fingerprint with a reason, and refuses a list without one", async () => {
      await write({ "a.env": password });
      const [found] = await scanTree(repository);
      await write({ ".secrets-allowed": `# why\n\n${found?.fingerprint} withdrawn, was never real\n` });
      assert.deepEqual(await scanTree(repository), []);
      await write({ ".secrets-allowed": `${found?.fingerprint}\n` });
      await assert.rejects(scanTree(repository), /^Error: \.secrets-allowed:1: not "FINGERPRINT why"/);
    });
  });

  describe("in the history", () => {
    it("finds what was removed again, with the commit and the line that added it", async () => {
      await commit({ "a.env": `one\ntwo\n` });
      await commit({ "a.env": `one\n${password}\ntwo\n` });
      const { stdout: sha } = await execa("git", ["rev-parse", "HEAD"], { cwd: repository });
      await commit({ "a.env": `one\ntwo\n` });
      await commit({ "a.env": `${password}\n` });
      assert.deepEqual(await scanHistory(repository), [
        {
          path: "a.env",
          line: 2,
          id: "named-value",
          what: "a value under a secret's name",
          excerpt: "DB_PASSWORD=*****",
          fingerprint,
          commit: sha,
        },
      ]);
    });

    it("looks at every branch and tag, at messages, and at deleted files with odd names", async () => {
      await commit({ "a.txt": "one\n" }, `Use ${token}`);
      await git("switch", "--quiet", "--create", "side");
      await commit({ "odd näme.txt": sshKeyPair().privateKey });
      await git("tag", "kept");
      await git("switch", "--quiet", "main");
      await git("branch", "--quiet", "-D", "side");
      assert.deepEqual(places(await scanHistory(repository)), [
        "commit message:1 digitalocean-token",
        "odd näme.txt:2 private-key",
      ]);
    });

    it("finds what only a merge added", async () => {
      await commit({ "a.txt": "one\n" });
      await git("switch", "--quiet", "--create", "side");
      await commit({ "b.txt": "two\n" });
      await git("switch", "--quiet", "main");
      await git("merge", "--quiet", "--no-ff", "--no-commit", "side");
      await commit({ "b.txt": `two\n${password}\n` }, "Merge");
      assert.deepEqual(places(await scanHistory(repository)), ["b.txt:2 named-value"]);
    });

    it("is not misled by lines that look like git's own", async () => {
      await commit(
        { "a.diff": `++ b/elsewhere\ncommit 1\n@@ -1 +900 @@\n${password}\n` },
        "commit 2\n\n+++ b/other\n@@ -1 +9 @@",
      );
      assert.deepEqual(places(await scanHistory(repository)), ["a.diff:4 named-value"]);
    });

    it("says nothing of an empty repository, and refuses one whose history is missing", async () => {
      assert.deepEqual(await scanHistory(repository), []);
      await commit({ "a.txt": "one\n" });
      await commit({ "a.txt": "two\n" });
      const clone = join(repository, "clone");
      await execa("git", ["clone", "--quiet", "--depth=1", `file://${repository}`, clone]);
      await assert.rejects(scanHistory(clone), /^Error: this clone is shallow.* git fetch --unshallow$/);
    });
  });

  describe("by its command", () => {
    const scan = async (...args: string[]) =>
      execa(join(binDir, "node"), [cli, ...args, repository], { reject: false });

    it("exits 0 with nothing, 1 with findings, 2 when it cannot scan", async () => {
      await commit({ "a.txt": "one\n" });
      assert.deepEqual(
        (({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr])(await scan("--history")),
        [0, "", ""],
      );
      await commit({ "a.env": password });
      const found = await scan();
      assert.equal(found.exitCode, 1);
      const line = `a.env:1: a value under a secret's name [named-value ${fingerprint}]: DB_PASSWORD=*****`;
      assert.ok(found.stderr.startsWith(`${line}\n\nWay out: `), found.stderr);
      await commit({ "a.env": "" });
      assert.equal((await scan()).exitCode, 0);
      assert.equal((await scan("--history")).exitCode, 1);
      assert.equal((await scan("--nonsense")).exitCode, 2);
    });

    it("writes one JSON document, without the value", async () => {
      await commit({ "a.env": password });
      const { stdout } = await scan("--json", "--history");
      const { findings } = JSON.parse(stdout) as { findings: ScanFinding[] };
      assert.deepEqual(
        findings.map(({ path, commit: sha }) => [path, sha?.length]),
        [
          ["a.env", undefined],
          ["a.env", 40],
        ],
      );
      assert.ok(!stdout.includes("Tr0ub4dor"));
    });
  });
});

describe("this repository", () => {
  it("holds no credential and no question for one, in no file", async () => {
    assert.deepEqual(await scanTree(root), []);
  });
});
