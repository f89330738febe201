import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeedRepository } from "./github/options.ts";
import { privileged } from "./machines/helper.ts";
import type { MachinesConfig } from "./machines/start.ts";
import { PortInUse, choosePorts, portOf } from "./ports.ts";
import { type Credentials, type Run, readRun } from "./run.ts";
import type { ServerConfig } from "./server.ts";

export interface StartOptions {
  dir: string;
  /** First of eight ports on 127.0.0.1 that follow each other; any free ones when it is 0. */
  basePort: number;
  officialPlugins: boolean;
  /** Puts machines behind the droplets. */
  machines?: MachinesConfig;
  /** Path of versitygw. */
  versitygw: string;
  /** The account that the GitHub token works for. */
  owner: string;
  repositories: SeedRepository[];
  /** Runs the workflows of the emulated GitHub. */
  actions?: NonNullable<ServerConfig["actions"]>;
}

const startSeconds = 30;

/**
 * Starts the sandbox's process in the background, unless it runs already, and waits until it answers.
 * @throws {PortInUse}
 * @throws Error with the end of its log, when it dies while starting
 */
export async function startSandbox(
  options: StartOptions,
  choose = choosePorts,
): Promise<{ run: Run; started: boolean }> {
  const running = readRun(options.dir);
  if (running && (await answers(running))) return { run: running, started: false };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { run: await startOnce(options, choose), started: true };
    } catch (error) {
      // What was free when it was chosen may be somebody else's a second later, on a computer that does more than this.
      if (!(error instanceof PortInUse) || options.basePort !== 0 || attempt === 3) throw error;
    }
  }
}

async function startOnce(options: StartOptions, choose: typeof choosePorts): Promise<Run> {
  const { dir } = options;
  rmSync(join(dir, "run.json"), { force: true });
  // Before anything is made: a port that is taken leaves nothing behind.
  const ports = await choose(options.basePort);
  mkdirSync(join(dir, "state"), { recursive: true, mode: 0o700 });
  const config: ServerConfig = {
    ...options,
    ports,
    credentials: keptCredentials(dir),
  };
  keepPassphrase(dir);
  const file = join(dir, "server.log");
  const log = openSync(file, "a", 0o600);
  const { size } = fstatSync(log);
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.ts")], {
    detached: true,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  child.stdin?.end(JSON.stringify(config));
  child.unref();
  let exited = false;
  child.once("exit", () => (exited = true));
  for (const started = Date.now(); Date.now() - started < startSeconds * 1000; await sleep(50)) {
    const run = readRun(dir);
    if (run) return run;
    if (exited) break;
  }
  if (!exited) child.kill();
  const said = readFileSync(file).subarray(size).toString();
  const taken = portOf(said);
  if (taken !== undefined) throw new PortInUse(taken);
  throw new Error(`the sandbox did not start:\n${said.split("\n").slice(-12).join("\n")}`);
}

/** Ends the sandbox's process and its machines; what is in it stays. False when nothing ran. */
export async function stopSandbox(dir: string): Promise<boolean> {
  const stopped = await stopServer(dir);
  return (await stopMachines(dir)) || stopped;
}

/** What the machines of this sandbox have made on the computer, a line each: also after a crash of its process. */
export async function machinesOf(dir: string): Promise<string[]> {
  // Without this folder there was never a machine here, and nobody needs to be root to know it.
  if (!existsSync(join(dir, "machines"))) return [];
  const lines = (await privileged("list")).split("\n").filter(Boolean);
  return lines.includes(`world ${dir}`) ? lines : [];
}

async function stopMachines(dir: string): Promise<boolean> {
  if ((await machinesOf(dir)).length === 0) return false;
  await privileged("down");
  return true;
}

async function stopServer(dir: string): Promise<boolean> {
  const run = readRun(dir);
  // After a reboot the number in run.json may be anybody's: only a process that answers as the sandbox is ended.
  if (!run || !(await answers(run))) {
    rmSync(join(dir, "run.json"), { force: true });
    return false;
  }
  process.kill(run.pid, "SIGTERM");
  for (const started = Date.now(); Date.now() - started < 10_000; await sleep(50)) {
    if (!readRun(dir)) return true;
  }
  process.kill(run.pid, "SIGKILL");
  rmSync(join(dir, "run.json"), { force: true });
  return true;
}

async function answers(run: Run): Promise<boolean> {
  try {
    return (await control(run, "GET", "/")).pid === run.pid;
  } catch {
    return false;
  }
}

/** Ends it and forgets everything in it. */
export async function resetSandbox(dir: string): Promise<void> {
  await stopSandbox(dir);
  if (existsSync(dir) && !existsSync(join(dir, "passphrase")))
    throw new Error(`${dir} holds no sandbox; nothing was deleted`);
  rmSync(dir, { recursive: true, force: true });
}

/** Asks the running sandbox: what is broken, or to break or mend something; what its schedules do. */
export async function control(run: Run, method: "GET" | "POST" | "DELETE", path: string, body?: object) {
  const response = await fetch(`http://127.0.0.1:${run.ports.control}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
  });
  return (await response.json()) as {
    pid: number;
    faults: { name: string }[];
    schedules?: { path: string; cron: string; next: string | null }[];
    on?: boolean;
    runs?: number[];
  };
}

/** Made once for each sandbox and kept, so that stacks brought up earlier still fit after a restart. */
function keptCredentials(dir: string): Credentials {
  const file = join(dir, "credentials.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Credentials>) : {};
  const credentials: Credentials = {
    digitaloceanToken: `dop_v1_${randomBytes(32).toString("hex")}`,
    githubToken: `ghp_${randomBytes(18).toString("hex")}`,
    spacesAccessKeyId: `DO00${randomBytes(8).toString("hex").toUpperCase()}`,
    spacesSecretAccessKey: randomBytes(32).toString("base64url"),
    registryPassword: randomBytes(24).toString("base64url"),
    receiversToken: randomBytes(16).toString("hex"),
    ...kept,
  };
  writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
  return credentials;
}

function keepPassphrase(dir: string): void {
  const file = join(dir, "passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
}
