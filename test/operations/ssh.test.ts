import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { onMachine, type SshTarget } from "../../operations/ssh.ts";
import { type Machine, sshMachine } from "../sandbox/plugins/ssh-server.ts";
import { refusalOf } from "../support/user-error.ts";
import { newKeyPair } from "../../ssh-keys.ts";

const { signal } = new AbortController();
/** Long enough for a computer that does other things: none of these tests waits for it. */
const limit = { seconds: 60 };

const otherKey = (): { private: string; public: string } => newKeyPair();

describe("a machine over SSH", () => {
  let machine: Machine;
  const target = (): SshTarget => ({ address: "127.0.0.1", ...machine });
  before(async function () {
    if (process.platform !== "linux") this.skip();
    machine = await sshMachine();
  });
  after(() => machine?.close());

  it("runs a script that it is handed by standard input, so that ps shows nothing of it", async () => {
    const ran = await onMachine(target(), { signal }, (open) =>
      open.run('marker=planted-in-the-script\necho "out"; echo err >&2; ps -eo args; exit 3', limit),
    );
    assert.equal(ran.exitCode, 3);
    assert.match(ran.stdout, /^out\n/);
    assert.match(ran.stdout, /bash -s/);
    assert.doesNotMatch(ran.stdout, /planted-in-the-script/);
    assert.equal(ran.stderr, "err\n");
  });

  it("that shows another host key is sent nothing", async () => {
    const before = machine.connections();
    const error = await refusalOf(() =>
      onMachine({ ...target(), hostKey: otherKey().public }, { signal }, (open) => open.run("true", limit)),
    );
    assert.equal(error.exit, "failed");
    assert.match(error.message, /^127\.0\.0\.1: shows another host key than the last update recorded/);
    assert.match(error.hint ?? "", /platform up/);
    assert.equal(machine.connections(), before + 1);
  });

  it("that refuses the key says which secret it is", async () => {
    const error = await refusalOf(() =>
      onMachine({ ...target(), privateKey: otherKey().private }, { signal }, (open) =>
        open.run("true", limit),
      ),
    );
    assert.equal(error.exit, "notAuthenticated");
    assert.match(error.message, /refuses the stack's SSH key \(sshPrivateKey\)/);
  });

  it("that nothing listens on is unreachable, and the way out names the admin networks", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    const error = await refusalOf(() =>
      onMachine({ ...target(), port }, { signal }, (open) => open.run("true", limit)),
    );
    assert.match(error.message, /^127\.0\.0\.1: SSH does not answer \(.*ECONNREFUSED/);
    assert.match(error.hint ?? "", /host\.adminNetworks/);
  });

  it("that takes the connection and says nothing is given up in time", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const started = performance.now();
    const error = await refusalOf(() =>
      onMachine({ ...target(), port }, { signal, connectSeconds: 0.3 }, (open) => open.run("true", limit)),
    );
    assert.match(error.message, /SSH does not answer/);
    assert.ok(performance.now() - started < 30_000);
    server.close();
  });

  it("ends a script that takes too long, there as well as here", async () => {
    const mark = `31.${process.pid}`;
    const error = await refusalOf(() =>
      onMachine(target(), { signal }, (open) => open.run(`sleep ${mark}`, { seconds: 1 })),
    );
    assert.equal(error.exit, "timeout");
    const { stdout } = await execa("ps", ["-eo", "args"]);
    assert.doesNotMatch(stdout, new RegExp(`^sleep ${mark}`, "m"));
  });

  it("is left at once when the verb is stopped", async () => {
    const stop = new AbortController();
    const started = performance.now();
    setTimeout(() => stop.abort(new Error("stopped")), 300);
    await assert.rejects(
      onMachine(target(), { signal: stop.signal }, (open) => open.run("sleep 60", { seconds: 90 })),
      /stopped/,
    );
    assert.ok(performance.now() - started < 30_000);
  });

  it("that goes away in the middle is said so", async () => {
    const own = await sshMachine();
    const error = await refusalOf(() =>
      onMachine({ address: "127.0.0.1", ...own }, { signal }, async (open) => {
        const running = open.run("sleep 60", { seconds: 90 });
        setTimeout(() => void own.close(), 300);
        return await running;
      }),
    );
    assert.match(error.message, /the SSH connection was lost/);
  });

  it("that goes away between two scripts is said so too", async () => {
    const error = await onMachine(target(), { signal }, async (open) => {
      await open.run("true", limit);
      machine.cut();
      await sleep(100);
      return await refusalOf(() => open.run("true", limit));
    });
    assert.deepEqual([error.exit, error.message], ["failed", "127.0.0.1: the SSH connection was lost"]);
  });

  it("takes a file whole, readable by nobody else, and tells how far it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "put-"));
    try {
      const [from, to] = [join(folder, "from"), join(folder, "to")];
      const content = randomBytes(3_000_000);
      writeFileSync(from, content);
      const told: number[] = [];
      await onMachine(target(), { signal }, (open) => open.put(from, to, (bytes) => told.push(bytes)));
      assert.ok(readFileSync(to).equals(content));
      assert.equal(statSync(to).mode & 0o777, 0o600);
      assert.equal(told.at(-1), content.length);
      const error = await refusalOf(() =>
        onMachine(target(), { signal }, (open) => open.put(from, join(folder, "no", "folder"), () => {})),
      );
      assert.match(error.message, /did not arrive whole \(.*no\/folder/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("answers whoever connects, so that these tests mean something", async () => {
    const socket = connect(machine.port, "127.0.0.1");
    const [greeting] = (await once(socket, "data")) as [Buffer];
    assert.match(greeting.toString(), /^SSH-2\.0-/);
    socket.destroy();
  });
});
