import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../../sandbox/spaces/gateway.ts";
import { binary, rootAccess } from "./storage.ts";

describe("the S3 server behind Spaces", () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "gateway-"))));
  afterEach(() => rmSync(directory, { recursive: true }));

  it("starts, stops and starts again over the same folder", async () => {
    const first = await startGateway({ binary, directory, rootAccess });
    assert.equal((await fetch(`${first.url}/health`)).status, 200);
    await first.stop();
    await assert.rejects(fetch(`${first.url}/health`));
    const second = await startGateway({ binary, directory, rootAccess });
    await second.stop();
  });

  it("goes when its parent is killed", async () => {
    const module = new URL("../../../sandbox/spaces/gateway.ts", import.meta.url).href;
    const start = `const { startGateway } = await import(${JSON.stringify(module)});
      const { url } = await startGateway(${JSON.stringify({ binary, directory, rootAccess })});
      console.log(url);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", start], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(parent.stdout, "data")) as [Buffer];
    const url = said.toString().trim();
    assert.equal((await fetch(`${url}/health`)).status, 200);
    parent.kill("SIGKILL");
    for (let tries = 0; tries < 50 && (await isUp(url)); tries += 1) await sleep(100);
    assert.equal(await isUp(url), false);
  });

  it("says why it does not start", async () => {
    const missing = startGateway({ binary: "/nowhere/versitygw", directory, rootAccess });
    await assert.rejects(missing, /^Error: \/nowhere\/versitygw did not start: .*not found/s);
  });
});

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    (answer) => answer.ok,
    () => false,
  );
