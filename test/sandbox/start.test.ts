import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, type Server, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox, stopSandbox } from "../../sandbox/control.ts";
import { PortInUse, choosePorts, portOf } from "../../sandbox/ports.ts";
import { binary } from "./spaces/storage.ts";

describe("the ports of a sandbox that starts", () => {
  let dir: string;
  let others: Server;
  let taken: number;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "platform-start-"));
    others = createServer().listen(0, "127.0.0.1");
    await once(others, "listening");
    taken = (others.address() as AddressInfo).port;
  });
  afterEach(async () => {
    others.close();
    await stopSandbox(dir);
    rmSync(dir, { recursive: true });
  });

  const options = (basePort: number) => ({
    dir,
    basePort,
    officialPlugins: false,
    versitygw: binary,
    owner: "acme",
    repositories: [],
  });

  /** As if somebody else had come between the choice and the start, the first time. */
  function chooser(): { choose: typeof choosePorts; count: () => number } {
    let times = 0;
    const choose: typeof choosePorts = async () => {
      times += 1;
      const free = await choosePorts(0);
      return times > 1 ? free : { ...free, plugins: { ...free.plugins, github: taken } };
    };
    return { choose, count: () => times };
  }

  it("are others, when one of any was taken meanwhile", async () => {
    const { choose, count } = chooser();
    const { started, run } = await startSandbox(options(0), choose);
    assert.deepEqual([started, count()], [true, 2]);
    assert.notEqual(run.ports.plugins.github, taken);
  });

  it("are named, when one that was wanted was taken meanwhile", async () => {
    const { choose } = chooser();
    await assert.rejects(
      startSandbox(options(4210), choose),
      (error) => error instanceof PortInUse && error.port === taken,
    );
  });

  it("are read in what Node and Go say", () => {
    assert.equal(
      portOf("Error: listen EADDRINUSE: address already in use 127.0.0.1:36805\n    at x"),
      36_805,
    );
    assert.equal(portOf("listen tcp4 127.0.0.1:7070: bind: address already in use"), 7070);
    assert.equal(portOf("something else on 127.0.0.1:7070"), undefined);
  });
});
