import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { testStack, type TestStack } from "./engine.ts";
import { sshMachine, type Machine } from "./ssh-server.ts";

describe("commands under the real engine", () => {
  let test: TestStack;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "command-"));
    test = await testStack({ env: {} });
  });
  afterEach(async () => {
    await test.close();
    await rm(directory, { recursive: true });
  });

  const local =
    (args: command.local.CommandArgs): pulumi.automation.PulumiFn =>
    async () => ({ said: new command.local.Command("local", args).stdout });

  it("run here when they are made, changed and deleted, each with the last output", async () => {
    const log = join(directory, "log");
    const scripts = {
      create: "cat; echo made $WHO",
      update: `echo "changed $WHO after $PULUMI_COMMAND_STDOUT"`,
      delete: `echo "deleted after $PULUMI_COMMAND_STDOUT" >> ${log}`,
    };
    await test.up(local({ ...scripts, stdin: "in ", environment: { WHO: "it" } }));
    assert.equal((await test.stack.outputs())["said"]?.value, "in made it");
    assert.deepEqual(await test.up(local({ ...scripts, stdin: "in ", environment: { WHO: "it" } })), {
      same: 2,
    });
    assert.deepEqual(await test.up(local({ ...scripts, environment: { WHO: "that" } })), {
      update: 1,
      same: 1,
    });
    assert.equal((await test.stack.outputs())["said"]?.value, "changed that after in made it");
    assert.deepEqual(await test.refresh(), { same: 2 });
    await test.destroy();
    assert.equal(await readFile(log, "utf8"), "deleted after changed that after in made it\n");
  });

  it("run anew when a trigger changes", async () => {
    await test.up(local({ create: "echo once", triggers: [1, { a: "b" }] }));
    const { id } = await test.state("local");
    assert.deepEqual(await test.up(local({ create: "echo once", triggers: [1, { a: "b" }] })), { same: 2 });
    const changes = await test.up(local({ create: "echo once", triggers: [1, { a: "c" }] }));
    assert.equal(changes.replace ?? changes["create-replacement"], 1);
    assert.notEqual((await test.state("local"))["id"], id);
  });

  it("tell how they failed and what they wrote, and are not in the state", async () => {
    await assert.rejects(
      test.up(local({ create: "echo before; echo wrong >&2; exit 3" })),
      /exit status 3: running "echo before; echo wrong >&2; exit 3":\s+before\s+wrong/,
    );
    await assert.rejects(test.state("local"), /not in the state/);
  });

  it("keep a secret input secret, and stop with the update", async () => {
    const stdin = pulumi.secret("a secret for stdin only");
    await test.up(local({ create: "wc -c", stdin }));
    assert.ok(!(await test.file()).includes("for stdin only"));

    const started = join(directory, "started");
    const cancelling = new AbortController();
    const slow = local({ create: `touch ${started}; sleep 60` });
    const update = test.stack.up({ program: slow, signal: cancelling.signal });
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    const cancelled = Date.now();
    cancelling.abort();
    await assert.rejects(update);
    assert.ok(Date.now() - cancelled < 20_000);
  });

  describe("on another machine", () => {
    let machine: Machine;
    let connection: {
      host: string;
      port: number;
      privateKey: string;
      hostKey: string;
      dialErrorLimit: number;
    };

    beforeEach(async () => {
      machine = await sshMachine((name) => name.startsWith("LC_"));
      const { port, privateKey, hostKey } = machine;
      connection = { host: "127.0.0.1", port, privateKey, hostKey, dialErrorLimit: 1 };
    });
    afterEach(() => machine.close());

    const remote =
      (args: command.remote.CommandArgs): pulumi.automation.PulumiFn =>
      async () => ({ said: new command.remote.Command("remote", args).stdout });

    it("run there, with stdin and the variables that its server accepts", async () => {
      const create = 'read word; echo "$word $LC_WHO"; exit 0';
      await test.up(remote({ connection, create, stdin: "hello\n", environment: { LC_WHO: "there" } }));
      assert.equal((await test.stack.outputs())["said"]?.value, "hello there");
      await assert.rejects(
        test.up(remote({ connection, create, environment: { WHO: "there" } })),
        /could not set environment variable "WHO": the SSH server accepts only/,
      );
      const file = await test.file();
      assert.ok(
        !file.includes("PRIVATE KEY") && !file.includes(connection.hostKey),
        "the connection is secret",
      );
      await assert.rejects(
        test.up(remote({ connection, create: "echo bad >&2; exit 4" })),
        /Process exited with status 4: running "echo bad >&2; exit 4":\s+bad/,
      );
    });

    it("refuse a machine with another host key, after as many tries as allowed", async () => {
      const other = await sshMachine();
      await other.close();
      const impostor = { ...connection, hostKey: other.hostKey, dialErrorLimit: 2 };
      await assert.rejects(
        test.up(remote({ connection: impostor, create: "true" })),
        /after 2 failed attempts: Host denied/,
      );
      assert.equal(machine.connections(), 3);
    });

    it("reach it through another one", async () => {
      const gate = await sshMachine();
      const { port, privateKey, hostKey } = gate;
      const proxy = { host: "127.0.0.1", port, privateKey, hostKey };
      try {
        await test.up(remote({ connection: { ...connection, proxy }, create: "echo through" }));
        assert.equal((await test.stack.outputs())["said"]?.value, "through");
        assert.deepEqual([gate.connections(), machine.connections()], [1, 1]);
      } finally {
        await gate.close();
      }
    });

    it("copy files and folders to it, again only when they change", async () => {
      const target = join(directory, "there");
      const copy =
        (text: string): pulumi.automation.PulumiFn =>
        async () => {
          const source = new pulumi.asset.AssetArchive({
            "a/one.conf": new pulumi.asset.StringAsset(text),
            "two.conf": new pulumi.asset.FileAsset(join(directory, "two")),
          });
          new command.remote.CopyToRemote("copy", { connection, source, remotePath: join(target, "etc") });
          const file = new pulumi.asset.StringAsset("three");
          new command.remote.CopyToRemote("file", {
            connection,
            source: file,
            remotePath: join(target, "x/three"),
          });
        };
      await writeFile(join(directory, "two"), "two");
      await test.up(copy("one"));
      assert.equal(await readFile(join(target, "etc/a/one.conf"), "utf8"), "one");
      assert.equal(await readFile(join(target, "etc/two.conf"), "utf8"), "two");
      assert.equal(await readFile(join(target, "x/three"), "utf8"), "three");
      assert.deepEqual(await test.up(copy("one")), { same: 3 });
      assert.deepEqual(await test.up(copy("changed")), { update: 1, same: 2 });
      assert.equal(await readFile(join(target, "etc/a/one.conf"), "utf8"), "changed");
      assert.equal(machine.connections(), 3);
    });
  });
});
