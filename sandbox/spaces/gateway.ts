import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../ports.ts";
import { untilOrphaned } from "../until-orphaned.ts";
import type { AccessKey } from "./signature.ts";

export interface GatewayOptions {
  /** Path of the versitygw executable. */
  binary: string;
  /** Where the buckets live; three folders are made in it. Surviving a restart. */
  directory: string;
  rootAccess: AccessKey;
}

/** A running S3 server. `stop` waits until it is gone. */
export interface Gateway {
  url: string;
  /**
   * To be called when an object was written, before anybody is told: where its key was deleted before, the server still takes
   * it for deleted. Its metadata says so, in a file that it forgets to take away.
   */
  written: (bucket: string, key: string) => void;
  /** Settles when it is gone, whatever ended it. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts versitygw, a real S3 server over a folder, on a free port of the loopback address, and waits until it answers.
 * Metadata is kept in a folder beside the data, because not every file system has extended attributes.
 *
 * @throws when it ends or does not answer within ten seconds, with what it said.
 */
export async function startGateway({ binary, directory, rootAccess }: GatewayOptions): Promise<Gateway> {
  const [data, versions, metadata] = ["data", "versions", "metadata"].map((name) => join(directory, name));
  for (const folder of [data, versions, metadata])
    mkdirSync(folder ?? directory, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const gateway = [binary, "--port", `127.0.0.1:${port}`, "--health", "/health", "--quiet"];
  const storage = ["posix", "--versioning-dir", `${versions}`, "--sidecar", `${metadata}`, `${data}`];
  const child = spawn("sh", ["-c", untilOrphaned, "sh", ...gateway, ...storage], {
    stdio: ["pipe", "ignore", "pipe"],
    // By the environment: arguments can be read by every user of the machine.
    env: {
      PATH: process.env["PATH"],
      ROOT_ACCESS_KEY: rootAccess.accessKey,
      ROOT_SECRET_KEY: rootAccess.secretKey,
    },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "exit").catch((error: unknown) => (said += String(error)));
  const url = `http://127.0.0.1:${port}`;
  const isUp = await answers(`${url}/health`, () => child.exitCode === null);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const written = (bucket: string, key: string): void => {
    const marker = join(`${metadata}`, bucket, key, "meta", "delete-marker");
    if (marker.startsWith(join(`${metadata}`, bucket, sep))) rmSync(marker, { force: true });
  };
  if (isUp) return { url, written, ended, stop };
  await stop();
  throw new Error(`${binary} did not start: ${said.trim() || "no answer within ten seconds"}`);
}

async function answers(url: string, isAlive: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(); tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await sleep(100);
  }
  return false;
}
