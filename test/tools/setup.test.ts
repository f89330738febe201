import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { versions } from "../../tools/paths.ts";
import { Checkout } from "./checkout.ts";

const stamp = "node_modules/.setup.json";

describe("setting up a checkout", () => {
  let checkout: Checkout;
  beforeEach(() => (checkout = new Checkout()));
  afterEach(() => checkout.remove());

  it("links what it finds, and the second start does nothing", async () => {
    checkout.withPackages().withPulumiOnPath().withGo();
    const first = await checkout.setUp();
    assert.equal(first.code, 0, first.stderr);
    for (const step of ["packages", "node", "platform", "pulumi", "policy packs", "versitygw"]) {
      assert.match(first.stderr, new RegExp(`^  ${step} .* s$`, "m"));
    }
    assert.equal(checkout.link(".bin/platform"), "../../bin/platform");
    assert.match(checkout.link(".bin/pulumi"), /commands\/pulumi$/);

    const second = await checkout.setUp();
    assert.match(second.stderr, /^set-up: ready in 0\.\d\d s\n$/);
    const seconds = Number(/in (\S+) s/.exec(second.stderr)?.[1]);
    assert.ok(seconds < 0.5, `a start with nothing to do took ${seconds} s`);
  });

  it("installs the packages of the lock file when they are not there, with development packages", async () => {
    checkout.withPulumiOnPath().withGo();
    checkout.withCommand(
      "npm",
      `echo "$@" >"$HOME/npm-arguments"
       mkdir -p node_modules/.bin && cp package-lock.json node_modules/.package-lock.json
       mkdir -p node_modules/node/bin && printf '#!/bin/sh\\necho v24.0.0\\n' >node_modules/node/bin/node
       chmod +x node_modules/node/bin/node`,
    );
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    assert.equal(
      fs.readFileSync(join(checkout.home, "npm-arguments"), "utf8").trim(),
      "ci --include=dev --prefer-offline --engine-strict=false",
    );
  });

  it("leaves no stamp when a step fails, and says in one line what and the way out", async () => {
    checkout.withPackages();
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 1);
    assert.equal(
      stderr.split("\n").at(-2),
      `set-up: the Pulumi CLI ${versions().pulumi} cannot be had: there is none on PATH; none is in ` +
        `${checkout.pulumiHome}/versions/${versions().pulumi}/bin; get.pulumi.com cannot be reached (ENOTFOUND); ` +
        "there is no Go to build it with. Way out: connect this machine to https://get.pulumi.com, or put a Pulumi CLI " +
        "of at least this version on PATH (https://www.pulumi.com/docs/install), or install Go (https://go.dev/dl), " +
        "and start again",
    );
    assert.ok(!checkout.has(stamp));
  });

  it("builds the CLI where Pulumi's site is out of reach, and brings what starts policy packs", async () => {
    checkout.withPackages().withGo();
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    const folder = join(checkout.pulumiHome, "versions", versions().pulumi, "bin");
    assert.deepEqual(fs.readdirSync(folder), ["pulumi"]);
    assert.equal(checkout.link(".bin/pulumi"), join(folder, "pulumi"));
    const analyzer = `plugins/analyzer-policy-nodejs-v${versions().pulumi}/pulumi-analyzer-policy-nodejs`;
    assert.equal(checkout.link(".policy-analyzer"), join(checkout.pulumiHome, analyzer));
  });

  it("leaves policy packs to an official CLI's own language plugin", async () => {
    checkout.withPackages().withPulumiOnPath().withGo();
    await checkout.setUp();
    assert.match(checkout.link(".policy-analyzer"), /commands\/pulumi-language-nodejs$/);
  });

  it("sets up again when a tool that it linked is gone", async () => {
    checkout.withPackages().withPulumiOnPath().withGo();
    await checkout.setUp();
    fs.rmSync(checkout.link(".bin/versitygw"));
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /versitygw .*built from Go modules/);
  });

  it("installs nothing offline once everything is cached, even for another checkout", async () => {
    checkout.withPackages().withGo();
    await checkout.setUp();
    checkout.withCommand("go", "exit 1");
    fs.rmSync(join(checkout.root, stamp));
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /pulumi +installed before/);
    assert.match(stderr, /versitygw .*installed before/);
  });

  it("replaces a CLI in the cache that does not run", async () => {
    checkout.withPackages().withGo();
    const half = join(checkout.pulumiHome, "versions", versions().pulumi, "bin", "pulumi");
    checkout.executable(half, "exit 1");
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    assert.match(fs.readFileSync(half, "utf8"), /echo v3/);
  });

  it("takes no CLI from PATH that is too old", async () => {
    checkout.withPackages().withPulumiOnPath("3.100.0").withGo();
    await checkout.setUp();
    assert.match(checkout.link(".bin/pulumi"), /versions/);
  });

  it("names the variables when the caches cannot be written", async () => {
    checkout.withPackages().withGo();
    const { code, stderr } = await checkout.setUp([], { PULUMI_HOME: "/dev/null/pulumi" });
    assert.equal(code, 1);
    assert.match(stderr, /^set-up: \/dev\/null\/pulumi\/\S+ cannot be written \(ENOTDIR\); .*PULUMI_HOME/m);
  });

  it("says that the disk is full", async () => {
    checkout.withPackages().withCommand("go", "echo 'write: no space left on device' >&2; exit 1");
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 1);
    assert.match(stderr, /^set-up: the disk that holds .* is full; make room/m);
  });

  it("says that the registry cannot be reached", async () => {
    checkout.withCommand("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1");
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 1);
    assert.match(stderr, /^set-up: the npm registry cannot be reached \(ENOTFOUND\); connect this machine/m);
  });

  it("says that npm is missing", async () => {
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 1);
    assert.match(stderr, /^set-up: npm is not on PATH; it comes with Node\.js/m);
  });

  it("asks for a newer Node than 18, and does nothing before", async () => {
    const node18 = checkout.write(
      "node-18.mjs",
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } });`,
    );
    const { code, stderr } = await checkout.setUp([], {
      NODE_OPTIONS: `--import=${node18.replaceAll(" ", "%20")}`,
    });
    assert.equal(code, 1);
    assert.match(stderr, /^set-up: this is Node .*; install Node 20 or later from https:\/\/nodejs\.org\n$/);
  });

  it("prints the language plugin's folder, and nothing else, on stdout", async () => {
    checkout.withPackages().withGo();
    const { code, stdout, stderr } = await checkout.setUp(["--language-plugin"]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${checkout.root}/node_modules/.language-plugin\n`);
    assert.ok(checkout.has("node_modules/.language-plugin/pulumi-language-nodejs"));
    assert.ok(!checkout.has("node_modules/.bin/pulumi-language-nodejs"));
  });

  it("lets two set-ups at once both succeed, one after the other", async () => {
    checkout.withPackages().withPulumiOnPath();
    const slowGo = `sleep 1\nwhile [ "$1" != -o ]; do shift; done\necho built >>"$HOME/builds"; printf '#!/bin/sh\\n' >"$2"\nchmod +x "$2"`;
    checkout.withCommand("go", slowGo);
    const both = await Promise.all([checkout.setUp(), checkout.setUp()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    // act and versitygw, each once.
    assert.equal(fs.readFileSync(join(checkout.home, "builds"), "utf8"), "built\nbuilt\n");
    assert.ok(both.some(({ stderr }) => /waiting for the one that process \d+ runs/.test(stderr)));
  });

  it("does not wait for a set-up that was killed", async () => {
    checkout.withPackages().withPulumiOnPath().withGo();
    fs.mkdirSync(join(checkout.root, ".platform"));
    fs.writeFileSync(join(checkout.root, ".platform", "set-up.lock"), "999999999");
    const { code, stderr } = await checkout.setUp();
    assert.equal(code, 0, stderr);
    assert.deepEqual(fs.readdirSync(join(checkout.root, ".platform")), []);
  });

  it("gives a command that runs on the project's Node from anywhere, and says so when it is not there yet", async () => {
    const early = await checkout.run(join(checkout.root, "bin/platform"), ["--help"]);
    assert.deepEqual(early, {
      code: 1,
      stdout: "",
      stderr: 'platform: not set up yet; run "npm start" once in the checkout\n',
    });

    checkout.withPackages().withPulumiOnPath().withGo();
    await checkout.setUp();
    fs.mkdirSync(join(checkout.root, "operations"));
    fs.writeFileSync(
      join(checkout.root, "operations", "main.ts"),
      "const args: string[] = process.argv.slice(2);\nconsole.log(process.version, ...args);\nprocess.exitCode = 7;\n",
    );
    const { code, stdout, stderr } = await checkout.run(join(checkout.root, "node_modules/.bin/platform"), [
      "a b",
    ]);
    assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: `v${versions().node} a b\n`, stderr: "" });
  });
});
